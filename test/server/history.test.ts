/** What a tenant can do before it lets Newel decide: bring history along, and look without enforcing. */
import { compilePolicy, recompute, shippedModel } from '@newel/engine'
import { defaultPolicy, openLoginImport, type PastLogin, type Policy } from '@newel/server'
import type { TestClock, TestDevice } from '@newel/testkit'
import { describe, expect, it } from 'vitest'
import { createWorld as worldOf, type World } from './support/world.ts'

const agent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const policy: Policy = {
  ...defaultPolicy,
  actions: {
    'sign-in': { params: 'none', starts_session: true },
    transfer: { params: 'none', once: true, floor: { acr: 'phr' } },
  },
}
const maya = { id: 'maya', email: { value: 'maya@mail.test', verified_at_ms: 1 } }
const dayMs = 86_400_000

const createWorld = (mode: 'enforce' | 'observe'): Promise<World> => worldOf({ ...policy, mode })

const ask = async (world: World, device: TestDevice, action: string, address = '192.0.2.10') => {
  // Records are listed by their time.
  world.clock.advance(1000)
  await device.observe()
  // Records of one millisecond have no order.
  world.clock.advance(1)
  return world.guard.check({
    action,
    subject: maya,
    ...(action === 'sign-in' ? {} : { session: 'one' }),
    request: {
      headers: new Headers({ ...(await device.headers()), 'x-client': address, 'user-agent': agent }),
    },
  })
}

const risk = async (world: World): Promise<{ nats: number; level: string }> => {
  const [latest] = await world.records()
  return (JSON.parse(latest!.record) as { result: { nats: number; level: string } }).result
}

describe('a history that is imported', () => {
  const past = (clock: TestClock, count = 40): PastLogin[] =>
    Array.from({ length: count }, (_, i) => ({
      atMs: clock.now() - (i + 20) * dayMs,
      ip: '192.0.2.10',
      userAgent: agent,
      asn: 64500,
      country: 'NO',
    }))
  const open = ({ store, masterKey, clock }: World) =>
    openLoginImport({ store, masterKey, tenant: 'bank', nowMs: clock.now() })

  it('tells owner and stranger apart at the first assessment', async () => {
    const blank = await createWorld('enforce')
    await ask(blank, await blank.device('203.0.113.9'), 'sign-in', '203.0.113.9')
    const before = await risk(blank)

    const world = await createWorld('enforce')
    expect(await (await open(world)).add('maya', past(world.clock))).toBe(32)
    await ask(world, await world.device(), 'sign-in')
    const owner = await risk(world)
    await ask(world, await world.device('203.0.113.9'), 'sign-in', '203.0.113.9')
    const stranger = await risk(world)
    expect(owner.nats).toBeLessThan(before.nats)
    expect(stranger.nats).toBeGreaterThan(before.nats)
  })
  it('puts no device on record and asks the first sign-in all the same', async () => {
    const world = await createWorld('enforce')
    await (await open(world)).add('maya', past(world.clock))
    expect(await ask(world, await world.device(), 'sign-in')).toMatchObject({
      ok: false,
      problem: { code: 'insufficient_user_authentication' },
    })
    const { grants } = await world.store.loadSubject({
      tenant: 'bank',
      subject: 'maya',
      route: 'x',
      op: undefined,
    })
    expect(grants).toEqual([])
  })
  it('changes nothing when it comes again, a day later too, and goes on where it was broken off', async () => {
    const world = await createWorld('enforce')
    const rows = past(world.clock, 30)
    const half = await open(world)
    expect(await half.add('maya', rows.slice(0, 11))).toBe(11)
    expect(await half.add('maya', rows)).toBe(19)
    const stands = await world.store.loadFold('bank', 'maya')
    expect(stands?.events).toEqual([])
    world.clock.advance(3 * dayMs)
    // Retention takes the ops; what tells the rows again stands with the events.
    await world.store.purge({
      nowMs: world.clock.now(),
      assessmentsBeforeMs: 0,
      eventsBeforeMs: 0,
      limit: 1000,
    })
    expect(await (await open(world)).add('maya', rows)).toBe(0)
    expect((await world.store.loadFold('bank', 'maya'))?.subject.profile).toEqual(stands?.subject.profile)
  })
  it('takes four sign-ins of a day at most, and the latest 32', async () => {
    const world = await createWorld('enforce')
    const busy = Array.from({ length: 200 }, (_, i) => ({
      ...past(world.clock, 1)[0]!,
      atMs: world.clock.now() - 30 * dayMs - i * 60_000,
    }))
    expect(await (await open(world)).add('maya', busy)).toBeLessThanOrEqual(8)
  })
  it('is erased with the subject', async () => {
    const world = await createWorld('enforce')
    await (await open(world)).add('maya', past(world.clock))
    expect(await world.store.eraseSubject('bank', 'maya')).toBe(true)
    expect(await world.store.exportSubject('bank', 'maya')).toBeUndefined()
  })
})

describe('a tenant that observes', () => {
  it('decides everything and enforces nothing, over HTTP', async () => {
    const world = await createWorld('observe')
    const device = await world.device()
    for (const action of ['sign-in', 'transfer']) {
      expect(await ask(world, device, action)).toMatchObject({ ok: true, via: 'assessment' })
    }
    const records = await world.records()
    expect(records.map(({ decision }) => decision)).toEqual(['allow', 'allow'])
    const would = records.map(({ record }) => (JSON.parse(record) as { result: { decision: string } }).result)
    // A passkey is asked and there is none: that would have been a refusal.
    expect(would.map(({ decision }) => decision)).toEqual(['deny', 'challenge'])
  })
  it('keeps no demands: the day it enforces, nobody is asked for what was never demanded', async () => {
    const world = await createWorld('observe')
    await ask(world, await world.device(), 'transfer')
    const { demands } = await world.store.loadAssessment({
      tenant: 'bank',
      route: 'assessments',
      op: 'x',
      subject: 'maya',
      session: 'one',
      jkt: undefined,
      visit: undefined,
      receipt: undefined,
      proof: undefined,
      openKey: undefined,
      spends: false,
      counters: [],
      nowMs: world.clock.now(),
    })
    expect(demands).toEqual([])
  })
  it('records what the enforcing policy recomputes to the digit', async () => {
    const world = await createWorld('observe')
    await ask(world, await world.device(), 'sign-in')
    const compiled = compilePolicy({ ...policy, mode: 'enforce' })
    if (!compiled.ok) throw new Error('the policy compiles')
    const [latest] = await world.records()
    const { decision, nats } = recompute(latest!.record, { policy: compiled.policy, model: shippedModel })
    expect({ decision, nats }).toMatchObject({ decision: 'challenge', nats: (await risk(world)).nats })
  })
  it('leaves the enrolment of authenticators guarded', async () => {
    const world = await createWorld('observe')
    const device = await world.device()
    await ask(world, device, 'sign-in')
    const opened = await world.guard.enroll({
      method: 'totp',
      subject: maya,
      session: 'one',
      request: {
        headers: new Headers({ ...(await device.headers()), 'x-client': '192.0.2.10', 'user-agent': agent }),
      },
    })
    expect(opened.ok).toBe(false)
  })
})
