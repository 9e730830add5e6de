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
  world = await createWorld(policy)
})

const request = (address: string, userAgent = agent) => ({
  headers: new Headers({ 'x-client': address, 'user-agent': userAgent }),
})
const fail = (subject: string | undefined, address: string, userAgent?: string) =>
  world.guard.report({
    type: 'login.failed',
    ...(subject !== undefined && { subject: { id: subject } }),
    request: request(address, userAgent),
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
    world.clock.advance(4 * 3_600_000)
    expect(await codes('maya', '192.0.2.200')).not.toContain('spray_prefix')
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
})
