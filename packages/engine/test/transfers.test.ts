import { describe, expect, it } from 'vitest'
import {
  ask,
  at,
  codes,
  createAccount,
  key,
  laptop,
  pass,
  phone,
  usedFor,
  visit,
  withPasskey,
} from './account.ts'

const transfer = { action: 'transfer', params: { amount: '9000.00' } }

describe('a large transfer', () => {
  it.each([1, 3, 30, 120])(
    'from a device that only a mailed code put on record %d days ago asks for a passkey',
    (days) => {
      const { account, nowMs } = usedFor(days, 'email')
      account.methods = withPasskey
      const decision = ask(account, at(laptop(), nowMs), transfer)
      expect(decision).toMatchObject({
        level: 'high',
        decision: 'challenge',
        required: { acr: 'phr', methods: ['passkey'] },
      })
      expect(codes(decision)).toContain('device_weakly_known')
    },
  )
  it('from a device that has just passed a mailed code asks for a passkey too', () => {
    const account = createAccount(withPasskey)
    visit(account, laptop(), 'email')
    expect(ask(account, laptop(), transfer)).toMatchObject({ level: 'high', required: { acr: 'phr' } })
  })
  it('without a passkey is refused, never asked for less', () => {
    const { account, nowMs } = usedFor(3, 'email')
    const decision = ask(account, at(laptop(), nowMs), transfer)
    expect(decision).toMatchObject({
      decision: 'deny',
      problem: 'unmet_authentication_requirements',
      acr: 'phr',
    })
    expect(codes(decision)).toContain('unmet')
  })
  it('from a device that a passkey put on record asks nothing by risk', () => {
    const { account, nowMs } = usedFor(3, 'passkey')
    expect(ask(account, at(laptop(), nowMs), transfer)).toMatchObject({ level: 'low', decision: 'allow' })
  })
  it('from an unknown device asks for a passkey', () => {
    const { account, nowMs } = usedFor(30, 'passkey')
    expect(ask(account, at(phone(), nowMs), transfer)).toMatchObject({ required: { acr: 'phr' } })
  })
})

describe('what was proven', () => {
  it('calms by how strong the proof was: a passkey more than a mailed code, in the very next decision', () => {
    const after = (method: 'email' | 'passkey') => {
      const account = createAccount(withPasskey)
      pass(account, ask(account, phone()), phone(), method)
      return ask(account, phone())
    }
    const unknown = ask(createAccount(withPasskey), phone())
    expect(after('passkey').nats).toBeLessThan(after('email').nats - 2)
    expect(after('email').nats).toBeLessThan(unknown.nats - 1)
    expect(codes(after('passkey'))).toContain('device_granted')
  })
  it('never adds up: five mailed codes are no calmer than one', () => {
    const once = createAccount()
    visit(once, laptop())
    const often = createAccount()
    const first = ask(often, laptop())
    for (let i = 0; i < 5; i += 1) pass(often, first, laptop(), 'email')
    const found = (account: typeof once) =>
      ask(account, laptop()).reasons.find(({ code }) => code === 'device_key_proven')?.nats
    expect(found(often)).toBe(found(once))
    expect(ask(often, laptop(), transfer).level).toBe('high')
  })
  it('is gone with its grant', () => {
    const { account, nowMs } = usedFor(30, 'passkey')
    pass(account, ask(account, at(phone(), nowMs)), at(phone(), nowMs), 'email')
    const revoked = account.grants.map((grant) =>
      grant.jkt === key('laptop') ? { ...grant, revokedAtMs: nowMs } : grant,
    )
    const decision = ask({ ...account, grants: revoked }, at(laptop(), nowMs))
    expect(decision).toMatchObject({ decision: 'challenge', level: 'medium' })
    expect(codes(decision)).toContain('device_key_unknown')
  })
})
