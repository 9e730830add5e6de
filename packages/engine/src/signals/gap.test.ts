import { describe, expect, it } from 'vitest'
import { comparisonOf, said } from '../../test/comparison.ts'
import { at, dayMs, laptop, startMs } from '../../test/account.ts'
import { gap } from './gap.ts'

describe('a gap', () => {
  const nats = (days: number, more: Partial<Parameters<typeof gap.compare>[0]> = {}) =>
    said(
      gap,
      comparisonOf(at(laptop(), startMs + days * dayMs), {
        sessions: 11,
        firstMs: startMs - 20 * dayMs,
        lastMs: startMs,
        ...more,
      }),
      undefined,
    )
  it('of four times the usual says nothing, a longer one little, and a year not much', () => {
    expect(nats(8)).toEqual({})
    expect(nats(18)).toEqual({ gap_long: 0.693 })
    expect(nats(365)).toEqual({ gap_long: 1 })
  })
  it('needs a rhythm to be told from', () => {
    expect(nats(365, { sessions: 4 })).toEqual({})
  })
  it('of minutes is a day for who comes every minute, and none for a clock that runs backwards', () => {
    expect(nats(3, { firstMs: startMs - 600_000 })).toEqual({})
    expect(nats(-5)).toEqual({})
  })
})
