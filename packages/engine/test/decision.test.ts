import { describe, expect, it } from 'vitest'
import type { Acr } from '@newel/protocol'
import { type Assurance, type Facts } from '../src/index.ts'
import {
  ask,
  at,
  codes,
  createAccount,
  dayMs,
  inputOf,
  laptop,
  mailOnly,
  phone,
  policyOf,
  stranger,
  usedFor,
} from './account.ts'
import { decide, defaultPolicy } from '../src/index.ts'

const known = usedFor(30, 'passkey')
const here = at(laptop(), known.nowMs)
const unknownDevice = at(phone(), known.nowMs)
const held = (acr: Acr, secondsAgo: number): readonly Assurance[] => [
  { acr, authTimeMs: known.nowMs - secondsAgo * 1000 },
]
const unproven = (facts: Facts): Facts => ({
  ...facts,
  device: { ...facts.device, proven: false },
  flags: { ...facts.flags, proof: 'absent' },
})
const withPolicy = (policy: ReturnType<typeof policyOf>, methods = known.account.methods) => ({
  ...known.account,
  policy,
  methods,
})

describe('without a live receipt and proof', () => {
  it.each<[string, Facts]>([
    ['no proof', unproven(unknownDevice)],
    ['a used proof', { ...unproven(unknownDevice), flags: { ...here.flags, proof: 'reused' } }],
    [
      'no receipt',
      { ...unproven(unknownDevice), flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false } },
    ],
    [
      'flags that say proven of a key that is not',
      { ...unknownDevice, device: { ...unknownDevice.device, proven: false } },
    ],
  ])('%s: what is asked opens nothing', (_what, facts) => {
    const decision = ask(known.account, facts)
    expect(decision).toMatchObject({ decision: 'challenge', problem: 'signals_required' })
    expect(decision.required).toBeUndefined()
    expect(decision.demand).toBeUndefined()
  })
  it('an allow stands', () => {
    const nobody = createAccount()
    expect(ask(nobody, unproven(here), { createdInThisSession: true })).toMatchObject({
      decision: 'allow',
      acr: 'newel:base',
    })
  })
  it('a deny stands', () => {
    const facts = {
      ...unproven(at(stranger(), known.nowMs)),
      counters: { subjectFailures: 90, deviceFailures: 90, prefixFailures: 900 },
    }
    expect(ask(known.account, facts)).toMatchObject({
      decision: 'deny',
      problem: 'denied',
      level: 'critical',
    })
  })
  it('session assurance satisfies nothing', () => {
    expect(ask(known.account, unproven(unknownDevice), { assurance: held('phr', 1) })).toMatchObject({
      problem: 'signals_required',
    })
  })
  it('a used proof raises no floor', () => {
    const nobody = createAccount()
    const reused: Facts = { ...unproven(here), flags: { ...here.flags, proof: 'reused' } }
    expect(ask(nobody, reused, { createdInThisSession: true }).decision).toBe('allow')
  })
  it('floors found are kept as a demand', () => {
    const replayed: Facts = {
      ...unproven(here),
      flags: { receipt: 'foreign', proof: 'absent', sessionKeyChanged: false },
    }
    const decision = ask(known.account, replayed)
    expect(codes(decision)).toContain('receipt_replayed')
    expect(decision.demand).toMatchObject({ action: 'balance', acr: 'phr', untilMs: known.nowMs + dayMs })
    const next = ask({ ...known.account, demands: [decision.demand!] }, here)
    expect(next).toMatchObject({ decision: 'challenge', required: { acr: 'phr' } })
  })
})

describe('session assurance', () => {
  it('meets a requirement within its freshness', () => {
    const decision = ask(known.account, unknownDevice, { assurance: held('newel:contact', 43_200) })
    expect(decision).toMatchObject({ decision: 'allow', acr: 'newel:contact' })
    expect(codes(decision)).toContain('session_assurance')
  })
  it('counts a higher acr for a lower one', () => {
    expect(ask(known.account, unknownDevice, { assurance: held('phr', 60) })).toMatchObject({
      decision: 'allow',
      acr: 'phr',
    })
  })
  it('is nothing when it is too old, or too weak', () => {
    expect(ask(known.account, unknownDevice, { assurance: held('newel:contact', 43_201) }).decision).toBe(
      'challenge',
    )
    expect(
      ask(known.account, here, { require: { acr: 'phr' }, assurance: held('newel:otp', 1) }).decision,
    ).toBe('challenge')
    expect(ask(known.account, here, { require: { acr: 'phr' }, assurance: held('phr', 901) }).decision).toBe(
      'challenge',
    )
  })
  it('never satisfies a challenged `once` action', () => {
    const decision = ask(known.account, unknownDevice, {
      action: 'transfer',
      params: { amount: '1' },
      assurance: held('phrh', 1),
    })
    expect(decision).toMatchObject({ decision: 'challenge', required: { acr: 'phr' } })
  })
  it('satisfies named methods only where no other method could have given it', () => {
    const policy = policyOf({
      actions: { vault: { params: 'none', floor: { acr: 'newel:otp', methods: ['passkey'] } } },
    })
    const account = withPolicy(policy)
    expect(ask(account, here, { action: 'vault', assurance: held('newel:otp', 1) }).decision).toBe(
      'challenge',
    )
    expect(ask(account, here, { action: 'vault', assurance: held('phr', 1) }).decision).toBe('allow')
  })
})

