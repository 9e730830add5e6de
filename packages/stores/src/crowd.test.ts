import { describe, expect, it } from 'vitest'
import { bitOf, crowdAt, crowdBits, markCrowd, nobody, spanAt, type Crowd } from './crowd.ts'

const hour = 3_600_000
/** The start of a span of two hours. */
const start = Date.UTC(2026, 0, 1)
const span = spanAt(start)
const marked = (places: readonly number[], held: Crowd = nobody): Crowd =>
  places.reduce((crowd, place) => markCrowd(crowd, span, bitOf(place), span), held)
const first = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place)

describe('a sketch of accounts', () => {
  it.each([
    [0, 0],
    [1, 1.01],
    [16, 19.12],
    [51, 205.46],
    // As if half of one were where all are.
    [52, 241.51],
  ])('with %d bits set stands for about %d', (bits, accounts) => {
    expect(crowdAt(marked(first(bits)), span, start)).toBe(accounts)
  })
  it('tells all its places apart, and takes one that comes again for one', () => {
    const held = marked([0, 25, 26, 31, 32, crowdBits - 1])
    expect(held.now).toBe(1 + 2 ** 25 + 2 ** 26 + 2 ** 31 + 2 ** 32 + 2 ** 51)
    expect(marked([51, 32, 0], held)).toEqual(held)
    expect(markCrowd(held, span, bitOf(undefined), span)).toEqual(held)
  })
  it('holds for two hours, fades for two more, and is gone', () => {
    const held = marked(first(16))
    const at = (ms: number): number => crowdAt(held, span, start + ms)
    expect([at(0), at(2 * hour - 1), at(2 * hour), at(3 * hour), at(4 * hour - 1), at(4 * hour)]).toEqual([
      19.12, 19.12, 19.12, 9.56, 0, 0,
    ])
  })
  it('keeps the span before beside the one that goes on, and no older one', () => {
    const held = marked([1])
    expect(markCrowd(held, span, bitOf(2), span + 1)).toEqual({ now: 4, before: 2 })
    expect(markCrowd({ now: 4, before: 2 }, span, bitOf(3), span + 2)).toEqual({ now: 8, before: 0 })
  })
  it('takes a clock that is behind into the span before, and none that is further behind', () => {
    const held = { now: 4, before: 2 }
    expect(markCrowd(held, span, bitOf(0), span - 1)).toEqual({ now: 4, before: 3 })
    expect(markCrowd(held, span, bitOf(0), span - 2)).toEqual(held)
    expect(crowdAt(held, span, start - 9 * hour)).toBeGreaterThan(0)
  })
})
