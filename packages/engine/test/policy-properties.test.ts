import { acrLadder, acrSatisfies, type Acr, type Consequence, type Policy, type Rule } from '@newel/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedBy, stricter, type Asked as Ask } from '../src/decide/asked.ts'
import { combine, shippedModel, type DecisionOutput, type Facts } from '../src/index.ts'
import { groupNames, groups } from '../src/evidence/groups.ts'
import { ask, at, laptop, phone, policyOf, stranger, usedFor, withPasskey, type Asked } from './account.ts'

const histories = [usedFor(30, 'passkey'), usedFor(3, 'email')] as const
const methods = ['email', 'totp', 'passkey'] as const
const someMethods = fc.option(fc.subarray([...methods], { minLength: 1 }), { nil: undefined })
const age = fc.option(fc.integer({ min: 0, max: 86_400 }), { nil: undefined })

const acrOf = { email: 'newel:contact', totp: 'newel:otp', passkey: 'phrh' } as const
/** A policy whose listed methods cannot give the acr does not compile. */
const reachable = ({ acr, methods: left }: Exclude<Consequence, 'deny'>): boolean =>
  acr === undefined || left === undefined || left.some((method) => acrSatisfies(acrOf[method], acr))

const consequences: fc.Arbitrary<Consequence> = fc.oneof(
  fc.constant('deny' as const),
  fc
    .record({
      acr: fc.option(fc.constantFrom(...acrLadder), { nil: undefined }),
      max_age_s: age,
      methods: someMethods,
      level: fc.option(fc.constantFrom('medium' as const, 'high' as const, 'critical' as const), {
        nil: undefined,
      }),
    })
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
    .filter((given) => Object.keys(given).length > 0 && reachable(given)),
)
const rules: fc.Arbitrary<Rule> = fc.record({
  id: fc.constant('added'),
  when: fc.constantFrom(
    'true',
    'false',
    'network.country == "JP"',
    'network.asn > 20000',
    'risk.level != "low"',
    '1 / 0 == 1',
    'device.standing in ["unknown", "none"]',
  ),
  then: consequences,
  reason: fc.constant('For the test.'),
})
interface Situation {
  readonly facts: Facts
  readonly history: number
  readonly asked: Asked
}
const situations: fc.Arbitrary<Situation> = fc
  .record({
    history: fc.nat(histories.length - 1),
    who: fc.constantFrom(laptop, phone, stranger),
    webdriver: fc.boolean(),
    country: fc.option(fc.constantFrom('JP', 'DE'), { nil: undefined }),
    failures: fc.integer({ min: 0, max: 50 }),
    heldSecondsAgo: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
    acr: fc.constantFrom<Acr>('newel:contact', 'newel:otp', 'phr'),
    action: fc.constantFrom('balance', 'transfer'),
  })
  .map(({ history, who, webdriver, country, failures, heldSecondsAgo, acr, action }) => {
    const nowMs = histories[history]?.nowMs ?? 0
    const facts = at(who(), nowMs)
    const { country: _country, ...network } = facts.network
    return {
      history,
      facts: {
        ...facts,
        network: { ...network, ...(country === undefined ? {} : { country }) },
        client: { ...facts.client, webdriver },
        counters: { ...facts.counters, subjectFailures: failures },
      },
      asked: {
        action,
        ...(action === 'transfer' ? { params: { amount: '1' } } : {}),
        ...(heldSecondsAgo === undefined
          ? {}
          : { assurance: [{ acr, authTimeMs: nowMs - heldSecondsAgo * 1000 }] }),
      },
    }
  })

const rank = { allow: 0, challenge: 1, deny: 2 } as const

/** Whether `after` asks at least what `before` asked. */
function atLeast(before: DecisionOutput, after: DecisionOutput): boolean {
  if (rank[after.decision] !== rank[before.decision]) return rank[after.decision] > rank[before.decision]
  if (after.decision !== 'challenge' || after.required === undefined || before.required === undefined)
    return true
  const { acr, maxAgeSeconds, methods: left } = after.required
  return (
    acrSatisfies(acr, before.required.acr) &&
    maxAgeSeconds <= before.required.maxAgeSeconds &&
    left.every((method) => before.required?.methods.includes(method))
  )
}

const under = (policy: Partial<Policy>, { history, facts, asked }: Situation): DecisionOutput =>
  ask({ ...histories[history]!.account, methods: withPasskey, policy: policyOf(policy) }, facts, asked)

