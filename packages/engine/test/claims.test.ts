import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, extractFeatures, type Facts } from '../src/index.ts'
import { inputOf, key, laptop } from './account.ts'
import { account, anyFacts, asks } from './any-facts.ts'

describe('features', () => {
  it('name a key only where it was proven', () => {
    expect(extractFeatures(laptop()).device.jkt).toBe(key('laptop'))
    expect(
      extractFeatures({ ...laptop(), device: { ...laptop().device, proven: false } }).device,
    ).not.toHaveProperty('jkt')
    expect(
      extractFeatures({ ...laptop(), flags: { ...laptop().flags, receipt: 'foreign' } }).device,
    ).not.toHaveProperty('jkt')
  })
  it('hold components that are compared and no others, by their first characters', () => {
    const facts: Facts = {
      ...laptop(),
      device: {
        ...laptop().device,
        fingerprint: {
          library: '5.0.1',
          components: { canvas: 'abcdefghijkl', unheardOf: 'abcdefghijkl', fonts: '$$$$' },
        },
      },
    }
    expect(extractFeatures(facts).device.fingerprint?.components).toEqual({ canvas: 'abcd' })
  })
})

describe('whatever is claimed', () => {
  it('a request without a proven key on record never calms by more than three nats', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const unknown: Facts = { ...facts, device: { ...facts.device, jkt: key('unknown') } }
        expect(decide(inputOf(account, unknown)).nats).toBeGreaterThanOrEqual(-3)
      }),
      { seed: 45, numRuns: 100 },
    )
  })
  it('the engine answers, with a probability for a score and three decisions', () => {
    fc.assert(
      fc.property(anyFacts, asks, (facts, asked) => {
        const { score, decision, reasons } = decide(inputOf(account, facts, asked))
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
        expect(['allow', 'challenge', 'deny']).toContain(decision)
        expect(new Set(reasons.map(({ code }) => code)).size).toBe(reasons.length)
      }),
      { seed: 46, numRuns: 100 },
    )
  })
})
