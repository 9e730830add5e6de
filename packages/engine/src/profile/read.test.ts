import { describe, expect, it } from 'vitest'
import {
  at,
  dayMs,
  fold,
  hourMs,
  inputOf,
  laptop,
  phone,
  stranger,
  usedFor,
  visit,
} from '../../test/account.ts'
import { decide } from '../decide/decide.ts'
import type { Facts } from '../facts.ts'
import { readProfile } from './read.ts'

describe('a profile that was read before', () => {
  const { account, nowMs } = usedFor(12, 'email')
  // Silent sessions wait in it to be trusted.
  for (let hour = 1; hour < 60; hour += 20) visit(account, at(laptop(), nowMs + hour * hourMs))
  fold(account, nowMs + 60 * hourMs)
  const bytes = account.profile!
  const read = readProfile(bytes)
  const decided = (profile: typeof read | Uint8Array, facts: Facts) => {
    const input = inputOf(account, facts)
    return decide({ ...input, subject: { ...input.subject!, profile } })
  }

  it('gives the decision that its bytes give, of anybody and at any time', () => {
    for (const facts of [laptop(), phone(), stranger()])
      for (const days of [3, 8, 30]) {
        const now = at(facts, nowMs + days * dayMs)
        expect(decided(read, now)).toEqual(decided(bytes, now))
      }
  })
  it('is not changed by deciding, nor by events that it has not folded', () => {
    const fresh = readProfile(bytes)
    const before = decided(read, at(laptop(), nowMs + 3 * dayMs))
    visit(account, at(phone(), nowMs + 3 * dayMs))
    const now = at(phone(), nowMs + 4 * dayMs)
    expect(account.events.length).toBeGreaterThan(0)
    expect(decided(read, now)).toEqual(decided(bytes, now))
    account.events = []
    expect(read).toEqual(fresh)
    expect(decided(read, at(laptop(), nowMs + 3 * dayMs)).nats).toBe(before.nats)
  })
  it('that is none is an empty one', () => {
    const none = readProfile(Uint8Array.of(7, 7, 7))
    expect(decided(none, at(laptop(), nowMs)).state).toBe('unseen')
  })
})
