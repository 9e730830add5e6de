import type { Policy, Rule } from '@newel/protocol'
import { describe, expect, it } from 'vitest'
import { maxRecordBytes, recompute, shippedModel, type DecisionOutput, type Facts } from '../src/index.ts'
import {
  ask,
  at,
  codes,
  createAccount,
  laptop,
  phone,
  policyOf,
  stranger,
  usedFor,
  type Asked,
} from './account.ts'

const known = usedFor(30, 'passkey')
const here = at(laptop(), known.nowMs)
const abroad = at(stranger(), known.nowMs)
const newPhone = at(phone(), known.nowMs)

const rule = (change: Partial<Rule>): Rule => ({
  id: 'a-rule',
  when: 'true',
  then: { acr: 'phr' },
  reason: 'For the test.',
  ...change,
})
const under = (policy: Partial<Policy>, facts: Facts, asked?: Asked): DecisionOutput =>
  ask({ ...known.account, policy: policyOf(policy) }, facts, asked)
const withRule = (change: Partial<Rule>, facts: Facts = here, asked?: Asked): DecisionOutput =>
  under({ rules: [rule(change)] }, facts, asked)

describe('a rule', () => {
  it('asks for an acr where it holds, and for nothing where it does not', () => {
    expect(withRule({ when: 'network.country == "JP"' })).toMatchObject({
      decision: 'challenge',
      required: { acr: 'phr' },
      rules: [{ id: 'a-rule', mode: 'enforce', said: 'holds' }],
    })
    expect(withRule({ when: 'network.country == "FR"' })).toMatchObject({
      decision: 'allow',
      rules: [{ id: 'a-rule', said: 'quiet' }],
    })
  })
  it('gives its name as the reason', () => {
    expect(codes(withRule({}))).toContain('rule:a-rule')
    expect(codes(withRule({ when: 'false' }))).not.toContain('rule:a-rule')
  })
  it('asks for freshness, which asks for a contact at least', () => {
    const session: Asked = { assurance: [{ acr: 'phr', authTimeMs: known.nowMs - 120_000 }] }
    expect(withRule({ then: { max_age_s: 60 } }, here, session)).toMatchObject({
      decision: 'challenge',
      required: { acr: 'newel:contact', maxAgeSeconds: 60 },
    })
    expect(withRule({ then: { max_age_s: 180 } }, here, session).decision).toBe('allow')
  })
  it('takes methods away, and with the last of them the way to meet what is asked', () => {
    expect(withRule({ then: { acr: 'newel:contact', methods: ['passkey'] } }).required).toMatchObject({
      methods: ['passkey'],
    })
    expect(withRule({ then: { acr: 'newel:contact', methods: ['totp'] } })).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
    })
  })
  it('names a band as the least, which stakes of the action still turn into a higher one', () => {
    expect(withRule({ then: { level: 'medium' } })).toMatchObject({ level: 'medium', decision: 'challenge' })
    expect(
      withRule({ then: { level: 'medium' } }, here, { action: 'transfer', params: { amount: '1' } }),
    ).toMatchObject({ level: 'high', required: { acr: 'phr' } })
    expect(withRule({ then: { level: 'critical' } })).toMatchObject({ level: 'critical', decision: 'deny' })
    expect(withRule({ then: { level: 'medium' } }).score).toBe(withRule({ when: 'false' }).score)
  })
  it('denies', () => {
    expect(withRule({ then: 'deny' })).toMatchObject({ decision: 'deny', problem: 'denied' })
  })
  it('is about the actions it names, built-in ones included', () => {
    const only: Partial<Rule> = { then: 'deny', actions: ['newel.enroll'] }
    expect(withRule(only)).toMatchObject({ decision: 'allow', rules: [{ said: 'elsewhere' }] })
    expect(withRule(only, here, { action: 'newel.enroll', params: { method: 'totp' } }).decision).toBe('deny')
  })
  it('is not softened for who cannot meet it: enrolling asks what it asks', () => {
    const policy: Partial<Policy> = { rules: [rule({})], unmet: { then: 'enroll', under: 'newel:contact' } }
    const mailOnly = { ...createAccount(), policy: policyOf(policy) }
    const asked: Asked = { action: 'newel.enroll', params: { method: 'passkey' }, createdInThisSession: true }
    expect(ask(mailOnly, laptop(), asked)).toMatchObject({ decision: 'deny', acr: 'phr' })
  })
  it('that cannot be evaluated counts as if it held, and says so', () => {
    const { country: _country, ...nowhere } = here.network
    const decision = withRule({ when: 'network.country == "FR"' }, { ...here, network: nowhere })
    expect(decision).toMatchObject({ decision: 'challenge', rules: [{ said: 'failed' }] })
    expect(codes(decision)).toEqual(expect.arrayContaining(['rule:a-rule', 'rule_failed']))
  })
  it('in shadow is recorded and asks nothing, whether it holds or fails', () => {
    for (const when of ['true', '1 / 0 == 1']) {
      const decision = withRule({ when, then: 'deny', mode: 'shadow' })
      expect(decision.decision).toBe('allow')
      expect(codes(decision)).not.toContain('rule:a-rule')
      expect(codes(decision)).not.toContain('rule_failed')
    }
    expect(withRule({ mode: 'shadow' }).rules).toEqual([{ id: 'a-rule', mode: 'shadow', said: 'holds' }])
  })
  it('reads what the engine found', () => {
    const said = (when: string, facts: Facts): string | undefined => withRule({ when }, facts).rules[0]?.said
    expect(said('risk.level == "high" && risk.score > 0.01 && risk.nats > 3.0', abroad)).toBe('holds')
    expect(said('"country_unfamiliar" in risk.reasons && evidence.network > 1.0', abroad)).toBe('holds')
    expect(said('"country_unfamiliar" in risk.reasons || evidence.network > 0.0', here)).toBe('quiet')
    expect(said('subject.state == "known" && device.standing == "strong" && device.proven', here)).toBe(
      'holds',
    )
    expect(said('device.standing == "unknown"', newPhone)).toBe('holds')
  })
  it('reads the clock of the decision', () => {
    const monday: Facts = at(laptop(), Date.UTC(2026, 10, 23, 22, 59))
    const said = (when: string): string | undefined => withRule({ when }, monday).rules[0]?.said
    expect(said('time.weekday == 1 && time.hour == 22')).toBe('holds')
  })
})

