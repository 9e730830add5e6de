/** Random audits over HTTP: who is asked is fixed by the key, and asking otherwise changes nothing. */
import { compilePolicy, recompute, shippedModel } from '@newel/engine'
import type { CheckOutcome } from '@newel/guard'
import { defaultPolicy, type Policy } from '@newel/server'
import type { TestDevice } from '@newel/testkit'
import { base64url } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from './support/world.ts'

const agent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const policy: Policy = {
  ...defaultPolicy,
  audit_share: 0.25,
  actions: {
    'sign-in': { params: 'none', starts_session: true },
    read: { params: 'none' },
  },
}
/** Under this key the coins of the accounts below fall as their names say. */
const masterKey = base64url.encode(new Uint8Array(32).fill(7))
const drawn = 'maya'
const spared = 'noor'
const dayMs = 86_400_000

let world: World
beforeEach(async () => {
  world = await createWorld(policy, masterKey)
})

async function ask(device: TestDevice | undefined, subject: string, action = 'sign-in', token?: string) {
  world.clock.advance(1000)
  return world.guard.check({
    action,
    subject: { id: subject, email: { value: `${subject}@mail.test`, verified_at_ms: 1 } },
    ...(action === 'sign-in' ? {} : { session: `s-${subject}` }),
    request: {
      headers: new Headers({
        ...(device === undefined ? {} : await device.headers(token)),
        'x-client': '192.0.2.10',
        'user-agent': agent,
      }),
    },
  })
}

const challengeOf = (result: CheckOutcome): string => {
  if (result.ok || result.problem.challenge === undefined) throw new Error('a challenge was expected')
  return result.problem.challenge.id
}

const pass = async (device: TestDevice, subject: string, asked: CheckOutcome): Promise<CheckOutcome> =>
  ask(device, subject, 'sign-in', await device.pass(challengeOf(asked)))

/** A device that its account has proven by a mailed code, more than a day ago. */
async function acquainted(subject: string): Promise<TestDevice> {
  const device = await world.device()
  expect(await pass(device, subject, await ask(device, subject))).toMatchObject({ ok: true, via: 'token' })
  device.reset()
  world.clock.advance(dayMs + 3_600_000)
  return device
}

const latest = async () => {
  const [row] = await world.records()
  return row!
}

describe('an audit', () => {
  it('asks one account and not the other, and both records say what the chance was', async () => {
    const free = await acquainted(spared)
    expect(await ask(free, spared)).toMatchObject({ ok: true, via: 'assessment' })
    expect(JSON.parse((await latest()).record)).toMatchObject({
      result: { level: 'low', audit: { drawn: false, propensity: 0.75 } },
    })

    const asked = await acquainted(drawn)
    expect(await ask(asked, drawn)).toMatchObject({
      ok: false,
      problem: { code: 'insufficient_user_authentication', acr_values: 'newel:contact' },
    })
    const { record, decision, level } = await latest()
    expect([decision, level]).toEqual(['challenge', 'low'])
    const compiled = compilePolicy(policy)
    if (!compiled.ok) throw new Error('the policy compiles')
    const { reasons, audit } = recompute(record, { policy: compiled.policy, model: shippedModel })
    expect(audit).toEqual({ drawn: true, propensity: 0.25 })
    expect(reasons.map(({ code }) => code)).toContain('random_audit')
  })
  it('is not dodged by asking again: not by another visit, another action, without a proof, or after a day', async () => {
    const device = await acquainted(drawn)
    const asked = challengeOf(await ask(device, drawn))
    expect(challengeOf(await ask(device, drawn))).toBe(asked)
    device.reset()
    expect(await ask(device, drawn)).toMatchObject({ ok: false })
    expect(await ask(device, drawn, 'read')).toMatchObject({ ok: false })
    expect(await ask(undefined, drawn)).toMatchObject({ ok: false })
    await device.challenge(asked).cancel()
    world.clock.advance(2 * dayMs)
    expect(await ask(device, drawn)).toMatchObject({
      ok: false,
      problem: { code: 'insufficient_user_authentication' },
    })
    expect(JSON.parse((await latest()).record)).toMatchObject({ result: { audit: { drawn: true } } })
  })
  it('that was passed is over for a day, and is an outcome like any other', async () => {
    const device = await acquainted(drawn)
    const asked = await ask(device, drawn)
    expect(await pass(device, drawn, asked)).toMatchObject({ ok: true, via: 'token' })
    device.reset()
    world.clock.advance(4 * 3_600_000)
    expect(await ask(device, drawn)).toMatchObject({ ok: true, via: 'assessment' })
    expect(JSON.parse((await latest()).record)).not.toHaveProperty('coin')
    const exported = JSON.stringify(await world.store.exportSubject('bank', drawn))
    expect(exported).toContain('\\"audit\\":{\\"drawn\\":true')
  })
  it('is of the tenant that asks for it: none is where the share is 0', async () => {
    world = await createWorld({ ...policy, audit_share: 0 }, masterKey)
    const device = await acquainted(drawn)
    expect(await ask(device, drawn)).toMatchObject({ ok: true, via: 'assessment' })
    expect(JSON.parse((await latest()).record)).not.toHaveProperty('coin')
  })
})
