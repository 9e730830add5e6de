import { describe, expect, it } from 'vitest'
import type { Facts } from '../src/index.ts'
import {
  ask,
  at,
  codes,
  createAccount,
  dayMs,
  digest,
  fold,
  hourMs,
  key,
  laptop,
  pass,
  phone,
  startMs,
  stranger,
  usedFor,
  visit,
} from './account.ts'

const elsewhereInJapan: Facts['network'] = {
  prefix: '192.0.2.0/24',
  address: digest('new'),
  asn: 2516,
  country: 'JP',
  sameAddress: true,
}
const inGermany = (facts: Facts): Facts => ({
  ...facts,
  network: { prefix: '192.0.2.0/24', address: digest('hotel'), asn: 3320, country: 'DE', sameAddress: true },
  client: { ...facts.client, timezone: 'Europe/Berlin', offsetMinutes: 60 },
})
/** However long the account was used, and whatever put its device on record. */
const histories = [
  ['three days by mail', 3, 'email'],
  ['a month by mail', 30, 'email'],
  ['three days by passkey', 3, 'passkey'],
  ['a month by passkey', 30, 'passkey'],
  ['half a year by passkey', 180, 'passkey'],
] as const

describe('an account that existed before Newel', () => {
  it('is asked for a mailed code at its first sign-in, and for nothing at the second', () => {
    const account = createAccount()
    const first = visit(account, laptop())
    expect(first).toMatchObject({
      state: 'unseen',
      level: 'medium',
      decision: 'challenge',
      required: { acr: 'newel:contact', methods: ['email'] },
    })
    expect(codes(first)).toContain('subject_unseen')

    const second = ask(account, at(laptop(), startMs + dayMs))
    expect(second).toMatchObject({ state: 'enrolling', level: 'low', decision: 'allow' })
    expect(codes(second)).toEqual(expect.arrayContaining(['device_granted', 'device_key_proven']))
  })
  it('is decided the same whether the outcome was folded or waits among the events', () => {
    const waiting = createAccount()
    visit(waiting, laptop())
    const stored = createAccount()
    visit(stored, laptop())
    fold(stored, startMs)
    const { record: _a, ...one } = ask(waiting, at(laptop(), startMs + dayMs))
    const { record: _b, ...other } = ask(stored, at(laptop(), startMs + dayMs))
    expect(other).toEqual(one)
  })
  it('is asked again on a second device while little is known', () => {
    const account = createAccount()
    visit(account, laptop())
    const second = ask(account, at(phone(), startMs + dayMs))
    expect(second).toMatchObject({ state: 'enrolling', level: 'medium', decision: 'challenge' })
    expect(codes(second)).toContain('subject_enrolling')
  })
})

describe('an account created just now', () => {
  it('is allowed what the action allows', () => {
    const account = createAccount()
    const decision = ask(account, laptop(), { createdInThisSession: true })
    expect(decision).toMatchObject({ state: 'new', level: 'low', decision: 'allow' })
    expect(codes(decision)).toContain('subject_new')
  })
})

