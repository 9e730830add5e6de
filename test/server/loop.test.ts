import { createGuard, fromHeader, type Guard } from '@newel/guard'
import { createNewel, defaultPolicy, type Newel } from '@newel/server'
import { sqliteStore } from '@newel/stores/sqlite'
import {
  createMailbox,
  fixedClock,
  testDevice,
  type Mailbox,
  type TestClock,
  type TestDevice,
} from '@newel/testkit'
import { base64url } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'

const origin = 'https://bank.test'
const secretKey = `sk_bank_${'s'.repeat(40)}`
const publishableKey = `pk_bank_${'p'.repeat(20)}`
const policy = {
  ...defaultPolicy,
  audit_share: 0,
  actions: {
    'sign-in': { params: 'none' as const, starts_session: true },
    'read-statement': { params: 'none' as const },
    'transfer-large': {
      params: { to: { type: 'string' as const }, amount: { type: 'string' as const } },
      once: true,
      stakes_nats: 4,
      display: { en: 'Pay {amount} to {to}' },
    },
  },
}
const maya = { id: 'maya', since_ms: 1, email: { value: 'maya@mail.test', verified_at_ms: 1 } }

/** An application with a session cookie in front of a real Newel on SQLite. */
interface World {
  readonly newel: Newel
  readonly clock: TestClock
  readonly mailbox: Mailbox
  readonly guard: Guard
  device(more?: Partial<Parameters<typeof testDevice>[0]>): Promise<TestDevice>
}

let world: World

beforeEach(() => {
  const clock = fixedClock(1_800_000_000_000)
  const mailbox = createMailbox()
  const url = `${origin}/newel`
  const newel = createNewel({
    url,
    store: sqliteStore({ path: ':memory:' }),
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      {
        id: 'bank',
        name: 'Bank',
        origins: [origin],
        publishableKey,
        secretKeys: [secretKey],
        policy,
        holdHours: 0,
      },
    ],
    mailer: mailbox,
    now: clock.now,
    logger: {
      log: (level, event, fields) => {
        if (level === 'error') console.error(event, fields)
      },
    },
  })
  world = {
    newel,
    clock,
    mailbox,
    guard: createGuard({ server: newel, secretKey, aud: origin, clientAddress: fromHeader('x-client') }),
    device: (more = {}) =>
      testDevice({ newel, url, publishableKey, origin, now: clock.now, mailbox, ...more }),
  }
})

const request = (headers: Record<string, string>, address = '192.0.2.10') => ({
  headers: new Headers({
    ...headers,
    'x-client': address,
    'user-agent':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  }),
})

/** Signs in as the application does: asks, steps up where asked, reports the session. Returns what was asked. */
async function signIn(device: TestDevice, session: string): Promise<string> {
  await device.observe()
  const first = await world.guard.check({
    action: 'sign-in',
    subject: maya,
    request: request(await device.headers()),
  })
  let asked = 'nothing'
  if (!first.ok) {
    expect(first.problem.code).toBe('insufficient_user_authentication')
    asked = first.problem.acr_values ?? ''
    const headers = await device.steppedUp(first.response)
    const second = await world.guard.check({ action: 'sign-in', subject: maya, request: request(headers) })
    expect(second).toMatchObject({ ok: true, via: 'token' })
  }
  await world.guard.report({
    type: 'session.started',
    subject: maya,
    session,
    request: request(await device.headers()),
  })
  return asked
}

describe('the loop', () => {
  it('asks a first sign-in for a mailed code and the second for nothing', async () => {
    const laptop = await world.device()
    expect(await signIn(laptop, 'one')).toBe('newel:contact')
    expect(world.mailbox.mails).toHaveLength(1)
    laptop.reset()
    world.clock.advance(86_400_000)
    expect(await signIn(laptop, 'two')).toBe('nothing')
  })

  it('allows the area behind a sign-in without asking again, by that key only', async () => {
    const laptop = await world.device()
    await signIn(laptop, 'one')
    const read = async (device: TestDevice) =>
      world.guard.check({
        action: 'read-statement',
        subject: maya,
        session: 'one',
        request: request(await device.headers()),
      })
    expect(await read(laptop)).toMatchObject({ ok: true })
    const thief = await world.device({ address: '203.0.113.9' })
    await thief.observe()
    expect(await read(thief)).toMatchObject({
      ok: false,
      problem: { code: 'insufficient_user_authentication' },
    })
  })

  it('asks a large transfer for a passkey, and is calmer afterwards', async () => {
    const laptop = await world.device()
    await signIn(laptop, 'one')
    const params = { to: 'Kofi', amount: '5000.00' }
    const transfer = async (headers: Record<string, string>) =>
      world.guard.check({
        action: 'transfer-large',
        params,
        subject: maya,
        session: 'one',
        request: request(headers),
      })
    const unmet = await transfer(await laptop.headers())
    expect(unmet).toMatchObject({ ok: false, problem: { code: 'unmet_authentication_requirements' } })

    const enroll = async (headers: Record<string, string>) =>
      world.guard.enroll({ subject: maya, session: 'one', method: 'passkey', request: request(headers) })
    let opened = await enroll(await laptop.headers())
    expect(opened.status).toBe(401)
    opened = await enroll(await laptop.steppedUp(opened))
    expect(opened.status).toBe(200)
    const { enrollment } = (await opened.json()) as { enrollment: { id: string } }
    await laptop.enroll(enrollment.id)
    world.clock.advance(60_000)

    const asked = await transfer(await laptop.headers())
    expect(asked).toMatchObject({
      ok: false,
      problem: { code: 'insufficient_user_authentication', acr_values: 'phr' },
    })
    if (asked.ok) return
    const headers = await laptop.steppedUp(asked.response)
    expect(await transfer(headers)).toMatchObject({ ok: true, via: 'token', acr: 'phr', params })
    expect(await transfer(headers)).toMatchObject({ ok: false, problem: { code: 'invalid_token' } })
  })
})

describe('devices on record', () => {
  it('are listed, and one that is taken off is asked like a new one, in its running session too', async () => {
    const laptop = await world.device()
    await signIn(laptop, 'one')
    const call = async (method: string, path: string) =>
      world.newel.fetch(
        new Request(`${origin}/newel/v1/subjects/maya/${path}`, {
          method,
          headers: { authorization: `Bearer ${secretKey}` },
        }),
      )
    const listed = await call('GET', 'devices')
    expect(await listed.json()).toEqual({
      devices: [
        {
          jkt: laptop.jkt,
          acr: 'newel:contact',
          first_granted_at_ms: 1_800_000_000_000,
          last_granted_at_ms: 1_800_000_000_000,
        },
      ],
    })
    const read = async () =>
      world.guard.check({
        action: 'read-statement',
        subject: maya,
        session: 'one',
        request: request(await laptop.headers()),
      })
    expect(await read()).toMatchObject({ ok: true })
    expect((await call('DELETE', `devices/${laptop.jkt}`)).status).toBe(200)
    expect((await call('DELETE', `devices/${laptop.jkt}`)).status).toBe(404)
    expect(await (await call('GET', 'devices')).json()).toEqual({ devices: [] })
    expect(await read()).toMatchObject({ ok: false, problem: { acr_values: 'newel:contact' } })
  })
})
