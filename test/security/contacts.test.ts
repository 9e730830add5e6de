import { createGuard } from '@newel/guard'
import { defaultPolicy } from '@newel/server'
import { createTestNewel } from '@newel/testkit'
import { describe, expect, it } from 'vitest'

const hourMs = 3_600_000
const policy = {
  ...defaultPolicy,
  actions: { pay: { params: { to: { type: 'string' } }, once: true } },
} as const

function setUp() {
  const newel = createTestNewel({ policy, holdHours: 24 })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  const reachedAt = async (address: string) => {
    const email = { value: address, verified_at_ms: newel.clock.now() }
    expect(await guard.putSubject({ id: 'maya', email })).toEqual({ ok: true })
  }
  /** Where a code goes, and whether it serves. */
  async function pays(): Promise<{ to: string | undefined; paid: boolean }> {
    const device = await newel.device()
    const input = { action: 'pay', params: { to: 'x' }, subject: { id: 'maya' }, session: 'of maya' }
    const refused = await guard.check({ ...input, request: { headers: new Headers(await device.headers()) } })
    if (refused.ok) throw new Error('nothing was asked')
    const repeat = await device.steppedUp(refused.response, 'email')
    const done = await guard.check({ ...input, request: { headers: new Headers(repeat) } })
    return { to: newel.mailbox.mails.at(-1)?.to, paid: done.ok }
  }
  return { newel, reachedAt, pays }
}

describe('an address that replaces another', () => {
  it('gets no code during its hold: the old one does, and its codes serve', async () => {
    const { newel, reachedAt, pays } = setUp()
    await reachedAt('maya@mail.test')
    newel.clock.advance(hourMs)
    await reachedAt('eve@mail.test')
    newel.clock.advance(hourMs)
    expect(await pays()).toEqual({ to: 'maya@mail.test', paid: true })
    newel.clock.advance(24 * hourMs)
    expect(await pays()).toEqual({ to: 'eve@mail.test', paid: true })
  })

  it('is gone for good once the old one is named again', async () => {
    const { newel, reachedAt, pays } = setUp()
    await reachedAt('maya@mail.test')
    await reachedAt('eve@mail.test')
    newel.clock.advance(hourMs)
    await reachedAt('maya@mail.test')
    expect(await pays()).toEqual({ to: 'maya@mail.test', paid: true })
    newel.clock.advance(48 * hourMs)
    expect(await pays()).toEqual({ to: 'maya@mail.test', paid: true })
    // Another try begins another hold.
    await reachedAt('eve@mail.test')
    newel.clock.advance(hourMs)
    expect(await pays()).toEqual({ to: 'maya@mail.test', paid: true })
  })

  it('gives way to a third, whose hold is its own, and nobody is without an address', async () => {
    const { newel, reachedAt, pays } = setUp()
    await reachedAt('maya@mail.test')
    await reachedAt('eve@mail.test')
    newel.clock.advance(20 * hourMs)
    await reachedAt('mallory@mail.test')
    newel.clock.advance(5 * hourMs)
    expect(await pays()).toEqual({ to: 'maya@mail.test', paid: true })
    newel.clock.advance(20 * hourMs)
    expect(await pays()).toEqual({ to: 'mallory@mail.test', paid: true })
  })
})