describe.each(histories)('after %s', (_name, days, method) => {
  const { account, nowMs } = usedFor(days, method)
  const here = at(laptop(), nowMs)

  it('the usual device is asked nothing', () => {
    expect(ask(account, here)).toMatchObject({ decision: 'allow', level: 'low' })
  })
  it('a moved house is asked nothing, with or without a database of networks', () => {
    expect(ask(account, { ...here, network: elsewhereInJapan }).decision).toBe('allow')
    expect(
      ask(account, { ...here, network: { prefix: '192.0.2.0/24', address: digest('new') } }).decision,
    ).toBe('allow')
  })
  it('a journey with the usual device is asked nothing', () => {
    const decision = ask(account, inGermany(here))
    expect(decision.decision).toBe('allow')
    expect(codes(decision)).toContain('country_unfamiliar')
  })
  it('an unusual hour is asked nothing', () => {
    expect(ask(account, at(laptop(), nowMs + 14 * hourMs)).decision).toBe('allow')
  })
  it('an update of the browser is asked nothing', () => {
    const updated = { ...here, client: { ...here.client, browserMajor: 143, userAgent: digest('ua143') } }
    expect(ask(account, updated).decision).toBe('allow')
  })
  it('a new phone at home is asked for a contact or better, and for nothing afterwards', () => {
    const { account: own } = usedFor(days, method)
    const first = ask(own, at(phone(), nowMs))
    expect(first).toMatchObject({
      level: 'medium',
      decision: 'challenge',
      required: { acr: 'newel:contact' },
    })
    pass(own, first, at(phone(), nowMs), 'email')
    expect(ask(own, at(phone(), nowMs + dayMs)).decision).toBe('allow')
  })
  it('a stolen password with a copied fingerprint, network and client, but without the key, is asked', () => {
    const copied: Facts = { ...here, device: { ...here.device, jkt: key('thief') } }
    expect(ask(account, copied)).toMatchObject({ decision: 'challenge', level: 'medium' })
    const inMemory: Facts = { ...here, device: { ...here.device, jkt: key('thief'), ephemeral: true } }
    expect(ask(account, inMemory)).toMatchObject({ decision: 'challenge', level: 'medium' })
  })
  it('the same without any key opens nothing', () => {
    const { jkt: _jkt, ...keyless } = here.device
    const bare: Facts = {
      ...here,
      device: { ...keyless, proven: false },
      flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false },
    }
    expect(ask(account, bare)).toMatchObject({ decision: 'challenge', problem: 'signals_required' })
  })
  it('a stolen cookie with another key is asked for the best proof that the subject has', () => {
    const thief: Facts = {
      ...here,
      device: { ...here.device, jkt: key('thief') },
      flags: { ...here.flags, sessionKeyChanged: true },
    }
    const decision = ask(account, thief)
    expect(decision).toMatchObject({
      decision: 'challenge',
      required: { acr: method === 'passkey' ? 'phr' : 'newel:contact' },
    })
    expect(codes(decision)).toContain('session_key_changed')
  })
  it('a stranger abroad is never calmer than a new phone at home', () => {
    const decision = ask(account, at(stranger(), nowMs))
    expect(decision.decision).not.toBe('allow')
    expect(decision.nats).toBeGreaterThan(ask(account, at(phone(), nowMs)).nats)
  })
  it('credential stuffing is calmer in nothing, and costs the usual device nothing', () => {
    const counters = { subjectFailures: 8, deviceFailures: 20, prefixFailures: 300 }
    const stuffing = ask(account, { ...at(stranger(), nowMs), counters })
    expect(['high', 'critical']).toContain(stuffing.level)
    expect(codes(stuffing)).toEqual(
      expect.arrayContaining(['recent_failures', 'device_failures', 'prefix_failures']),
    )
    const target = ask(account, {
      ...here,
      counters: { subjectFailures: 8, deviceFailures: 0, prefixFailures: 0 },
    })
    expect(target.decision).toBe('allow')
  })
  it('a clock that is wrong by ten minutes changes nothing', () => {
    // The server's clock reads the time; the client's says only how far its zone is from UTC.
    const { record: _a, ...right } = ask(account, here)
    const { record: _b, ...wrong } = ask(account, at(laptop(), nowMs + 600_000))
    expect(wrong.decision).toBe(right.decision)
    expect(Math.abs(wrong.nats - right.nats)).toBeLessThan(0.2)
  })
  it('a driven browser is asked, whatever the rest says', () => {
    const driven = ask(account, { ...here, client: { ...here.client, webdriver: true } })
    expect(driven).toMatchObject({ decision: 'challenge' })
    expect(codes(driven)).toContain('webdriver')
  })
  it('one failed sign-in by the person changes nothing', () => {
    const fumbled = ask(account, {
      ...here,
      counters: { subjectFailures: 1, deviceFailures: 1, prefixFailures: 1 },
    })
    expect(fumbled.nats).toBe(ask(account, here).nats)
  })
})
