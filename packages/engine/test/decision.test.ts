import { describe, expect, it } from 'vitest'
import type { Acr } from '@newel/protocol'
import { defaultPolicy, type Assurance, type Demand, type Facts } from '../src/index.ts'
import {
  ask,
  at,
  codes,
  createAccount,
  dayMs,
  hourMs,
  inputOf,
  key,
  laptop,
  mailOnly,
  phone,
  policyOf,
  startMs,
  stranger,
  usedFor,
  withPasskey,
} from './account.ts'
import { decide } from '../src/index.ts'

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
  it('is asked for what the policy states in its place, and the reasons say so', () => {
    const decision = ask(poor(enrolling), unknownDevice, big)
    expect(decision).toMatchObject({
      decision: 'challenge',
      required: { acr: 'newel:contact', methods: ['email'] },
      demand: { acr: 'newel:contact' },
    })
    expect(codes(decision)).toContain('unmet')
  })
  it('is refused where even that is out of reach', () => {
    expect(ask({ ...poor(enrolling), methods: [] }, unknownDevice, big)).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
    })
  })
  it('gets no way round what the back end itself asked', () => {
    expect(ask(poor(enrolling), unknownDevice, { ...big, require: { acr: 'phr' } })).toMatchObject({
      decision: 'deny',
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

describe('the actions that guard authenticators', () => {
  const enroll = { action: 'newel.enroll', params: { method: 'passkey' } }
  it('ask for the highest acr that the subject has, every time', () => {
    expect(ask(known.account, here, { ...enroll, assurance: held('phrh', 1) })).toMatchObject({
      decision: 'challenge',
      required: { acr: 'phr' },
    })
    expect(ask({ ...known.account, methods: mailOnly }, here, enroll).required).toMatchObject({
      acr: 'newel:contact',
    })
  })
  it('count an authenticator that was removed a moment ago', () => {
    const input = inputOf({ ...known.account, methods: mailOnly }, here, enroll)
    expect(decide({ ...input, highestAcr: 'phr' })).toMatchObject({ decision: 'deny', acr: 'phr' })
    const enrolling = policyOf({ unmet: { then: 'enroll', under: 'newel:contact' } })
    expect(decide({ ...input, highestAcr: 'phr', policy: enrolling })).toMatchObject({
      decision: 'deny',
      acr: 'phr',
    })
  })
  it('ask nothing of a subject who has nothing, unless the risk does', () => {
    expect(
      ask({ ...createAccount(), methods: [] }, laptop(), { ...enroll, createdInThisSession: true }).decision,
    ).toBe('allow')
    expect(ask({ ...createAccount(), methods: [] }, laptop(), enroll)).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
    })
  })
  it('are guarded even where the tenant only observes', () => {
    expect(ask(withPolicy(policyOf({ mode: 'observe' })), here, enroll)).toMatchObject({
      decision: 'challenge',
      required: { acr: 'phr' },
    })
  })
})

describe('observing', () => {
  it('decides and does not enforce', () => {
    const decision = ask(withPolicy(policyOf({ mode: 'observe' })), unknownDevice)
    expect(decision).toMatchObject({ decision: 'allow', level: 'medium' })
    expect(decision.demand).toBeUndefined()
    expect(decision.required).toBeUndefined()
    expect(codes(decision)).toContain('observe')
    expect(codes(ask(withPolicy(policyOf({ mode: 'observe' })), here))).not.toContain('observe')
  })
  it('records what would have been', () => {
    const { record } = ask(withPolicy(policyOf({ mode: 'observe' })), unknownDevice)
    expect(JSON.parse(record)).toMatchObject({
      result: { decision: 'challenge', problem: 'insufficient_user_authentication', acr: 'newel:contact' },
    })
  })
})

describe('before the account is known', () => {
  it('the answer is allow or deny', () => {
    expect(ask(createAccount(), laptop(), { anonymous: true })).toMatchObject({
      state: 'anonymous',
      decision: 'allow',
    })
    const spray = { ...laptop(), counters: { subjectFailures: 0, deviceFailures: 60, prefixFailures: 600 } }
    expect(ask(createAccount(), spray, { anonymous: true })).toMatchObject({
      decision: 'deny',
      problem: 'denied',
    })
    const driven = { ...laptop(), client: { ...laptop().client, webdriver: true } }
    expect(ask(createAccount(), driven, { anonymous: true })).toMatchObject({ decision: 'deny' })
  })
  it('a network of many people is not refused for the failures of some', () => {
    const office = { ...laptop(), counters: { subjectFailures: 0, deviceFailures: 1, prefixFailures: 1000 } }
    expect(ask(createAccount(), office, { anonymous: true }).decision).toBe('allow')
  })
})

describe('signals that the policy wants', () => {
  const facts = (): Facts => {
    const { fingerprint: _fingerprint, ...device } = here.device
    return { ...here, device }
  }
  const wanting = (missing: 'stricter' | 'deny' | 'allow') =>
    withPolicy(policyOf({ wanted_signals: ['fingerprint'], missing_signals: missing }))

  it('and that a valid envelope leaves out without a word raise the level, refuse, or pass, as it says', () => {
    expect(ask(wanting('stricter'), facts())).toMatchObject({ level: 'medium', decision: 'challenge' })
    expect(codes(ask(wanting('stricter'), facts()))).toContain('signals_missing')
    expect(ask(wanting('deny'), facts())).toMatchObject({ decision: 'deny', problem: 'denied' })
    expect(ask(wanting('allow'), facts()).decision).toBe('allow')
  })
  it('may be stated to be absent', () => {
    expect(ask(wanting('stricter'), { ...facts(), absent: { fingerprint: 'blocked' } }).decision).toBe(
      'allow',
    )
  })
  it('are no matter where there was no envelope: that is asked for first', () => {
    const none: Facts = {
      ...facts(),
      flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false },
    }
    expect(ask(wanting('deny'), none)).toMatchObject({ problem: 'signals_required' })
  })
})

describe('a demand', () => {
  const demand: Demand = {
    action: 'balance',
    acr: 'phr',
    nats: 1,
    atMs: known.nowMs - hourMs,
    untilMs: known.nowMs + hourMs,
    session: 'session-1',
    jkt: key('phone'),
    prefix: '203.0.113.0/24',
  }
  const under = (facts: Facts, asked = {}, demands: readonly Demand[] = [demand]) =>
    ask({ ...known.account, demands: [...demands] }, facts, asked)

  it('is what a challenge leaves', () => {
    const decision = ask(known.account, unknownDevice)
    expect(decision.demand).toEqual({
      action: 'balance',
      acr: 'newel:contact',
      nats: expect.any(Number) as number,
      atMs: known.nowMs,
      untilMs: known.nowMs + dayMs,
      session: 'session-1',
      jkt: key('phone'),
      prefix: '198.51.100.0/24',
    })
  })
  it('is not what an allow leaves', () => {
    expect(ask(known.account, here).demand).toBeUndefined()
  })
  it('sticks to its session, with any key', () => {
    expect(under(here)).toMatchObject({ decision: 'challenge', required: { acr: 'phr' } })
    expect(codes(under(here))).toContain('sticky_demand')
  })
  it('sticks to its key, in any session', () => {
    expect(under(unknownDevice, { session: 'other' }).required?.acr).toBe('phr')
  })
  it('sticks to its prefix for a key that is not on record, and leaves the known device there alone', () => {
    const there: Facts['network'] = { ...here.network, prefix: '203.0.113.0/24' }
    const fresh: Facts = {
      ...unknownDevice,
      device: { ...unknownDevice.device, jkt: key('fresh') },
      network: there,
    }
    expect(under(fresh, { session: 'other' }).required?.acr).toBe('phr')
    expect(under({ ...here, network: there }, { session: 'other' }).decision).toBe('allow')
  })
  it('leaves everybody else alone', () => {
    const fresh: Facts = { ...unknownDevice, device: { ...unknownDevice.device, jkt: key('fresh') } }
    expect(under(fresh, { session: 'other' }).required?.acr).toBe('newel:contact')
  })
  it('holds for its action whatever the params, and by its evidence for the others', () => {
    const other = under(here, { action: 'sign-in' })
    expect(other).toMatchObject({ level: 'low', decision: 'allow' })
    const heavy = under(here, { action: 'sign-in' }, [{ ...demand, nats: 6 }])
    expect(heavy).toMatchObject({ level: 'high', required: { acr: 'phr' } })
    expect(heavy.nats).toBe(ask(known.account, here, { action: 'sign-in' }).nats)
  })
  it('of a denial denies all that scope for a day', () => {
    const attack = {
      ...at(stranger(), known.nowMs),
      counters: { subjectFailures: 90, deviceFailures: 90, prefixFailures: 900 },
    }
    const denied = ask(known.account, attack)
    expect(denied).toMatchObject({ decision: 'deny', demand: { acr: 'phr' } })
    const later = ask({ ...known.account, demands: [denied.demand!] }, at(stranger(), known.nowMs + hourMs), {
      action: 'sign-in',
      session: 'other',
    })
    expect(later).toMatchObject({ decision: 'deny', level: 'critical' })
  })
  it('ends after its time', () => {
    expect(under(here, {}, [{ ...demand, untilMs: known.nowMs }]).decision).toBe('allow')
  })
})

describe('cold start', () => {
  it('tells the five states apart', () => {
    const account = createAccount(withPasskey)
    expect(ask(account, laptop(), { anonymous: true }).state).toBe('anonymous')
    expect(ask(account, laptop(), { createdInThisSession: true }).state).toBe('new')
    expect(ask(account, laptop()).state).toBe('unseen')
    expect(ask(usedFor(1, 'email').account, at(laptop(), startMs + dayMs)).state).toBe('enrolling')
    expect(ask(known.account, here).state).toBe('known')
  })
  it('takes a profile that cannot be read for none: the stricter answer', () => {
    const decision = ask({ ...known.account, profile: Uint8Array.of(1, 2, 3) }, here)
    expect(decision).toMatchObject({ state: 'unseen', level: 'medium' })
  })
})

describe('an action that the policy does not declare', () => {
  it('is a mistake of the caller', () => {
    expect(() => ask(known.account, here, { action: 'nothing' })).toThrow(RangeError)
  })
})

describe('the default policy', () => {
  it('is not one that its tests changed', () => {
    expect(policyOf().source.requirements).toEqual(defaultPolicy.requirements)
  })
})
