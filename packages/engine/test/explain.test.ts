import { reasons, type Policy } from '@newel/protocol'
import { describe, expect, it } from 'vitest'
import {
  decide,
  explainDecision,
  shippedModel,
  shippedModelVersion,
  type Explanation,
  type Facts,
} from '../src/index.ts'
import {
  ask,
  at,
  createAccount,
  hourMs,
  inputOf,
  laptop,
  phone,
  policyOf,
  stranger,
  usedFor,
  type Account,
  type Asked,
} from './account.ts'

const known = usedFor(30, 'passkey')
const here = at(laptop(), known.nowMs)
const abroad = at(stranger(), known.nowMs)
const newPhone = at(phone(), known.nowMs)

function explain(
  facts: Facts,
  asked: Asked = {},
  change: Partial<Policy> = {},
  account: Account = known.account,
): Explanation {
  const policy = policyOf(change)
  const { record } = ask({ ...account, policy }, facts, asked)
  return explainDecision(record, {
    policy,
    policyVersion: 'policy-1',
    model: shippedModel,
    modelVersion: shippedModelVersion,
  })
}

describe('an explanation', () => {
  it.each<[string, Facts, Asked]>([
    ['the usual device', here, {}],
    ['a stranger', abroad, {}],
    ['a transfer from a new phone', newPhone, { action: 'transfer', params: { amount: '1' } }],
    ['nobody signed in', abroad, { action: 'sign-in', anonymous: true }],
  ])('of %s is of the decision that was made, to the last digit', (_who, facts, asked) => {
    expect(explain(facts, asked)).toMatchObject({ same: true, sameVersions: true, observed: false })
  })
  it('says where another policy or model would have decided otherwise', () => {
    const { record } = ask(known.account, abroad)
    const harsher = policyOf({
      requirements: { low: 'allow', medium: 'deny', high: 'deny', critical: 'deny' },
    })
    expect(
      explainDecision(record, {
        policy: harsher,
        policyVersion: 'policy-2',
        model: shippedModel,
        modelVersion: 'shipped-2',
      }),
    ).toMatchObject({
      same: false,
      sameVersions: false,
      recorded: { decision: 'challenge' },
      developer: { decision: 'deny' },
    })
  })
  it('says what would have been enforced, where the tenant observes', () => {
    expect(explain(abroad, {}, { mode: 'observe' })).toMatchObject({
      observed: true,
      same: true,
      developer: { decision: 'challenge' },
    })
  })
})

describe('an audit', () => {
  const policy = policyOf()
  const explained = (coin: number): Explanation =>
    explainDecision(decide({ ...inputOf(known.account, here), coin: () => coin }).record, {
      policy,
      policyVersion: 'policy-1',
      model: shippedModel,
      modelVersion: shippedModelVersion,
    })
  it('tells the person that nothing was wrong, and of nothing that was noticed', () => {
    const { person, same } = explained(0)
    expect(same).toBe(true)
    expect(person).toEqual([
      'You were asked to confirm that it is you, with your passkey or a code sent to your mail address.',
      expect.stringContaining('asked by chance') as string,
      expect.stringContaining('do not confirm it') as string,
    ])
  })
  it('tells the developer that it is one, and that nothing else asked', () => {
    const { developer } = explained(0)
    expect(developer.audit).toEqual({ drawn: true, share: 0.02 })
    expect(developer.reasons.map(({ code }) => code)).toContain('random_audit')
    expect(developer.changes).toContainEqual({
      without: 'random_audit',
      decision: 'allow',
      acr: 'newel:base',
    })
  })
  it('tells the auditor coin, share and propensity, whatever it said', () => {
    expect(explained(19_999).auditor.audit).toEqual({
      coin: 19_999,
      sides: 1_000_000,
      share: 0.02,
      drawn: true,
      propensity: 0.05,
    })
    expect(explained(20_000).auditor.audit).toMatchObject({ drawn: false, propensity: 0.98 })
    expect(explain(here).auditor.audit).toBeUndefined()
  })
})

describe('the person', () => {
  it('learns what belongs to action, account and device', () => {
    expect(explain(here).person).toEqual(['Nothing was asked.'])
    expect(explain(newPhone).person).toEqual([
      'You were asked to confirm that it is you, with your passkey or a code sent to your mail address.',
      'This browser is not one that your account has confirmed before.',
      expect.stringContaining('unlike how your account is used') as string,
      expect.stringContaining('do not confirm it') as string,
    ])
    expect(explain(here, { require: { acr: 'phr' } }).person).toContain('This step always asks for it.')
    expect(explain(laptop(), {}, {}, createAccount()).person).toContain(
      'Your account has not been used with this protection before.',
    )
  })
  it('never learns what was noticed, nor by what', () => {
    const counters = { subjectFailures: 30, deviceFailures: 30, prefixFailures: 300 }
    const worst: Facts = {
      ...abroad,
      counters,
      client: { ...abroad.client, webdriver: true, contradicts: true },
    }
    const secrets =
      /network|country|operator|address(?!,)|hour|zone|program|webdriver|fail|finger|language|screen|rule|list|nats|score|risk/i
    const rules = [
      { id: 'secret-rule', when: 'true', then: { acr: 'phr' as const }, reason: 'Secret reason.' },
    ]
    for (const facts of [abroad, newPhone, worst, at(here, known.nowMs + 14 * hourMs)]) {
      for (const policy of [{}, { rules }]) {
        const text = explain(facts, {}, policy).person.join(' ').replaceAll('mail address', 'mail')
        expect(text).not.toMatch(secrets)
        expect(text).not.toMatch(/secret/i)
        for (const said of Object.values(reasons)) expect(text).not.toContain(said)
      }
    }
  })
  it('learns what to do where nothing could be asked', () => {
    const { jkt: _jkt, ...keyless } = abroad.device
    const bare: Facts = {
      ...abroad,
      device: { ...keyless, proven: false },
      flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false },
    }
    expect(explain(bare).person[1]).toContain('Reload the page')
    expect(
      explain(here, {}, { rules: [{ id: 'no', when: 'true', then: 'deny', reason: 'x' }] }).person[1],
    ).toContain('ask support')
  })
})

