import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addOne, deadEpoch, oneAt, valueAt, type Decaying } from './decay.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 0, 1)

/** The sum that the counter stands for, term by term. */
const expected = (times: readonly number[], nowMs: number) =>
  times.reduce((sum, atMs) => sum + 2 ** ((atMs - nowMs) / hour), 0)

const count = (times: readonly number[]) =>
  times.reduce<Decaying | undefined>((held, atMs) => addOne(held, oneAt(atMs)), undefined)!

describe('a count with a half-life of one hour', () => {
  it('is the sum of its events, each halved for every hour since', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 * hour }), { minLength: 1, maxLength: 40 }),
        (offsets) => {
          const times = offsets.map((offset) => start + offset).sort((a, b) => a - b)
          const nowMs = times.at(-1)! + hour
          expect(valueAt(count(times), nowMs)).toBeCloseTo(expected(times, nowMs), 9)
        },
      ),
      { seed: 7, numRuns: 300 },
    )
  })

  it('stays a number over years of counting', () => {
    let held: Decaying | undefined
    for (let atMs = start; atMs < start + 5 * 365 * 24 * hour; atMs += 7 * hour)
      held = addOne(held, oneAt(atMs))
    expect(valueAt(held!, start + 5 * 365 * 24 * hour)).toBeLessThan(2)
    expect(valueAt(held!, start + 5 * 365 * 24 * hour)).toBeGreaterThan(0)
  })

  it('is dead only when nothing of it is left', () => {
    const held = { epoch: deadEpoch(start), value: 2 ** 512 * 1e6 }
    expect(valueAt(held, start)).toBeLessThan(1e-140)
  })
})