describe('a policy', () => {
  it('never asks less for a rule more, wherever it stands', () => {
    fc.assert(
      fc.property(situations, rules, rules, (situation, one, other) => {
        const second = { ...other, id: 'other' }
        const none = under({}, situation)
        const first = under({ rules: [one] }, situation)
        const both = under({ rules: [one, second] }, situation)
        expect(atLeast(none, first)).toBe(true)
        expect(atLeast(first, both)).toBe(true)
        const { record: _a, rules: _ra, ...forwards } = both
        const { record: _b, rules: _rb, ...backwards } = under({ rules: [second, one] }, situation)
        expect({ ...backwards, reasons: backwards.reasons.map(({ code }) => code).sort() }).toEqual({
          ...forwards,
          reasons: forwards.reasons.map(({ code }) => code).sort(),
        })
      }),
      { seed: 51, numRuns: 150 },
    )
  })
  it('asks of nobody for a rule in shadow', () => {
    fc.assert(
      fc.property(situations, rules, (situation, added) => {
        const { record: _a, rules: _ra, ...without } = under({}, situation)
        const {
          record: _b,
          rules: _rb,
          ...beside
        } = under({ rules: [{ ...added, mode: 'shadow' }] }, situation)
        expect(beside).toEqual(without)
      }),
      { seed: 52, numRuns: 100 },
    )
  })
  it('never asks less for what the caller requires beside it', () => {
    const requires = fc.record({
      acr: fc.option(fc.constantFrom(...acrLadder), { nil: undefined }),
      maxAgeSeconds: age,
    })
    fc.assert(
      fc.property(situations, requires, (situation, { acr, maxAgeSeconds }) => {
        const require = { ...(acr && { acr }), ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) }
        const asked = { ...situation.asked, require }
        expect(atLeast(under({}, situation), under({}, { ...situation, asked }))).toBe(true)
      }),
      { seed: 53, numRuns: 150 },
    )
  })
  it('never scores higher, nor asks more, for an entry that allows', () => {
    const removes = ['network_unfamiliar', 'country_unfamiliar', 'webdriver', 'recent_failures']
    fc.assert(
      fc.property(situations, fc.subarray(removes, { minLength: 1 }), (situation, codes) => {
        const entry = {
          id: 'e',
          author: 'a',
          reason: 'r',
          expires: '2030-01-01',
          match: { subject: 'user-1' },
        }
        const allowed = under({ lists: { allow: [{ ...entry, removes: codes }] } }, situation)
        const plain = under({}, situation)
        expect(allowed.nats).toBeLessThanOrEqual(plain.nats)
        expect(atLeast(allowed, plain)).toBe(true)
      }),
      { seed: 54, numRuns: 100 },
    )
  })
})

describe('the stricter of two', () => {
  const asks: fc.Arbitrary<Ask> = consequences.map(askedBy)
  it('is the same in either order, however often and however grouped', () => {
    fc.assert(
      fc.property(asks, asks, asks, (a, b, c) => {
        expect(stricter(a, b)).toEqual(stricter(b, a))
        expect(stricter(a, a)).toEqual(a)
        expect(stricter(stricter(a, b), c)).toEqual(stricter(a, stricter(b, c)))
      }),
      { seed: 55, numRuns: 300 },
    )
  })
  it('asks at least what each asks', () => {
    fc.assert(
      fc.property(asks, asks, (a, b) => {
        const most = stricter(a, b)
        for (const one of [a, b]) {
          expect(acrSatisfies(most.acr, one.acr)).toBe(true)
          expect(most.maxAgeSeconds).toBeLessThanOrEqual(one.maxAgeSeconds)
          expect(most.deny || !one.deny).toBe(true)
          if (one.methods) expect(most.methods?.every((method) => one.methods?.includes(method))).toBe(true)
        }
      }),
      { seed: 56, numRuns: 300 },
    )
  })
})

describe('evidence', () => {
  const findings = fc.array(
    fc.record({ group: fc.constantFrom(...groupNames), micro: fc.integer({ min: -30e6, max: 30e6 }) }),
    { maxLength: 40 },
  )
  it('means the same in any order', () => {
    fc.assert(
      fc.property(
        findings.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        fc.boolean(),
        ([all, shuffled], keyProven) => {
          expect(combine(shuffled, shippedModel.weights, keyProven)).toEqual(
            combine(all, shippedModel.weights, keyProven),
          )
        },
      ),
      { seed: 57, numRuns: 200 },
    )
  })
  it('stays within what the groups declare, whatever was found', () => {
    const most = groupNames.reduce((sum, group) => sum + groups[group].maxNats, 0)
    fc.assert(
      fc.property(findings, fc.boolean(), (all, keyProven) => {
        const { nats } = combine(all, shippedModel.weights, keyProven)
        expect(nats).toBeLessThanOrEqual(most * 1e6)
        expect(nats).toBeGreaterThanOrEqual(-(3 + (keyProven ? 6.3 : 0)) * 1e6)
      }),
      { seed: 58, numRuns: 300 },
    )
  })
  it('never falls where one finding rises', () => {
    fc.assert(
      fc.property(
        findings,
        fc.nat(),
        fc.integer({ min: 1, max: 10e6 }),
        fc.boolean(),
        (all, which, rise, keyProven) => {
          fc.pre(all.length > 0)
          const at = which % all.length
          const raised = all.map((finding, i) =>
            i === at ? { ...finding, micro: finding.micro + rise } : finding,
          )
          expect(combine(raised, shippedModel.weights, keyProven).nats).toBeGreaterThanOrEqual(
            combine(all, shippedModel.weights, keyProven).nats,
          )
        },
      ),
      { seed: 59, numRuns: 300 },
    )
  })
})
