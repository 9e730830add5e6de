import { createGuard } from '@newel/guard'
import { defaultPolicy } from '@newel/server'
import { createTestNewel, type TestDevice, type TestNewel } from '@newel/testkit'
import { describe, expect, it } from 'vitest'

const hourMs = 3_600_000
const policy = {
  ...defaultPolicy,
  actions: { pay: { params: { to: { type: 'string' } }, once: true } },
} as const

function setUpWith() {
  const newel = createTestNewel({ policy, holdHours: 24 })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  return { newel, guard }
}

/** The id of the only thing that maya can answer with. */
async function onlyContact(newel: TestNewel): Promise<string> {
  const response = await newel.fetch(
    new Request(`${newel.url}/v1/subjects/maya/authenticators`, {
      headers: { authorization: `Bearer ${newel.secretKey}` },
    }),
  )
  const { authenticators } = (await response.json()) as { authenticators: { id: string }[] }
  expect(authenticators).toHaveLength(1)
  return authenticators[0]?.id ?? ''
}

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

/** The same, with calls that the tests above need not: the address rides along with every question, as applications send it. */
function riding() {
  const { newel, guard } = setUpWith()
  let email: { value: string; verified_at_ms?: number } | undefined
  const ask = async (device: TestDevice, more: object = {}) =>
    guard.check({
      action: 'pay',
      params: { to: 'x' },
      subject: { id: 'maya', ...(email && { email }) },
      session: 'of maya',
      request: { headers: new Headers(await device.headers()) },
      ...more,
    })
  return {
    newel,
    guard,
    says: (value: string, verifiedAtMs?: number) => {
      email = { value, ...(verifiedAtMs !== undefined && { verified_at_ms: verifiedAtMs }) }
    },
    /** Where a code goes; `undefined` where there is no way to send one. */
    asked: async (): Promise<string | undefined> => {
      const device = await newel.device()
      const refused = await ask(device)
      if (refused.ok) throw new Error('nothing was asked')
      const { challenge } = (await refused.response.json()) as { challenge?: { id: string } }
      if (challenge === undefined) return undefined
      await device.challenge(challenge.id).start('email')
      return newel.mailbox.mails.at(-1)?.to
    },
    ask,
  }
}

describe('an address that the person removed', () => {
  async function removed() {
    const world = riding()
    const { newel, guard, says } = world
    says('maya@mail.test', newel.clock.now())
    expect(await world.asked()).toBe('maya@mail.test')
    newel.clock.advance(hourMs)
    const device = await newel.device()
    const who = { subject: { id: 'maya' }, session: 'of maya' }
    const authenticator = await onlyContact(newel)
    const remove = async (token?: string) =>
      guard.remove({
        ...who,
        authenticator,
        request: { headers: new Headers(await device.headers(token)) },
      })
    const { challenge } = (await (await remove()).json()) as { challenge: { id: string } }
    expect((await remove(await device.pass(challenge.id, 'email'))).status).toBe(200)
    newel.clock.advance(hourMs)
    return { ...world, removedAtMs: newel.clock.now() - hourMs }
  }

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
    const { newel, guard, says, asked } = riding()
    says('maya@mail.test', newel.clock.now())
    await asked()
    expect(await guard.putSubject({ id: 'maya', email: { value: 'new@mail.test' } })).toEqual({ ok: true })
    newel.clock.advance(48 * hourMs)
    const device = await newel.device()
    const enroll = async (token?: string) =>
      guard.enroll({
        subject: { id: 'maya' },
        session: 'of maya',
        method: 'email',
        request: { headers: new Headers(await device.headers(token)) },
      })
    const { challenge } = (await (await enroll()).json()) as { challenge: { id: string } }
    const opened = await enroll(await device.pass(challenge.id, 'email'))
    const { enrollment } = (await opened.json()) as { enrollment: { id: string } }
    newel.clock.advance(60_000)
    await device.enroll(enrollment.id)
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
  async function disabled() {
    const world = riding()
    const { newel, says, ask } = world
    says('maya@mail.test', newel.clock.now())
    const eve = await newel.device()
    // Two within the life of a challenge, slow enough for the limits that let go again.
    for (let round = 0; round < 50; round++) {
      const refused = await ask(eve)
      if (refused.ok) throw new Error('nothing was asked')
      const { challenge } = (await refused.response.json()) as { challenge: { id: string } }
      for (let attempt = 0; attempt < 2; attempt++) {
        newel.clock.advance(100_000)
        await expect(eve.challenge(challenge.id).verify('email', { code: '00000000' })).rejects.toMatchObject(
          { problem: { code: 'verification_failed' } },
        )
      }
    }
    newel.clock.advance(hourMs)
    expect(await world.asked()).toBeUndefined()
    return world
  }

  it('is bound again where the application verified it after the last of them, and not because it goes on naming it', async () => {
    const { newel, says, asked } = await disabled()
    const lastMs = newel.clock.now() - hourMs
    says('maya@mail.test', lastMs)
    expect(await asked()).toBeUndefined()
    says('maya@mail.test', lastMs + 1)
    expect(await asked()).toBe('maya@mail.test')
  })
})
