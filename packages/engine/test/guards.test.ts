import { describe, expect, it } from 'vitest'
import type { Acr } from '@newel/protocol'
import { defaultPolicy, type Assurance, type Facts } from '../src/index.ts'
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
  startMs,
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
const withPolicy = (policy: ReturnType<typeof policyOf>, methods = known.account.methods) => ({
  ...known.account,
  policy,
  methods,
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
