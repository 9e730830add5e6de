/** What adds up over hours: guessing across accounts, bursts, sessions left open. Counters are written after the answer. */
import { defaultPolicy, type Policy } from '@newel/server'
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from './support/world.ts'

const agent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const policy: Policy = {
  ...defaultPolicy,
  mode: 'observe',
  actions: {
    'sign-in': { params: 'none', starts_session: true },
    read: { params: 'none' },
    transfer: { params: 'none', stakes_nats: 2 },
  },
}

let world: World
beforeEach(async () => {
  // One operator has all of 10.0.0.0/8 and 172.0.0.0/8.
  world = await createWorld(policy, undefined, {
    lookup: (ip) => (/^(10|172)\./.test(ip) ? { asn: 64500 } : undefined),
  })
})

const request = (address: string, userAgent = agent) => ({
  headers: new Headers({ 'x-client': address, 'user-agent': userAgent }),
})
const fail = (subject: string | undefined, address: string, userAgent?: string, receipt?: string) =>
  world.guard.report({
    type: 'login.failed',
    ...(subject !== undefined && { subject: { id: subject } }),
    request: request(address, userAgent),
    ...(receipt !== undefined && { receipt }),
  })
const codes = async (
  subject: string,
  address: string,
  action = 'sign-in',
  userAgent = agent,
): Promise<string[]> => {
  // Records of one millisecond have no order.
  world.clock.advance(1)
  const session = action === 'sign-in' ? {} : { session: `s-${subject}` }
  await world.guard.check({
    action,
    subject: { id: subject },
    ...session,
    request: request(address, userAgent),
  })
  const [latest] = await world.records()
  const { evidence } = JSON.parse(latest!.record) as { evidence: [string, string, string][] }
  return evidence.map(([, , code]) => code)
}

describe('failures across accounts', () => {
  it('from one prefix are a spray, and it decays', async () => {
    for (let i = 0; i < 12; i += 1) await fail(`victim-${i}`, `192.0.2.${i}`)
    expect(await codes('maya', '192.0.2.200')).toContain('spray_prefix')
    expect(await codes('maya', '203.0.113.1')).not.toContain('spray_prefix')
    world.clock.advance(5 * 3_600_000)
    expect(await codes('maya', '192.0.2.200')).not.toContain('spray_prefix')
  })
  it('from there and from elsewhere again count in both places', async () => {
    for (const place of ['192.0.2', '198.51.100'])
      for (let i = 0; i < 12; i += 1) await fail(`victim-${i}`, `${place}.${i}`)
    expect(await codes('maya', '192.0.2.200')).toContain('spray_prefix')
    expect(await codes('maya', '198.51.100.200')).toContain('spray_prefix')
  })
  it('where as many sign in are none: an office on Monday morning', async () => {
    const starts = (i: number, tag: string) =>
      world.guard.report({
        type: 'session.started',
        subject: { id: `clerk-${i}` },
        session: `${tag}-${i}`,
        request: request(`192.0.2.${i}`),
      })
    // Whose account is not a day old does not count: accounts made by the dozen belong nowhere.
    for (let i = 0; i < 20; i += 1) await starts(i, 'first')
    world.clock.advance(86_400_000)
    for (let i = 0; i < 12; i += 1) await fail(`clerk-${i}`, `192.0.2.${i}`)
    expect(await codes('maya', '192.0.2.200')).toContain('spray_prefix')
    for (let i = 0; i < 20; i += 1) await starts(i, 'second')
    expect(await codes('maya', '192.0.2.200')).not.toContain('spray_prefix')
  })
  it('are not hidden by accounts of the same day, however often they sign in and whoever asked about them before', async () => {
    for (let i = 0; i < 20; i += 1) {
      await codes(`made-${i}`, `192.0.2.${i}`)
      for (const session of ['first', 'second'])
        await world.guard.report({
          type: 'session.started',
          subject: { id: `made-${i}` },
          session: `${session}-${i}`,
          request: request(`192.0.2.${i}`),
        })
    }
    for (let i = 0; i < 12; i += 1) await fail(`victim-${i}`, `192.0.2.${i}`)
    expect(await codes('maya', '192.0.2.200')).toContain('spray_prefix')
  })
  it('behind one operator show by the operator, however far apart its networks are', async () => {
    for (let i = 0; i < 70; i += 1) await fail(`victim-${i}`, `10.${i}.0.7`, `browser/${i}`)
    expect(await codes('maya', '172.16.0.1')).toContain('spray_operator')
    expect(await codes('maya', '198.51.100.1')).not.toContain('spray_operator')
  })
  it('that name a forged receipt move nothing but where the request came from', async () => {
    const claims = { jkt: 'a'.repeat(43), seen: { ip: '203.0.113.7', at_ms: 1 } }
    const forged = [
      'eyJhbGciOiJIUzI1NiJ9',
      Buffer.from(JSON.stringify(claims)).toString('base64url'),
      'AAAA',
    ].join('.')
    for (let i = 0; i < 12; i += 1) await fail(`victim-${i}`, `192.0.2.${i}`, agent, forged)
    expect(await codes('maya', '203.0.113.7')).not.toContain('spray_prefix')
    expect(await codes('maya', '192.0.2.9')).toContain('spray_prefix')
  })
  it('of one person who fumbles are none', async () => {
    for (let i = 0; i < 12; i += 1) await fail('maya', '192.0.2.1')
    const said = await codes('maya', '192.0.2.1')
    expect(said).toContain('recent_failures')
    expect(said).not.toContain('spray_prefix')
  })
  it('on names that are no accounts count each', async () => {
    for (let i = 0; i < 12; i += 1) await fail(undefined, '192.0.2.1')
    expect(await codes('maya', '192.0.2.9')).toContain('spray_prefix')
  })
  it('from many prefixes of one neighbourhood by one tool show by the tool', async () => {
    for (let i = 0; i < 40; i += 1) await fail(`victim-${i}`, `192.0.${i}.7`, 'stuffer/1.0')
    expect(await codes('maya', '192.0.99.1', 'sign-in', 'stuffer/1.0')).toContain('spray_client')
    expect(await codes('maya', '192.0.99.1')).not.toContain('spray_client')
  })
})

