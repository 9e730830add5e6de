import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { log } from '../../test/reference.ts'
import { tierNats, unseenMass } from './frequency.ts'

describe('the mass of values never shown', () => {
  it('is M / (N + M), M the number of different values shown', () => {
    expect(unseenMass({ count: 0, total: 8, distinct: 2 }, 0)).toBe(0.2)
  })
  it('is everything where there is no history', () => {
    expect(unseenMass({ count: 0, total: 0, distinct: 0 }, 0)).toBe(1)
  })
  it('never falls below one session in twenty, however long the history', () => {
    expect(unseenMass({ count: 5000, total: 5000, distinct: 1 }, 0)).toBe(0.05)
  })
})

describe('the ratio of one value', () => {
  it('is ln(p(x | others) / p(x | subject))', () => {
    // p(subject) = 0.8 · 6/8 + 0.2 · 0.1 = 0.62
    expect(tierNats({ count: 6, total: 8, distinct: 2 }, 0.1)).toBeCloseTo(log(0.1 / 0.62), 12)
  })
  it('of a value never shown is ln(1 / mass), whatever the value', () => {
    expect(tierNats({ count: 0, total: 8, distinct: 2 }, 0.1)).toBeCloseTo(log(5), 12)
    expect(tierNats({ count: 0, total: 8, distinct: 2 }, 0.00001)).toBeCloseTo(log(5), 12)
  })
  it('says nothing without a history', () => {
    expect(tierNats({ count: 0, total: 0, distinct: 0 }, 0.3)).toBeCloseTo(0, 12)
  })
  it('grows towards somebody else with what others do, and falls with what the subject did', () => {
    const counts = fc
      .record({
        count: fc.nat({ max: 100 }),
        more: fc.nat({ max: 100 }),
        distinct: fc.integer({ min: 1, max: 9 }),
      })
      .map(({ count, more, distinct }) => ({ count, total: count + more, distinct }))
    const probability = fc.double({ min: 1e-6, max: 0.9, noNaN: true })
    fc.assert(
      fc.property(counts, probability, (history, others) => {
        const here = tierNats(history, others)
        expect(tierNats(history, Math.min(0.99, others * 1.1))).toBeGreaterThanOrEqual(here - 1e-12)
        if (history.count < history.total) {
          expect(tierNats({ ...history, count: history.count + 1 }, others)).toBeLessThanOrEqual(here + 1e-12)
        }
        expect(here).toBeLessThanOrEqual(log(20) + 1e-12)
      }),
      { seed: 3, numRuns: 1000 },
    )
  })
})