describe('requirements', () => {
  it('of the caller and the policy are merged as the stricter, with the shorter freshness', () => {
    const decision = ask(known.account, unknownDevice, { require: { acr: 'newel:otp', maxAgeSeconds: 60 } })
    expect(decision.required).toEqual({ acr: 'newel:otp', maxAgeSeconds: 60, methods: ['passkey'] })
    expect(codes(decision)).toEqual(expect.arrayContaining(['band', 'caller_requirement']))
    expect(
      ask(known.account, unknownDevice, { require: { acr: 'newel:base', maxAgeSeconds: 90_000 } }).required,
    ).toMatchObject({
      acr: 'newel:contact',
      maxAgeSeconds: 43_200,
    })
  })
  it('of a freshness alone ask for the least that has a date', () => {
    expect(ask(known.account, here, { require: { maxAgeSeconds: 300 } }).required).toMatchObject({
      acr: 'newel:contact',
      maxAgeSeconds: 300,
    })
    expect(
      ask(known.account, here, { require: { maxAgeSeconds: 300 }, assurance: held('newel:contact', 299) })
        .decision,
    ).toBe('allow')
  })
  it('of an action hold whatever the risk', () => {
    const policy = policyOf({ actions: { vault: { params: 'none', floor: { acr: 'phr' } } } })
    const decision = ask(withPolicy(policy), here, { action: 'vault' })
    expect(decision).toMatchObject({
      level: 'low',
      decision: 'challenge',
      required: { acr: 'phr', maxAgeSeconds: 900, methods: ['passkey'] },
    })
    expect(codes(decision)).toContain('action_floor')
  })
  it('list the methods that reach them now, the strongest first', () => {
    const methods = [
      ...mailOnly,
      { method: 'totp', acr: 'newel:contact' },
      { method: 'passkey', acr: 'phr' },
    ] as const
    expect(ask({ ...known.account, methods }, unknownDevice).required?.methods).toEqual([
      'passkey',
      'email',
      'totp',
    ])
    expect(
      ask({ ...known.account, methods }, unknownDevice, { require: { acr: 'newel:otp' } }).required?.methods,
    ).toEqual(['passkey'])
  })
  it('shift with the stakes, and the score does not', () => {
    const staked = policyOf({ actions: { a: { params: 'none' }, b: { params: 'none', stakes_nats: 12 } } })
    const account = withPolicy(staked)
    const [a, b] = [ask(account, here, { action: 'a' }), ask(account, here, { action: 'b' })]
    expect([a.level, b.level]).toEqual(['low', 'medium'])
    expect(b.score).toBe(a.score)
  })
})

describe('a subject who cannot meet the requirement', () => {
  const poor = (policy = policyOf()) => withPolicy(policy, mailOnly)
  const enrolling = policyOf({ unmet: { then: 'enroll', under: 'newel:contact' } })
  const big = { action: 'transfer', params: { amount: '1' } }

  it('is refused, and the demand stands', () => {
    const decision = ask(poor(), unknownDevice, big)
    expect(decision).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
      demand: { acr: 'phr' },
    })
  })
  const enroll = { action: 'newel.enroll', params: { method: 'passkey' } }
  it('is refused still where the policy lets it enrol: the action asks what it asks', () => {
    expect(ask(poor(enrolling), unknownDevice, big)).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
      demand: { acr: 'phr' },
    })
  })
  it('may enrol under what the policy states, where the risk alone asks more, and the reasons say so', () => {
    const risky = policyOf({ requirements: { ...defaultPolicy.requirements, medium: { acr: 'phr' } } })
    expect(ask(poor(risky), unknownDevice, enroll)).toMatchObject({ decision: 'deny' })
    const open = policyOf({
      requirements: { ...defaultPolicy.requirements, medium: { acr: 'phr' } },
      unmet: { then: 'enroll', under: 'newel:contact' },
    })
    const decision = ask(poor(open), unknownDevice, enroll)
    expect(decision).toMatchObject({
      decision: 'challenge',
      required: { acr: 'newel:contact', methods: ['email'] },
      demand: { acr: 'newel:contact' },
    })
    expect(codes(decision)).toContain('unmet')
    expect(ask({ ...poor(open), methods: [] }, unknownDevice, enroll)).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
    })
  })
  it('gets no way round what the back end itself asked', () => {
    expect(ask(poor(enrolling), unknownDevice, { ...enroll, require: { acr: 'phr' } })).toMatchObject({
      decision: 'deny',
    })
  })
  it('gets no way round the methods that a rule names', () => {
    const only = (methods: readonly ('email' | 'passkey')[]) =>
      policyOf({
        unmet: { then: 'enroll', under: 'newel:contact' },
        requirements: { ...defaultPolicy.requirements, medium: { acr: 'phr' } },
        rules: [{ id: 'only', when: 'true', then: { methods: [...methods] }, reason: 'For the test.' }],
      })
    expect(ask(poor(only(['passkey'])), unknownDevice, enroll)).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
    })
    expect(ask(poor(only(['passkey', 'email'])), unknownDevice, enroll)).toMatchObject({
      decision: 'challenge',
      required: { acr: 'newel:contact', methods: ['email'] },
    })
  })
  it('gets no way round a floor: a session that changed its key asks for a removed passkey too', () => {
    const input = inputOf(poor(enrolling), {
      ...unknownDevice,
      flags: { ...here.flags, sessionKeyChanged: true },
    })
    expect(decide({ ...input, highestAcr: 'phr' })).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
    })
  })
})
