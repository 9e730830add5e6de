import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomToken } from './back-end.ts'
import { sqliteDatabase } from './database.ts'
import {
  challenged,
  createPerson,
  mailedCode,
  otherCode,
  readChallenge,
  startChallenge,
  transfer,
  verifyChallenge,
  type Person,
} from './people.ts'
import { openWorld, type World } from './serve.ts'
import { bank } from './world.ts'

let world: World
let people = 0

beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
})
afterAll(() => world.close())

const somebody = (): Promise<Person> => createPerson(world, `lee-${++people}`)
const minute = 60_000

async function answer(person: Person, id: string, code: string, op = randomToken()) {
  const path = `/v1/challenges/${id}/verify`
  const { status, body, headers } = await person.page.call<{ token?: string; code?: string }>('POST', path, {
    op,
    method: 'email',
    response: { code },
  })
  return { status, code: body.code, token: body.token, retryAfter: Number(headers.get('retry-after')) }
}

/** The mail contact's row, where attempts are counted. */
async function contact({ subject }: Person) {
  const { authenticators } = await world.store.loadSubject({
    tenant: bank.id,
    subject: subject.id,
    route: 'test',
    op: undefined,
  })
  return authenticators[0]
}

describe('attempts', () => {
  it('are five a challenge, and the right code after them is as wrong as any', async () => {
    const person = await somebody()
    const id = await challenged(world, person, transfer)
    const code = await mailedCode(world, person, id)
    for (let left = 5; left > 0; left--) {
      expect((await readChallenge(person, id)).body.attempts_left).toBe(left)
      expect(await answer(person, id, otherCode(code))).toMatchObject({ status: 422 })
    }
    expect((await readChallenge(person, id)).status).toBe(404)
    expect(await answer(person, id, code)).toMatchObject({ status: 422, code: 'verification_failed' })
  })

  it('are ten an authenticator in fifteen minutes, whatever the challenge, session, code or device', async () => {
    const person = await somebody()
    let waited = 0
    let tried = 0
    for (let round = 0; round < 2; round++) {
      const session = `${round}`.repeat(43)
      const by = { ...person, session, page: await world.page() }
      const id = await challenged(world, by, transfer)
      const code = await mailedCode(world, by, id)
      for (let attempt = 0; attempt < 5; attempt++) {
        let said = await answer(by, id, otherCode(code))
        if (said.status === 429) {
          // From the fifth failure on each one makes the next wait longer.
          expect(said.retryAfter).toBeGreaterThan(0)
          waited += said.retryAfter
          world.clock.advance(said.retryAfter * 1000)
          said = await answer(by, id, otherCode(code))
        }
        expect(said.status).toBe(422)
        tried += 1
      }
    }
    expect(tried).toBe(10)
    expect(waited).toBe(1 + 2 + 4 + 8 + 16)
    world.clock.advance(minute)
    const id = await challenged(world, person, transfer)
    const code = await mailedCode(world, person, id)
    const closed = await answer(person, id, code)
    expect(closed).toMatchObject({ status: 429, code: 'too_many_requests' })
    expect(closed.retryAfter).toBeGreaterThan(10 * 60)
    world.clock.advance(closed.retryAfter * 1000)
    const again = await challenged(world, person, transfer)
    const fresh = await mailedCode(world, person, again)
    expect(await answer(person, again, fresh)).toMatchObject({ status: 200 })
  })

  it('that were refused for their number count for nothing', async () => {
    const person = await somebody()
    const id = await challenged(world, person, transfer)
    const wrong = otherCode(await mailedCode(world, person, id))
    for (let attempt = 0; attempt < 5; attempt++) await answer(person, id, wrong)
    const next = await challenged(world, person, transfer)
    for (let attempt = 0; attempt < 3; attempt++) expect((await answer(person, next, wrong)).status).toBe(429)
    expect((await readChallenge(person, next)).body.attempts_left).toBe(5)
    expect((await contact(person))?.consecutiveFailures).toBe(5)
  })

  it('are not given back by a new code', async () => {
    const person = await somebody()
    const id = await challenged(world, person, transfer)
    const code = await mailedCode(world, person, id)
    for (let attempt = 0; attempt < 4; attempt++) await answer(person, id, otherCode(code))
    world.clock.advance(31_000)
    const renewed = await mailedCode(world, person, id)
    expect((await readChallenge(person, id)).body.attempts_left).toBe(1)
    expect(await answer(person, id, code === renewed ? otherCode(code) : code)).toMatchObject({ status: 422 })
    expect(await answer(person, id, renewed)).toMatchObject({ status: 422 })
  })

  it('at once count no fewer than they are', async () => {
    const person = await somebody()
    const id = await challenged(world, person, transfer)
    const code = await mailedCode(world, person, id)
    const few = await Promise.all(Array.from({ length: 4 }, () => answer(person, id, otherCode(code))))
    expect(few.map(({ status }) => status)).toEqual([422, 422, 422, 422])
    expect((await readChallenge(person, id)).body.attempts_left).toBe(1)
    expect((await contact(person))?.consecutiveFailures).toBe(4)

    const many = await Promise.all(Array.from({ length: 16 }, () => answer(person, id, otherCode(code))))
    expect(many.every(({ status }) => status === 422 || status === 429)).toBe(true)
    expect((await contact(person))?.consecutiveFailures).toBe(5)
    world.clock.advance(minute)
    expect(await answer(person, id, code)).toMatchObject({ status: 422 })
  })

  it('at once on several challenges stay within the limit of the authenticator', async () => {
    const person = await somebody()
    const ids = [await challenged(world, person, transfer), await challenged(world, person, transfer)]
    for (const id of ids) {
      await mailedCode(world, person, id)
      world.clock.advance(31_000)
    }
    await Promise.all(
      Array.from({ length: 32 }, (_, index) => answer(person, ids[index % 2] ?? '', '00000000')),
    )
    const failures = (await contact(person))?.consecutiveFailures ?? 0
    // The fifth makes the next one wait, and nobody waited.
    expect(failures).toBe(5)
  })

  it('with the right code, two hundred at once, give one token', async () => {
    const person = await somebody()
    const one = await challenged(world, person, transfer)
    const code = await mailedCode(world, person, one)
    const op = randomToken()
    const same = await Promise.all(Array.from({ length: 200 }, () => answer(person, one, code, op)))
    const tokens = new Set(same.flatMap(({ token }) => token ?? []))
    expect(tokens.size).toBe(1)
    expect(same.filter(({ status }) => ![200, 422, 429].includes(status))).toEqual([])

    world.clock.advance(31_000)
    const two = await challenged(world, person, transfer)
    const next = await mailedCode(world, person, two)
    const others = await Promise.all(Array.from({ length: 200 }, () => answer(person, two, next)))
    expect(others.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(others.filter(({ status }) => ![200, 422, 429].includes(status))).toEqual([])
  })
})

describe('an authenticator that failed too often in a row', () => {
  it('is out until it is bound again, however long anybody waits', async () => {
    const strict = await openWorld(await sqliteDatabase(), { limits: { consecutiveFailures: 6 } })
    try {
      const person = await createPerson(strict, 'max')
      const fail = async (): Promise<number> => {
        const id = await challenged(strict, person, transfer)
        const code = await mailedCode(strict, person, id)
        const { status } = await verifyChallenge(person, id, 'email', { code: otherCode(code) })
        strict.clock.advance(20 * minute)
        return status
      }
      for (let failure = 0; failure < 6; failure++) expect(await fail()).toBe(422)
      strict.clock.advance(48 * 60 * minute)
      const { subject, session, page } = person
      const { body } = await strict.bankEnd.assess({
        ...transfer,
        subject,
        session,
        headers: await page.headers(),
      })
      expect(body).toMatchObject({ decision: 'deny', problem: 'unmet_authentication_requirements' })
    } finally {
      await strict.close()
    }
  })
})

describe('sends', () => {
  it('are three in ten minutes and ten a day to a person, over all challenges', async () => {
    const person = await somebody()
    const start = async (): Promise<{ status: number; retryAfter: number }> => {
      const { status, headers } = await startChallenge(
        person,
        await challenged(world, person, transfer),
        'email',
      )
      return { status, retryAfter: Number(headers.get('retry-after')) }
    }
    const sent = async (): Promise<number> =>
      world.mailbox.mails.filter(({ to }) => to === person.mail).length
    for (let send = 0; send < 3; send++) expect((await start()).status).toBe(200)
    const refused = await start()
    expect(refused.status).toBe(429)
    expect(refused.retryAfter).toBe(600)
    expect(await sent()).toBe(3)
    for (let send = 3; send < 10; send++) {
      world.clock.advance(10 * minute)
      expect((await start()).status).toBe(200)
    }
    world.clock.advance(10 * minute)
    const tomorrow = await start()
    expect(tomorrow.status).toBe(429)
    expect(tomorrow.retryAfter).toBeGreaterThan(20 * 3600)
    expect(await sent()).toBe(10)
  })

  it('at once stay within the limit', async () => {
    const person = await somebody()
    const ids: string[] = []
    for (let each = 0; each < 8; each++) ids.push(await challenged(world, person, transfer))
    const answers = await Promise.all(ids.map((id) => startChallenge(person, id, 'email')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(world.mailbox.mails.filter(({ to }) => to === person.mail)).toHaveLength(3)
  })

  it('to one address are counted together, whoever it is said to belong to', async () => {
    const shared = 'Shared@mail.example'
    const two = [await somebody(), await somebody()]
    for (const { subject } of two) {
      const email = { value: shared, verified_at_ms: world.clock.now() }
      await world.bankEnd.call('PUT', `/v1/subjects/${subject.id}`, { email })
    }
    world.clock.advance(25 * 60 * minute)
    const before = world.mailbox.mails.length
    const statuses: number[] = []
    for (const person of [...two, ...two]) {
      statuses.push((await startChallenge(person, await challenged(world, person, transfer), 'email')).status)
    }
    expect(statuses).toEqual([200, 200, 200, 429])
    expect(world.mailbox.mails.length - before).toBe(3)
  })

  it('of one challenge are half a minute apart', async () => {
    const person = await somebody()
    const id = await challenged(world, person, transfer)
    expect((await startChallenge(person, id, 'email')).status).toBe(200)
    const soon = await startChallenge(person, id, 'email')
    expect([soon.status, soon.headers.get('retry-after')]).toEqual([429, '30'])
    world.clock.advance(30_000)
    expect((await startChallenge(person, id, 'email')).status).toBe(200)
  })

  it('that are repeated with their op are one', async () => {
    const person = await somebody()
    const id = await challenged(world, person, transfer)
    const body = { op: randomToken(), method: 'email' }
    const path = `/v1/challenges/${id}/start`
    const first = await person.page.call('POST', path, body)
    const again = await person.page.call('POST', path, body)
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(world.mailbox.mails.filter(({ to }) => to === person.mail)).toHaveLength(1)
    const other = await person.page.call('POST', path, { ...body, method: 'totp' })
    expect([other.status, other.body['code']]).toEqual([409, 'op_reused'])
  })

  it('nothing of this was an error of the server', () => {
    expect(world.errors).toEqual([])
  })
})
