import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparisonOf, said } from '../../test/comparison.ts'
import { at, dayMs, laptop, startMs } from '../../test/account.ts'
import type { Facts } from '../facts.ts'
import { gap } from './gap.ts'
import { velocity } from './velocity.ts'

const after = (counters: Partial<Facts['counters']>): Record<string, number> =>
  said(velocity, comparisonOf({ ...laptop(), counters: { ...laptop().counters, ...counters } }), undefined)

describe('what people do within hours', () => {
  it('says nothing while it is what people do, or nobody counted', () => {
    expect(after({})).toEqual({})
    expect(
      after({
        prefixSubjects: 4,
        deviceSubjects: 1,
        clientSubjects: 19,
        sensitiveActions: 7,
        sessionStarts: 3,
        sessionTimeouts: 3,
      }),
    ).toEqual({})
  })
  it('says ln((n + 1) / usual) beyond, up to a bound', () => {
    expect(after({ prefixSubjects: 14 })).toEqual({ spray_prefix: 1.099 })
    expect(after({ deviceSubjects: 5, sessionStarts: 1e9 })).toEqual({
      spray_device: 1.099,
      session_burst: 1.5,
    })
    expect(after({ sensitiveActions: 23, sessionTimeouts: 11 })).toEqual({
      action_burst: 1.099,
      session_timeouts: 1,
    })
  })
  it('does not say twice what the failures of the prefix have said', () => {
    // 35 failures of the prefix say ln 3 by themselves; 44 accounts say ln 9 and leave ln 3.
    expect(after({ prefixFailures: 35, prefixSubjects: 44 })).toEqual({ spray_prefix: 1.099 })
    expect(after({ prefixFailures: 1e6, prefixSubjects: 10 })).toEqual({})
  })
  it('never calms, and grows with what is counted, whatever was counted', () => {
    const count = fc.double({ min: -1e9, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(count, count, (a, b) => {
        const sum = (n: number): number =>
          Object.values(after({ prefixSubjects: n, sensitiveActions: n, sessionTimeouts: n })).reduce(
            (all, nats) => all + nats,
            0,
          )
        expect(sum(a)).toBeGreaterThanOrEqual(0)
        if (a <= b) expect(sum(a)).toBeLessThanOrEqual(sum(b) + 1e-9)
      }),
    )
  })
})

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
