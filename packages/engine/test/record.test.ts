import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, extractFeatures, featuresOfRecord, recompute, shippedModel } from '../src/index.ts'
import { ask, at, inputOf, phone, policyOf, stranger } from './account.ts'
import { account, anyFacts, asks, nowMs } from './any-facts.ts'

describe('a record', () => {
  it('decides the same again to the last digit, from itself alone', () => {
    fc.assert(
      fc.property(anyFacts, asks, (facts, asked) => {
        const input = { ...inputOf(account, facts, asked), coin: () => 999_999 }
        const { record, ...verdicts } = decide(input)
        expect(recompute(record, { policy: input.policy, model: shippedModel })).toEqual(verdicts)
      }),
      { seed: 42, numRuns: 120 },
    )
  })
  it('holds integers of millionths for evidence, and the versions behind it', () => {
    const parsed = JSON.parse(ask(account, at(stranger(), nowMs)).record) as {
      evidence: [string, string, string, number, number][]
      versions: Record<string, unknown>
    }
    expect(parsed.evidence.length).toBeGreaterThan(5)
    expect(parsed.evidence.every(([, , , micro]) => Number.isSafeInteger(micro))).toBe(true)
    expect([...parsed.evidence].map(([id]) => id)).toEqual([...parsed.evidence].map(([id]) => id).sort())
    expect(parsed.versions).toEqual({
      engine: '1',
      policy: 'policy-1',
      model: 'shipped-2',
      background: 'shipped-2',
      profile: 1,
    })
  })
  it('under another policy says what that one would have decided', () => {
    const { record } = ask(account, at(phone(), nowMs))
    const lenient = policyOf({
      requirements: { low: 'allow', medium: 'allow', high: { acr: 'phr' }, critical: 'deny' },
    })
    expect(recompute(record, { policy: lenient, model: shippedModel }).decision).toBe('allow')
    const heavier = { ...shippedModel, weights: { ...shippedModel.weights, device: 1.5 } }
    expect(recompute(record, { policy: policyOf(), model: heavier }).nats).toBeGreaterThan(
      ask(account, at(phone(), nowMs)).nats,
    )
  })
  it('of another version, or of an action that is gone, is refused', () => {
    const { record } = ask(account, at(phone(), nowMs))
    const under = { policy: policyOf(), model: shippedModel }
    expect(() => recompute(record.replace('{"v":1,', '{"v":2,'), under)).toThrow(RangeError)
    expect(() => recompute(record, { ...under, policy: policyOf({ actions: {} }) })).toThrow(RangeError)
  })
  it('holds what there is to learn', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { record } = decide(inputOf(account, facts))
        expect(featuresOfRecord(record)).toEqual(JSON.parse(JSON.stringify(extractFeatures(facts))))
      }),
      { seed: 44, numRuns: 100 },
    )
  })
})
