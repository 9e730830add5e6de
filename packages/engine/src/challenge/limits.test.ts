import { describe, expect, it } from 'vitest'
import type { AuthenticatorRow, SendsRow } from '../stores/rows.ts'
import { availableMethods, effectiveAcr, highestAcr } from './authenticator.ts'
import { attemptAllowed, nextSendAtMs } from './limits.ts'

const now = 1_800_000_000_000
const limits = { attemptsPerWindow: 10, attemptWindowSeconds: 900, consecutiveFailures: 100 }
const sends = { sendsPerWindow: 3, sendWindowSeconds: 600, sendsPerDay: 10 }

const authenticator = (more: Partial<AuthenticatorRow>): AuthenticatorRow => ({
  tenant: 't',
  id: 'aut_1',
  subject: 'maya',
  method: 'totp',
  acr: 'newel:otp',
  enrolledUnder: 'newel:contact',
  holdUntilMs: 0,
  label: 'Phone',
  lookup: 'aut_1',
  destination: undefined,
  data: '{}',
  counter: 0,
  confirmedAtMs: 1,
  createdAtMs: 1,
  lastUsedAtMs: undefined,
  removedAtMs: undefined,
  attempts: 0,
  consecutiveFailures: 0,
  lastAttemptAtMs: undefined,
  recentFailuresMs: [],
  ...more,
})
const failures = (...secondsAgo: number[]) => secondsAgo.map((seconds) => now - seconds * 1000)

describe('attempts', () => {
  it('lets four failures be followed at once', () => {
    expect(attemptAllowed(authenticator({ recentFailuresMs: failures(0, 1, 2, 3) }), now, limits)).toEqual({
      allowed: true,
    })
  })
  it('waits twice as long after each failure from the fifth on', () => {
    expect(attemptAllowed(authenticator({ recentFailuresMs: failures(0, 1, 2, 3, 4) }), now, limits)).toEqual(
      {
        allowed: false,
        disabled: false,
        retryAtMs: now + 1000,
      },
    )
    expect(
      attemptAllowed(authenticator({ recentFailuresMs: failures(0, 1, 2, 3, 4, 5, 6) }), now, limits),
    ).toEqual({
      allowed: false,
      disabled: false,
      retryAtMs: now + 4000,
    })
    expect(
      attemptAllowed(authenticator({ recentFailuresMs: failures(4, 5, 6, 7, 8, 9, 10) }), now, limits),
    ).toEqual({
      allowed: true,
    })
  })
  it('closes after ten in fifteen minutes until the tenth newest has left the window', () => {
    const tenth = failures(100, 110, 120, 130, 140, 150, 160, 170, 180, 800)
    expect(attemptAllowed(authenticator({ recentFailuresMs: tenth }), now, limits)).toEqual({
      allowed: false,
      disabled: false,
      retryAtMs: now + 100_000,
    })
  })
  it('disables after a hundred in a row, however old', () => {
    const row = authenticator({ consecutiveFailures: 100, recentFailuresMs: failures(100_000) })
    expect(attemptAllowed(row, now, limits)).toEqual({ allowed: false, disabled: true })
  })
  it('never disables a passkey, whose answer nobody guesses: garbage takes it from nobody', () => {
    const row = authenticator({ method: 'passkey', acr: 'phr', consecutiveFailures: 1000 })
    expect(attemptAllowed(row, now, limits)).toEqual({ allowed: true })
    expect(highestAcr([{ ...row, lastAttemptAtMs: 0 }], now, { ...limits, holdMs: 10 })).toBe('phr')
  })
})

describe('sends', () => {
  const sent = (...secondsAgo: number[]): SendsRow => ({
    key: 'subject:maya',
    count: 0,
    latestMs: failures(...secondsAgo),
  })
  it('lets the first three go and holds the fourth until the first has left the window', () => {
    expect(nextSendAtMs(undefined, now, sends)).toBeUndefined()
    expect(nextSendAtMs(sent(10, 20), now, sends)).toBeUndefined()
    expect(nextSendAtMs(sent(10, 20, 500), now, sends)).toBe(now + 100_000)
  })
  it('holds the eleventh of a day', () => {
    const hourly = Array.from({ length: 10 }, (_, index) => 700 + index * 3600)
    expect(nextSendAtMs(sent(...hourly), now, sends)).toBe(now + 86_400_000 - 33_100_000)
  })
})

describe('what an authenticator counts for', () => {
  it('is no more than what it was enrolled under until its hold has passed', () => {
    const row = authenticator({ holdUntilMs: now + 1 })
    expect(effectiveAcr(row, now)).toBe('newel:contact')
    expect(effectiveAcr(row, now + 1)).toBe('newel:otp')
  })
  it('offers nothing unconfirmed, removed or still worth nothing', () => {
    const rows = [
      authenticator({ confirmedAtMs: undefined }),
      authenticator({ removedAtMs: now }),
      authenticator({
        method: 'email',
        acr: 'newel:contact',
        enrolledUnder: 'newel:base',
        holdUntilMs: now + 1,
      }),
    ]
    expect(availableMethods(rows, now, () => true)).toEqual([])
    expect(availableMethods([authenticator({})], now, () => true)).toEqual([
      { method: 'totp', acr: 'newel:otp' },
    ])
    expect(availableMethods([authenticator({})], now, () => false)).toEqual([])
  })
  it('keeps a removed one for the highest during the hold and no longer', () => {
    const rows = [authenticator({ method: 'passkey', acr: 'phr', removedAtMs: now - 10 }), authenticator({})]
    expect(highestAcr(rows, now, { ...limits, holdMs: 11 })).toBe('phr')
    expect(highestAcr(rows, now, { ...limits, holdMs: 10 })).toBe('newel:otp')
  })
  it('keeps a disabled one for the highest during the hold after its last wrong answer', () => {
    const rows = [
      authenticator({ consecutiveFailures: 100, lastAttemptAtMs: now - 10 }),
      authenticator({ method: 'email', acr: 'newel:contact' }),
    ]
    expect(highestAcr(rows, now, { ...limits, holdMs: 11 })).toBe('newel:otp')
    expect(highestAcr(rows, now, { ...limits, holdMs: 10 })).toBe('newel:contact')
  })
})
