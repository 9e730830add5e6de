import { reasons, type Policy, type Rule } from '@newel/protocol'
import { describe, expect, it } from 'vitest'
import { compilePolicy, defaultPolicy, type DecisionOutput, type Facts } from '../src/index.ts'
import { ask, at, codes, key, laptop, phone, policyOf, stranger, usedFor, type Asked } from './account.ts'

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
const under = (policy: Partial<Policy>, facts: Facts): DecisionOutput =>
  ask({ ...known.account, policy: policyOf(policy) }, facts)

describe('the allow list', () => {
  const entry = {
    id: 'office',
    author: 'ops',
    reason: 'The office.',
    expires: '2030-12-31',
    removes: ['country_unfamiliar', 'network_unfamiliar', 'timezone_unfamiliar', 'webdriver'],
  }
  const office = { ...abroad, device: here.device, client: here.client }
  const allowed = (match: object, facts: Facts = office, more: Partial<Policy> = {}): DecisionOutput =>
    under({ ...more, lists: { allow: [{ ...entry, match }] } }, facts)

  it.each([
    ['network', { network: '203.0.113.0/24' }],
    ['wider network', { network: '203.0.0.0/16' }],
    ['operator', { asn: 64500 }],
    ['country', { country: 'BR' }],
    ['subject', { subject: 'user-1' }],
    ['device', { device: key('laptop') }],
    [
      'all of it',
      { subject: 'user-1', network: '203.0.113.0/24', asn: 64500, country: 'BR', device: key('laptop') },
    ],
  ])('removes the evidence that it names, by %s', (_by, match) => {
    const without = under({}, office)
    const decision = allowed(match)
    expect(codes(without)).toContain('country_unfamiliar')
    expect(codes(decision)).not.toContain('country_unfamiliar')
    expect(codes(decision)).toContain('list:office')
    expect(decision.nats).toBeLessThan(without.nats)
  })
  it.each([
    ['another network', { network: '203.0.112.0/24' }],
    ['a narrower country', { network: '203.0.113.0/24', country: 'AR' }],
    ['another account', { subject: 'user-2' }],
    ['another device', { device: key('phone') }],
  ])('does nothing for %s', (_what, match) => {
    expect(allowed(match).nats).toBe(under({}, office).nats)
    expect(codes(allowed(match))).not.toContain('list:office')
  })
  it('does nothing for a device that was named and not proven', () => {
    const named: Facts = { ...office, device: { ...office.device, proven: false } }
    expect(codes(allowed({ device: key('laptop') }, named))).not.toContain('list:office')
  })
  it('counts for nothing from the day after its last', () => {
    const lastMs = Date.UTC(2030, 11, 31, 23, 59, 59)
    expect(codes(allowed({ country: 'BR' }, at(office, lastMs)))).toContain('list:office')
    expect(codes(allowed({ country: 'BR' }, at(office, lastMs + 1000)))).not.toContain('list:office')
  })
  it('takes evidence away and never the floor that stands on it', () => {
    const driven: Facts = { ...here, client: { ...here.client, webdriver: true } }
    const decision = allowed({ country: 'JP' }, driven)
    expect(decision.nats).toBeLessThan(under({}, driven).nats)
    expect(decision.level).toBe('medium')
    expect(decision.decision).toBe('challenge')
    expect(codes(decision)).toContain('webdriver')
  })
  it('removes nothing but evidence that alarms, by a list that new codes are not on', () => {
    const refused = (code: string): boolean =>
      !compilePolicy({
        ...defaultPolicy,
        lists: { allow: [{ ...entry, match: { country: 'JP' }, removes: [code] }] },
      }).ok
    // Of all codes, so that whoever adds one says on which side it stands.
    expect(Object.keys(reasons).filter(refused)).toEqual([
      // Whose key and device it is.
      'device_key_proven',
      'device_key_unknown',
      'device_key_ephemeral',
      'device_weakly_known',
      'device_forgotten',
      // What calms.
      'fingerprint_familiar',
      'screen_familiar',
      'prefix_familiar',
      'asn_familiar',
      'country_familiar',
      'timezone_familiar',
      'place_familiar',
      'client_familiar',
      'language_familiar',
      'time_familiar',
      'typing_familiar',
      'free_text_familiar',
      'pointer_familiar',
      'navigation_familiar',
      // What is no evidence.
      'signals_missing',
      'session_key_changed',
      'receipt_replayed',
      'proof_reused',
      'sticky_demand',
      'subject_new',
      'subject_unseen',
      'subject_enrolling',
      'device_granted',
      'action_floor',
      'band',
      'caller_requirement',
      'session_assurance',
      'unmet',
      'observe',
      'rule_failed',
    ])
  })
  it('spares a monitor, which types and clicks as a program does', () => {
    const removes = ['keys_mechanical', 'clicks_mechanical', 'events_synthetic', 'behaviour_replayed']
    const counts = [20, 20, 19, 18, 4, 4, 4, 4, 50, 0, 0]
    const driven: Facts = { ...here, behaviour: { source: 1, automation: counts } }
    const spared = under({ lists: { allow: [{ ...entry, match: { subject: 'user-1' }, removes }] } }, driven)
    expect(under({}, driven).nats).toBeGreaterThan(spared.nats + 3)
    expect(spared.nats).toBe(under({}, here).nats)
  })
  it('touches no floor of an action, no rule and no demand of the caller', () => {
    const actions = { balance: { params: 'none' as const, floor: { acr: 'phr' as const } } }
    expect(allowed({ country: 'JP' }, here, { actions }).required).toMatchObject({ acr: 'phr' })
    expect(allowed({ country: 'JP' }, here, { rules: [rule({})] }).required).toMatchObject({ acr: 'phr' })
  })
  it('can be read by a rule', () => {
    const rules = [rule({ when: '!("office" in request.lists)', then: 'deny' })]
    expect(allowed({ country: 'JP' }, here, { rules }).decision).toBe('allow')
    expect(allowed({ country: 'FR' }, here, { rules }).decision).toBe('deny')
  })
})

describe('the deny list', () => {
  const entry = { id: 'stolen', author: 'ops', reason: 'Reported.', expires: '2030-12-31' }
  const denied = (match: object, facts: Facts): DecisionOutput =>
    under({ lists: { deny: [{ ...entry, match }] } }, facts)
  it('denies, and gives its name as the reason', () => {
    const decision = denied({ device: key('laptop') }, here)
    expect(decision).toMatchObject({ decision: 'deny', problem: 'denied' })
    expect(codes(decision)).toContain('list:stolen')
    expect(denied({ device: key('laptop') }, newPhone).decision).not.toBe('deny')
  })
  it('denies a device that was only named', () => {
    const named: Facts = { ...here, device: { ...here.device, proven: false } }
    expect(denied({ device: key('laptop') }, named).decision).toBe('deny')
  })
  it('denies before the account is known', () => {
    const asked: Asked = { action: 'sign-in', anonymous: true }
    expect(
      ask(
        { ...known.account, policy: policyOf({ lists: { deny: [{ ...entry, match: { country: 'JP' } }] } }) },
        here,
        asked,
      ).decision,
    ).toBe('deny')
  })
})
