import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteDatabase } from './database.ts'
import {
  challenged,
  createPerson,
  enrollmentByMail,
  mailedCode,
  otherCode,
  transfer,
  verifyChallenge,
  type Person,
} from './people.ts'
import { randomToken } from './back-end.ts'
import { openWorld, type World } from './serve.ts'

let world: World
let person: Person
/** Challenges that cannot be answered, by why; nothing of an answer may tell which it is. */
const closed = new Map<string, string>()

beforeAll(async () => {
  world = await openWorld(await sqliteDatabase(), { limits: { attemptsPerWindow: 100 } })
  person = await createPerson(world, 'ada')
  const other = await createPerson(world, 'bob')
  closed.set('one that ran out of time', await challenged(world, person, transfer))
  await mailedCode(world, person, closed.get('one that ran out of time') ?? '')
  world.clock.advance(300_000)
  closed.set('one that never was', `chl_0${'0'.repeat(37)}`)
  closed.set('no id at all', 'hello')
  closed.set('an enrolment', await enrollmentByMail(world, person, 'totp'))
  closed.set("somebody else's", await challenged(world, other, transfer))
  await mailedCode(world, other, closed.get("somebody else's") ?? '')
  world.clock.advance(60_000)
  const cancelled = await challenged(world, person, transfer)
  await person.page.call('POST', `/v1/challenges/${cancelled}/cancel`, { op: randomToken() })
  closed.set('one that was given up', cancelled)
  world.clock.advance(600_000)
  const passed = await challenged(world, person, transfer)
  const code = await mailedCode(world, person, passed)
  expect((await verifyChallenge(person, passed, 'email', { code })).status).toBe(200)
  closed.set('one that was passed', passed)
  world.clock.advance(60_000)
  const exhausted = await challenged(world, person, transfer)
  const wrong = otherCode(await mailedCode(world, person, exhausted))
  for (let attempt = 0; attempt < 5; attempt++)
    await verifyChallenge(person, exhausted, 'email', { code: wrong })
  closed.set('one that has no attempts left', exhausted)
  // Past the wait that failures brought, within the life of the challenges above.
  world.clock.advance(60_000)
})
afterAll(() => world.close())

/** Everything of an answer but what is new in each: nonce, times and the connection's own headers. */
async function seen(method: string, path: string, body?: object): Promise<string> {
  const answer = await person.page.call(method, path, body)
  const headers = [...answer.headers]
    .map(([name, value]) => (/^(?:dpop-nonce|newel-time|date)$/.test(name) ? name : `${name}: ${value}`))
    .sort()
  return JSON.stringify([answer.status, headers, answer.body])
}

describe('a challenge that cannot be answered', () => {
  it.each([
    ['read', 'GET', '', undefined],
    ['started', 'POST', '/start', { method: 'email' }],
    ['cancelled', 'POST', '/cancel', {}],
    ['answered', 'POST', '/verify', { method: 'email', response: { code: '12345678' } }],
  ] as const)('looks alike for each reason when it is %s', async (_, method, verb, body) => {
    const answers = new Map<string, string[]>()
    for (const [why, id] of closed) {
      const answer = await seen(method, `/v1/challenges/${id}${verb}`, body && { op: randomToken(), ...body })
      answers.set(answer, [...(answers.get(answer) ?? []), why])
    }
    expect([...answers.values()]).toEqual([[...closed.keys()]])
    const [text = ''] = answers.keys()
    expect(text).toContain(verb === '/verify' ? 'verification_failed' : 'challenge_unavailable')
  })

  it('and a wrong code look alike', async () => {
    const id = await challenged(world, person, transfer)
    const verify = (challenge: string): Promise<string> =>
      seen('POST', `/v1/challenges/${challenge}/verify`, {
        op: randomToken(),
        method: 'email',
        response: { code: '12345678' },
      })
    const wrong = await verify(id)
    for (const [why, other] of closed) expect([why, await verify(other)]).toEqual([why, wrong])
  })

  it('is not answered by a method that it does not offer, as if the answer were wrong', async () => {
    person = await createPerson(world, 'cleo')
    const id = await challenged(world, person, transfer)
    const by = (method: string, code: string): Promise<string> =>
      seen('POST', `/v1/challenges/${id}/verify`, { op: randomToken(), method, response: { code } })
    expect(await by('totp', '123456')).toBe(await by('email', '12345678'))
    expect(world.errors).toEqual([])
  })
})