describe('the policy in shadow', () => {
  const shadow: Policy['shadow'] = {
    requirements: {
      low: { acr: 'newel:contact' },
      medium: { acr: 'phr', max_age_s: 60 },
      high: 'deny',
      critical: 'deny',
    },
  }
  it('says what it would have decided, and decides nothing', () => {
    expect(under({ shadow }, here)).toMatchObject({
      decision: 'allow',
      shadow: { decision: 'challenge', level: 'low', acr: 'newel:contact' },
    })
    expect(under({ shadow }, abroad)).toMatchObject({
      decision: 'challenge',
      shadow: { decision: 'deny', problem: 'denied' },
    })
  })
  it('has rules of its own, and those in force where it has none', () => {
    const rules = [rule({ then: 'deny' })]
    expect(under({ shadow: { rules } }, here)).toMatchObject({
      decision: 'allow',
      rules: [],
      shadow: { decision: 'deny', rules: [{ said: 'holds' }] },
    })
    expect(under({ rules, shadow }, here).shadow?.rules).toHaveLength(1)
  })
  it('says what would be enforced, also where the tenant observes', () => {
    expect(under({ mode: 'observe', rules: [rule({ then: 'deny' })], shadow }, here)).toMatchObject({
      decision: 'allow',
      shadow: { decision: 'deny' },
    })
  })
  it('judges an action that it no longer declares as the one in force does', () => {
    expect(under({ shadow: { actions: {} } }, here).shadow).toMatchObject({ decision: 'allow' })
  })
})

describe('the record', () => {
  const rules = Array.from({ length: 32 }, (_, i) =>
    rule({
      id: `r${i}-${'x'.repeat(28)}`,
      when: i % 2 === 0 ? 'true' : '1 / 0 == 1',
      mode: i % 3 === 0 ? 'shadow' : 'enforce',
    }),
  )
  it('keeps what every rule said, and decides the same again', () => {
    const policy = policyOf({ rules: rules.slice(0, 5), shadow: { rules: [rule({ then: 'deny' })] } })
    const { record, ...verdicts } = ask({ ...known.account, policy }, abroad)
    expect(JSON.parse(record)).toMatchObject({
      rules: 'hFHfH',
      shadow: { decision: 'deny', rules: 'H' },
    })
    expect((JSON.parse(record) as { spoke: string[] }).spoke).toHaveLength(5)
    expect(recompute(record, { policy, model: shippedModel })).toEqual(verdicts)
  })
  it('has room for as many rules as a policy holds, whatever was claimed', () => {
    const control = '\u0000\uD800"'.repeat(200)
    const policy = policyOf({ rules, shadow: { rules } })
    const absurd: Facts = {
      ...abroad,
      network: { ...abroad.network, prefix: control, address: control },
      client: {
        ...abroad.client,
        browser: control,
        os: control,
        osVersion: control,
        languages: control,
        timezone: control,
      },
    }
    const { record } = ask({ ...known.account, policy }, absurd)
    expect(new TextEncoder().encode(record).length).toBeLessThanOrEqual(maxRecordBytes)
    expect((JSON.parse(record) as { rules: string }).rules).toHaveLength(32)
  })
})
