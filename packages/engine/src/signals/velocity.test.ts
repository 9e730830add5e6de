import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparisonOf, said } from '../../test/comparison.ts'
import { laptop } from '../../test/account.ts'
import type { CounterFacts, Crowds, SessionFacts } from '../facts.ts'
import { concurrent } from './concurrent.ts'
import { failures } from './failures.ts'
import { velocity } from './velocity.ts'

const comparison = (counters: Partial<CounterFacts>, session?: SessionFacts) =>
  comparisonOf({
    ...laptop(),
    counters: { ...laptop().counters, ...counters },
    ...(session && { session }),
  })
/** What both comparators say of who fails where. */
const after = (counters: Partial<CounterFacts>): Record<string, number> => ({
  ...said(failures, comparison(counters), undefined),
  ...said(velocity, comparison(counters), undefined),
})
const where = (crowds: Crowds): Record<string, number> => after({ crowds })

describe('accounts that fail in one place', () => {
  it('say nothing while they are as many as do by themselves, or nobody counted', () => {
    expect(after({})).toEqual({})
    expect(
      where({ prefix: [4, 0], device: [1, 0], client: [19, 0], operator: [49, 0], fingerprint: [4, 0] }),
    ).toEqual({})
  })
  it('say ln((failed + 1) / (usual + passed)) beyond, up to a bound', () => {
    expect(where({ prefix: [14, 0] })).toEqual({ spray_prefix: 1.099 })
    expect(where({ prefix: [14, 5] })).toEqual({ spray_prefix: 0.405 })
    expect(where({ device: [5, 0] })).toEqual({ spray_device: 1.099 })
    expect(where({ client: [240, 0], fingerprint: [240, 0] })).toEqual({
      spray_client: 2,
      spray_fingerprint: 2,
    })
    expect(where({ operator: [240, 0] })).toEqual({ spray_operator: 1.5 })
  })
  it('are said once: a coarser place adds only what a finer one has not said', () => {
    // 35 failures of the prefix say ln 3 by themselves; 44 accounts say ln 9 and leave ln 3.
    expect(after({ prefixFailures: 35, crowds: { prefix: [44, 0] } })).toEqual({
      prefix_failures: 1.099,
      spray_prefix: 1.099,
    })
    expect(where({ prefix: [44, 0], client: [44, 0], operator: [60, 0] })).toEqual({ spray_prefix: 2.197 })
    // Behind each prefix few, over all of them many.
    expect(where({ prefix: [9, 0], client: [79, 0] })).toEqual({ spray_prefix: 0.693, spray_client: 0.693 })
    expect(where({ device: [11, 0], fingerprint: [29, 0] })).toEqual({ spray_device: 1.792 })
    expect(where({ fingerprint: [29, 0] })).toEqual({ spray_fingerprint: 1.792 })
  })
})

describe('nothing is said of', () => {
  it('an office behind one address, where thirty sign in on Monday morning and eight mistype', () => {
    expect(after({ prefixFailures: 11, crowds: { prefix: [8, 30] } })).toEqual({})
  })
  it('a carrier that puts hundreds of people behind one prefix', () => {
    expect(
      after({
        prefixFailures: 120,
        crowds: { prefix: [90, 190], client: [60, 120], operator: [200, 240] },
      }),
    ).toEqual({})
  })
  it('a university, where the whole campus shares a prefix and a semester begins', () => {
    expect(after({ prefixFailures: 60, crowds: { prefix: [45, 110], operator: [45, 110] } })).toEqual({})
  })
  it('a prefix that was attacked, hours later, where more people sign in than failures are left', () => {
    expect(after({ prefixFailures: 110, crowds: { prefix: [0, 100] } })).toEqual({})
    expect(after({ prefixFailures: 150, crowds: { prefix: [0.4, 100] } })).toEqual({ prefix_failures: 0.299 })
  })
  it('a family computer, where three of four mistype', () => {
    expect(after({ deviceFailures: 2, crowds: { device: [3, 4], fingerprint: [3, 4] } })).toEqual({})
  })
  it('a password manager that tries its old password again and again, but that one account', () => {
    const retries = after({
      subjectFailures: 9,
      deviceFailures: 9,
      prefixFailures: 9,
      crowds: { device: [1, 0] },
    })
    expect(Object.keys(retries).sort()).toEqual(['device_failures', 'recent_failures'])
  })
  it('laptops that one company set up alike', () => {
    expect(where({ fingerprint: [12, 40] })).toEqual({})
  })
})

describe('what one account does within hours', () => {
  it('says ln((n + 1) / usual) beyond what people do, up to a bound', () => {
    expect(after({ sensitiveActions: 7, sessionStarts: 3, sessionTimeouts: 3 })).toEqual({})
    expect(after({ sensitiveActions: 23, sessionStarts: 1e9, sessionTimeouts: 11 })).toEqual({
      action_burst: 1.099,
      session_burst: 1.5,
      session_timeouts: 1,
    })
  })
  const using = (others: number, counters: Partial<CounterFacts> = {}) =>
    said(concurrent, comparison(counters, { others }), undefined)
  it('with phone, tablet and laptop at once is nothing, nor with one more', () => {
    expect(using(0)).toEqual({})
    expect(using(2)).toEqual({})
    expect(using(3)).toEqual({})
  })
  it('with more devices than anybody has hands is something, once', () => {
    expect(using(7)).toEqual({ session_concurrent: 0.693 })
    expect(using(8, { sessionStarts: 8 })).toEqual({})
    expect(using(9999)).toEqual({ session_concurrent: 1.5 })
  })
})

describe('whatever was counted', () => {
  const count = fc.double({ min: -1e9, max: 1e12 })
  const all = (failed: number, passed: number) => {
    const seen: Crowds[keyof Crowds] = [failed, passed]
    const crowds = { prefix: seen, client: seen, operator: seen, device: seen, fingerprint: seen }
    const facts = comparison(
      { prefixFailures: 3, crowds, sensitiveActions: failed, sessionTimeouts: failed },
      { others: failed },
    )
    const findings = [failures, velocity, concurrent].flatMap((each) => [
      ...each.compare(facts, undefined, undefined),
    ])
    return findings.reduce((sum, { nats }) => sum + nats, 0)
  }
  it('it never calms, grows with those that fail and shrinks with those that sign in', () => {
    fc.assert(
      fc.property(count, count, count, (a, b, passed) => {
        fc.pre(a <= b)
        expect(all(a, passed)).toBeGreaterThanOrEqual(0)
        expect(all(a, passed)).toBeLessThanOrEqual(all(b, passed) + 1e-9)
        expect(all(passed, a)).toBeGreaterThanOrEqual(all(passed, b) - 1e-9)
      }),
      { numRuns: 500, seed: 7 },
    )
  })
})