describe('one account within hours', () => {
  it('doing much that has stakes is a burst; reading is none', async () => {
    for (let i = 0; i < 12; i += 1) await codes('maya', '192.0.2.1', 'read')
    expect(await codes('maya', '192.0.2.1', 'read')).not.toContain('action_burst')
    for (let i = 0; i < 12; i += 1) await codes('maya', '192.0.2.1', 'transfer')
    expect(await codes('maya', '192.0.2.1', 'read')).toContain('action_burst')
  })
  it('whose sessions are left until they time out says so; signing out does not', async () => {
    const session = async (i: number, reason: 'idle' | 'signed_out') => {
      await world.guard.report({
        type: 'session.started',
        subject: { id: 'maya' },
        session: `${reason}-${i}`,
        request: request('192.0.2.1'),
      })
      await world.guard.report({
        type: 'session.ended',
        subject: { id: 'maya' },
        session: `${reason}-${i}`,
        reason,
      })
      world.clock.advance(600_000)
    }
    for (let i = 0; i < 6; i += 1) await session(i, 'signed_out')
    expect(await codes('maya', '192.0.2.1')).not.toContain('session_timeouts')
    for (let i = 0; i < 9; i += 1) await session(i, 'idle')
    const said = await codes('maya', '192.0.2.1')
    expect(said).toEqual(expect.arrayContaining(['session_timeouts', 'session_burst']))
  })
  it('is forgotten with the account', async () => {
    for (let i = 0; i < 12; i += 1) await codes('maya', '192.0.2.1', 'transfer')
    await world.erase('maya')
    expect(await codes('maya', '192.0.2.1', 'read')).not.toContain('action_burst')
  })
  it('used on many devices at once says so; three of one person and many sessions of one browser do not', async () => {
    const use = async (session: string, address = '192.0.2.1') => {
      await world.guard.check({
        action: 'read',
        subject: { id: 'maya' },
        session,
        request: request(address),
      })
      const [latest] = await world.records()
      return (JSON.parse(latest!.record) as { facts: { session: { others: number; idleMinutes?: number } } })
        .facts.session
    }
    for (const session of ['phone', 'tablet', 'laptop']) await use(session)
    world.clock.advance(60_000)
    expect(await codes('maya', '192.0.2.1')).not.toContain('session_concurrent')
    for (let i = 0; i < 6; i += 1) await use(`elsewhere-${i}`, `198.51.100.${i}`)
    world.clock.advance(60_000)
    expect(await codes('maya', '192.0.2.1')).toContain('session_concurrent')
    // Half an hour later none of them is in use.
    world.clock.advance(31 * 60_000)
    expect(await use('laptop')).toEqual({ idleMinutes: 33, others: 0 })
  })
  it('tells how long a session lay unused, to the minute, and a session that ends is in use no more', async () => {
    const facts = async (session: string) => {
      world.clock.advance(1)
      await world.guard.check({
        action: 'read',
        subject: { id: 'maya' },
        session,
        request: request('192.0.2.1'),
      })
      const [latest] = await world.records()
      return (JSON.parse(latest!.record) as { facts: { session: unknown } }).facts.session
    }
    expect(await facts('laptop')).toEqual({ others: 0 })
    world.clock.advance(90 * 60_000)
    expect(await facts('laptop')).toEqual({ idleMinutes: 90, others: 0 })
    expect(await facts('laptop')).toEqual({ idleMinutes: 0, others: 0 })
    expect(await facts('phone')).toEqual({ others: 1 })
    await world.guard.report({
      type: 'session.ended',
      subject: { id: 'maya' },
      session: 'laptop',
      reason: 'signed_out',
    })
    expect(await facts('phone')).toMatchObject({ others: 0 })
  })
})
