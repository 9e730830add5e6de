import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { specs, type RouteName, type RouteSpec } from '../../packages/server/src/routes/specs/index.ts'
import { randomToken } from './back-end.ts'
import { sqliteDatabase } from './database.ts'
import { prepare } from './requests.ts'
import { send } from './send.ts'
import { openWorld, type World } from './serve.ts'
import { bank, shop } from './world.ts'

type Body = Readonly<Record<string, unknown>>

/** Routes that a client repeats under one op, with another body that is as good; those without have no more than the op. */
const repeatable: Partial<Record<RouteName, ((body: Body) => Body) | undefined>> = {
  challengeStart: (body) => ({ ...body, method: 'totp' }),
  challengeVerify: (body) => ({
    ...body,
    response: { ...(body['response'] as object), clientExtensionResults: { appid: true } },
  }),
  challengeCancel: undefined,
  enrollmentStart: undefined,
  enrollmentVerify: (body) => ({ ...body, label: 'Tablet' }),
  enrollmentCancel: undefined,
  assessment: (body) => ({ ...body, params: { to: 'CH93-0076', amount: '9120.50' } }),
  consume: (body) => ({ ...body, params: { to: 'CH93-0076', amount: '9120.50' } }),
  event: (body) => ({ ...body, vouched: false }),
  feedback: (body) => ({ ...body, label: 'legitimate' }),
  enrollmentOpen: (body) => ({ ...body, method: 'passkey' }),
  authenticatorRemove: (body) => ({ ...body, request: {} }),
}
const names = Object.keys(repeatable) as RouteName[]

let world: World
beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
})
afterAll(() => world.close())

describe('an op', () => {
  it.each(names)('of %s gets one answer, however often it is asked', async (name) => {
    const spec: RouteSpec = specs[name]
    const { path, body = {}, person } = await prepare(world, name, `ops-${name}`)
    const say = async (text: Body): Promise<[number, string]> => {
      const { status, text: answer } = await send(world, spec, person, { path, body: JSON.stringify(text) })
      return [status, answer]
    }
    // No more than a challenge has attempts: each that begins before the first has its answer is one.
    const racing = await Promise.all(Array.from({ length: 5 }, () => say(body)))
    expect(new Set(racing.map((answer) => JSON.stringify(answer)))).toHaveLength(1)
    const [first] = racing
    expect(first?.[0]).toBe(200)
    world.clock.advance(60_000)
    // A repeat is signed anew, and that proof is used up as any other.
    const before = await world.database.digest(['used_proofs'])
    expect(await say(body)).toEqual(first)
    const other = repeatable[name]?.(body)
    if (other !== undefined) expect((await say(other))[1]).toContain('op_reused')
    expect(await world.database.digest(['used_proofs'])).toBe(before)
  })

  it('belongs to a route and a tenant', async () => {
    const { path, body, person } = await prepare(world, 'event', 'ops-two')
    const op = randomToken()
    const at = async (secretKey: string | undefined, text: object): Promise<number> => {
      const headers = { authorization: `Bearer ${secretKey ?? ''}` }
      return (await send(world, specs.event, person, { path, body: JSON.stringify(text), headers })).status
    }
    const ended = {
      op,
      type: 'session.ended',
      subject: person.subject,
      session: person.session,
      reason: 'idle',
    }
    expect(await at(bank.secretKeys[0], { ...body, op })).toBe(200)
    expect(await at(bank.secretKeys[0], ended)).toBe(409)
    expect(await at(shop.secretKeys[0], ended)).toBe(200)
    const asked = { op, action: 'statement.read', subject: person.subject, session: person.session }
    expect((await world.bankEnd.assess(asked)).status).toBe(200)
    expect(world.errors).toEqual([])
  })
})
