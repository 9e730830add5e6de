import { foldProfile, type OutcomeEvent } from '@newel/engine'
import { describe, expect, it } from 'vitest'
import { profileOf } from './profiles.ts'

const nowMs = Date.UTC(2026, 2, 3, 9)
const stored = (sessions: number): Uint8Array =>
  foldProfile(
    undefined,
    Array.from({ length: sessions }, (_, day): OutcomeEvent => {
      const atMs = nowMs + day * 86_400_000
      const features = {
        atMs,
        device: { ephemeral: false },
        network: { country: 'JP' },
        client: {
          browser: 'Chrome',
          browserMajor: 140,
          os: 'macOS',
          osVersion: '15',
          deviceType: 'desktop',
          contradicts: false,
        },
        absent: [],
      } as const
      return { id: `evt_${day}`, atMs, kind: 'passed', acr: 'phr', features }
    }),
    { nowMs },
  )
const sessionsOf = (bytes: Uint8Array, subject = 'ada', tenant = 'shop'): number =>
  profileOf(tenant, subject, bytes).profile.history.sessions

describe('a profile that was read', () => {
  it('is the same object for the same bytes of the same subject', () => {
    expect(profileOf('shop', 'ada', stored(2))).toBe(profileOf('shop', 'ada', stored(2)))
  })
  it('is read anew where the stored bytes changed, forwards and back', () => {
    expect([2, 3, 2, 1].map((sessions) => sessionsOf(stored(sessions)))).toEqual([2, 3, 2, 1])
  })
  it('is never that of another subject or tenant', () => {
    expect(sessionsOf(stored(2))).toBe(2)
    expect(sessionsOf(stored(4), 'bob')).toBe(4)
    expect(sessionsOf(stored(5), 'ada', 'bank')).toBe(5)
    expect(sessionsOf(stored(2))).toBe(2)
  })
  it('does not change with the bytes that a driver lent', () => {
    for (const lent of [stored(3), Buffer.from(stored(3))]) {
      const first = profileOf('shop', 'eve', lent)
      lent.fill(0)
      expect(profileOf('shop', 'eve', stored(3))).toBe(first)
      profileOf('shop', 'eve', stored(1))
    }
  })
  it('that cannot be read is an empty one', () => {
    expect(sessionsOf(Uint8Array.of(1, 2, 3), 'mal')).toBe(0)
  })
})