describe('the developer', () => {
  it('learns every reason in words, rules by what their author wrote', () => {
    const rules = [
      {
        id: 'abroad',
        when: 'network.country != "JP"',
        then: { acr: 'phr' as const },
        reason: 'We serve Japan.',
      },
    ]
    const { developer } = explain(abroad, {}, { rules })
    expect(developer.reasons).toContainEqual({ code: 'rule:abroad', text: 'We serve Japan.' })
    expect(developer.reasons.find(({ code }) => code === 'country_unfamiliar')).toMatchObject({
      text: reasons.country_unfamiliar,
      nats: expect.any(Number) as number,
      support: expect.any(Number) as number,
    })
  })
  it('learns what would have changed it', () => {
    const rules = [{ id: 'always', when: 'true', then: { acr: 'phr' as const }, reason: 'For the test.' }]
    expect(explain(here, {}, { rules }).developer.changes).toEqual([
      { without: 'rule:always', decision: 'allow', acr: 'newel:base' },
      { with: 'proof', decision: 'allow', acr: 'phr' },
    ])
    expect(explain(here, { require: { acr: 'phr' } }).developer.changes).toContainEqual({
      without: 'caller_requirement',
      decision: 'allow',
      acr: 'newel:base',
    })
    expect(explain(newPhone).developer.changes).toContainEqual({
      with: 'proof',
      decision: 'allow',
      acr: 'newel:contact',
    })
    const driven: Facts = { ...here, client: { ...here.client, webdriver: true } }
    expect(explain(driven).developer.changes).toContainEqual({
      without: 'webdriver',
      decision: 'allow',
      acr: 'newel:base',
    })
  })
  it('learns how far the edges are', () => {
    const { developer, auditor } = explain(abroad)
    expect(developer.level).toBe('high')
    expect(developer.aboveEdge).toBeCloseTo(auditor.effective / 1e6 + 3.5, 9)
    expect(developer.toNextBand).toBeCloseTo(1.5 - auditor.effective / 1e6, 9)
    expect(explain(here).developer).not.toHaveProperty('aboveEdge')
  })
})

describe('the auditor', () => {
  it.each<[string, Facts, Asked]>([
    ['the usual device', here, {}],
    ['a stranger', abroad, {}],
    ['a transfer', newPhone, { action: 'transfer', params: { amount: '1' } }],
  ])('can add %s up by hand', (_who, facts, asked) => {
    const { auditor, developer, recorded } = explain(facts, asked)
    for (const { group, sum } of auditor.groups) {
      const findings = auditor.evidence.filter((finding) => finding.group === group && finding.counted)
      expect(findings.reduce((total, { micro }) => total + micro, 0)).toBe(sum)
    }
    const weighed = auditor.groups.map(({ group, said, weight }) => ({
      group,
      micro: Math.round(said * weight),
    }))
    const isApart = ({ group }: { group: string }): boolean =>
      group === 'attack' || group === 'key' || (group === 'device' && auditor.keyProven)
    const total = (parts: readonly { micro: number }[]): number =>
      parts.reduce((sum, { micro }) => sum + micro, 0)
    expect(total(weighed.filter(isApart))).toBe(auditor.apart)
    expect(total(weighed.filter((part) => !isApart(part))) + auditor.copiedTwice).toBe(auditor.claimed)
    expect(auditor.apart + auditor.claimedSaid).toBe(auditor.nats)
    expect(auditor.base + auditor.nats).toBe(auditor.logOdds)
    expect(auditor.nats / 1e6).toBe(recorded.nats)
    expect(1 / (1 + Math.exp(-auditor.logOdds / 1e6))).toBeCloseTo(developer.score, 12)
  })
  it('sees what an entry removed, by whom, and what every verdict asked', () => {
    const lists: Policy['lists'] = {
      allow: [
        {
          id: 'office',
          match: { country: 'BR' },
          removes: ['country_unfamiliar'],
          author: 'ops',
          reason: 'x',
          expires: '2030-01-01',
        },
      ],
    }
    const { auditor } = explain(abroad, { require: { maxAgeSeconds: 60 } }, { lists })
    expect(auditor.evidence.filter(({ counted }) => !counted).map(({ code }) => code)).toEqual([
      'country_unfamiliar',
    ])
    expect(auditor.lists).toEqual([{ id: 'office', kind: 'allow', author: 'ops', expires: '2030-01-01' }])
    expect(auditor.voices.map(({ reason }) => reason)).toEqual(['band', 'caller_requirement', 'list:office'])
    expect(auditor.asked).toMatchObject({ deny: false, maxAgeSeconds: 60 })
  })
})
