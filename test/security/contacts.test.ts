import { describe, expect, it } from 'vitest'
import { confirmed, disabled, hourMs, removed, riding, setUpWith } from './contact-world.ts'

function setUp() {
  const { newel, guard } = setUpWith()
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

describe('a second address, which the person confirmed by a code', () => {
  async function both() {
    const world = riding()
    const { newel, guard, says, asked } = world
    says('maya@mail.test', newel.clock.now())
    await asked()
    expect(await guard.putSubject({ id: 'maya', email: { value: 'new@mail.test' } })).toEqual({ ok: true })
    newel.clock.advance(48 * hourMs)
    await confirmed(world)
    newel.clock.advance(48 * hourMs)
    expect(await world.authenticators()).toHaveLength(2)
    return world
  }

  it('stays as well where the replacement of both is called off', async () => {
    const { newel, says, asked, authenticators } = await both()
    const before = await authenticators()
    says('eve@mail.test', newel.clock.now())
    await asked()
    newel.clock.advance(hourMs)
    says('maya@mail.test', 1)
    await asked()
    newel.clock.advance(48 * hourMs)
    expect(await authenticators()).toEqual(before)
  })

  it('stays where another took the place of the replacement before that was called off', async () => {
    const { newel, says, asked, authenticators } = await both()
    const before = await authenticators()
    says('eve@mail.test', newel.clock.now())
    await asked()
    newel.clock.advance(20 * hourMs)
    says('mallory@mail.test', newel.clock.now())
    await asked()
    newel.clock.advance(20 * hourMs)
    says('maya@mail.test', 1)
    await asked()
    newel.clock.advance(48 * hourMs)
    expect(await authenticators()).toEqual(before)
  })
})

describe('an address that the person removed', () => {
  it('does not come back because the application goes on naming it', async () => {
    const { newel, asked, guard } = await removed()
    expect(await asked()).toBeUndefined()
    newel.clock.advance(40 * 24 * hourMs)
    expect(await asked()).toBeUndefined()
    await newel.tick()
    newel.clock.advance(200 * 24 * hourMs)
    await newel.tick()
    const email = { value: 'maya@mail.test', verified_at_ms: 1 }
    expect(await guard.putSubject({ id: 'maya', email })).toEqual({ ok: true })
    expect(await asked()).toBeUndefined()
  })

  it('comes back where the application verified it after that, and serves after the hold', async () => {
    const { newel, says, asked, removedAtMs } = await removed()
    says('maya@mail.test', removedAtMs)
    expect(await asked()).toBeUndefined()
    says('maya@mail.test', removedAtMs + 1)
    expect(await asked()).toBeUndefined()
    newel.clock.advance(24 * hourMs)
    expect(await asked()).toBe('maya@mail.test')
  })

  it('does not come back because another was named meanwhile', async () => {
    const { newel, says, asked, removedAtMs } = await removed()
    says('new@mail.test', newel.clock.now())
    expect(await asked()).toBeUndefined()
    newel.clock.advance(25 * hourMs)
    expect(await asked()).toBe('new@mail.test')
    // A record of old, read from a copy or set by whoever reads that mailbox.
    says('maya@mail.test', removedAtMs - 1)
    expect(await asked()).toBe('new@mail.test')
    newel.clock.advance(25 * hourMs)
    expect(await asked()).toBe('new@mail.test')
  })

  it('leaves no room for another that would serve at once', async () => {
    const { newel, says, asked } = await removed()
    says('eve@mail.test', newel.clock.now())
    expect(await asked()).toBeUndefined()
    newel.clock.advance(24 * hourMs)
    expect(await asked()).toBe('eve@mail.test')
  })
})

describe('an address that nobody verified', () => {
  it('does not end the one before, however long it waits', async () => {
    const { newel, says, asked } = riding()
    says('maya@mail.test', newel.clock.now())
    expect(await asked()).toBe('maya@mail.test')
    says('typo@mail.test')
    newel.clock.advance(hourMs)
    expect(await asked()).toBe('maya@mail.test')
    newel.clock.advance(48 * hourMs)
    expect(await asked()).toBe('maya@mail.test')
  })

  it('replaces it after a hold that begins when it is verified, and the old one is told then', async () => {
    const { newel, says, asked } = riding()
    says('maya@mail.test', newel.clock.now())
    await asked()
    says('new@mail.test')
    await asked()
    newel.clock.advance(48 * hourMs)
    await newel.tick()
    expect(newel.mailbox.mails.filter(({ subject }) => subject.includes('replaced'))).toEqual([])
    says('new@mail.test', newel.clock.now())
    expect(await asked()).toBe('maya@mail.test')
    await newel.tick()
    expect(newel.mailbox.mails.at(-1)).toMatchObject({ to: 'maya@mail.test' })
    newel.clock.advance(24 * hourMs)
    expect(await asked()).toBe('new@mail.test')
  })

  it('replaces it after a hold where the person confirms it by a code, once the back end names it then', async () => {
    const world = riding()
    const { newel, guard, says, asked } = world
    says('maya@mail.test', newel.clock.now())
    await asked()
    expect(await guard.putSubject({ id: 'maya', email: { value: 'new@mail.test' } })).toEqual({ ok: true })
    newel.clock.advance(48 * hourMs)
    await confirmed(world)
    expect(newel.mailbox.mails.at(-1)?.to).toBe('new@mail.test')
    newel.clock.advance(600_000)
    expect(await asked()).toBe('maya@mail.test')
    says('new@mail.test')
    expect(await asked()).toBe('maya@mail.test')
    newel.clock.advance(25 * hourMs)
    expect(await asked()).toBe('new@mail.test')
  })
})

describe('an address that wrong answers have disabled', () => {
  it('is bound again where the application verified it after the last of them, and not because it goes on naming it', async () => {
    const { newel, says, asked } = await disabled()
    const lastMs = newel.clock.now() - hourMs
    says('maya@mail.test', lastMs)
    expect(await asked()).toBeUndefined()
    says('maya@mail.test', lastMs + 1)
    expect(await asked()).toBe('maya@mail.test')
  })

  it('is not bound again by what was verified before, however long ago the last of them is', async () => {
    const { newel, says, asked } = await disabled()
    const lastMs = newel.clock.now() - hourMs
    says('maya@mail.test', lastMs)
    expect(await asked()).toBeUndefined()
    newel.clock.advance(30 * 24 * hourMs)
    for (let run = 0; run < 4; run++) await newel.tick()
    expect(await asked()).toBeUndefined()
    says('maya@mail.test', lastMs + 1)
    expect(await asked()).toBe('maya@mail.test')
  })

  it('is told once when it is', async () => {
    const { newel } = await disabled()
    for (let run = 0; run < 2; run++) await newel.tick()
    expect(newel.mailbox.mails.filter(({ subject }) => subject.includes('switched off'))).toMatchObject([
      { to: 'maya@mail.test', text: expect.stringContaining('A mail address can no longer') as string },
    ])
  })

  it('is told where it is bound again', async () => {
    const { newel, says, asked } = await disabled()
    await newel.tick()
    const before = newel.mailbox.mails.length
    says('maya@mail.test', newel.clock.now())
    await asked()
    await newel.tick()
    expect(newel.mailbox.mails.slice(before).map(({ to, subject }) => ({ to, subject }))).toContainEqual({
      to: 'maya@mail.test',
      subject: expect.stringContaining('serves again') as string,
    })
  })
})
