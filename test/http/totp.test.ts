import { totpCode } from '@newel/testkit'
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest'
import { randomToken } from './back-end.ts'
import { sqliteDatabase } from './database.ts'
import {
  challenged,
  createPerson,
  enrollmentByMail,
  otherCode,
  raise,
  readChallenge,
  spend,
  startChallenge,
  startEnrollment,
  verifyChallenge,
  verifyEnrollment,
  type Person,
} from './people.ts'
import { decoded } from './server-keys.ts'
import { openWorld, type World } from './serve.ts'

const stepMs = 30_000
let world: World
let person: Person
let secret: string
let people = 0

beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
})
afterAll(() => world.close())

/** Somebody with an authenticator app, whose last code was accepted three steps ago. */
beforeEach(async () => {
  people += 1
  person = await createPerson(world, `tina-${people}`)
  const id = await enrollmentByMail(world, person, 'totp')
  secret = (await startEnrollment<{ secret: string }>(person, id)).body.secret
  const enrolled = await verifyEnrollment(person, id, { code: await codeAt(0) })
  expect(enrolled.status).toBe(200)
  world.clock.advance(3 * stepMs)
})

const codeAt = (steps: number): Promise<string> => totpCode(secret, world.clock.now() + steps * stepMs)

async function answer(id: string, code: unknown, by = person): Promise<[number, string | undefined]> {
  const { status, body } = await verifyChallenge(by, id, 'totp', { code })
  return [status, body.code]
}
const passed = [200, undefined]
const failed = [422, 'verification_failed']

describe('a time-based code', () => {
  it('is taken one step early or late and no more (RFC 6238 §5.2)', async () => {
    for (const steps of [-2, 2]) {
      const id = await challenged(world, person, raise)
      expect([steps, ...(await answer(id, await codeAt(steps)))]).toEqual([steps, ...failed])
    }
    for (const steps of [-1, 0, 1]) {
      const id = await challenged(world, person, raise)
      expect([steps, ...(await answer(id, await codeAt(steps)))]).toEqual([steps, ...passed])
    }
  })

  it('serves once: not again there, nor elsewhere, nor in the next step (RFC 6238 §5.2)', async () => {
    const code = await codeAt(0)
    const first = await challenged(world, person, raise)
    const second = await challenged(world, person, raise)
    expect(await answer(first, code)).toEqual(passed)
    expect(await answer(first, code)).toEqual(failed)
    expect(await answer(second, code)).toEqual(failed)
    const elsewhere = { ...person, session: 'E'.repeat(43) }
    expect(await answer(await challenged(world, elsewhere, raise), code, elsewhere)).toEqual(failed)
    world.clock.advance(stepMs)
    expect(await answer(await challenged(world, person, raise), code)).toEqual(failed)
    expect(await answer(await challenged(world, person, raise), await codeAt(0))).toEqual(passed)
  })

  it('that is older than one that was taken is not taken after it', async () => {
    const earlier = await codeAt(-1)
    expect(await answer(await challenged(world, person, raise), await codeAt(0))).toEqual(passed)
    expect(await answer(await challenged(world, person, raise), earlier)).toEqual(failed)
  })

  it('wins once, however many challenges it is sent to at once', async () => {
    const code = await codeAt(0)
    const ids = [await challenged(world, person, raise), await challenged(world, person, raise)]
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => answer(ids[index % 2] ?? '', code)),
    )
    expect(answers.filter(([status]) => status === 200)).toHaveLength(1)
    expect(answers.filter(([status]) => status >= 500)).toEqual([])
  })

  it('is six ASCII digits, or is not compared and not counted (RFC 4226 §5.3)', async () => {
    const id = await challenged(world, person, raise)
    const code = await codeAt(0)
    const shapes = [
      '1',
      '12345',
      '1234567',
      ` ${code}`,
      `${code} `,
      `${code}\n`,
      `+${code.slice(1)}`,
      `-${code.slice(1)}`,
      code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
      Number(code),
      [code],
      { code },
      null,
      true,
      '1'.repeat(60_000),
    ]
    for (const shape of shapes) {
      expect([shape, ...(await answer(id, shape))]).toEqual([shape, 400, 'invalid_request'])
    }
    expect((await readChallenge(person, id)).body.attempts_left).toBe(5)
    expect(await answer(id, code)).toEqual(passed)
  })

  it('of another person is no code', async () => {
    const mine = secret
    const other = await createPerson(world, `olga-${people}`)
    const enrollment = await enrollmentByMail(world, other, 'totp')
    secret = (await startEnrollment<{ secret: string }>(other, enrollment)).body.secret
    await verifyEnrollment(other, enrollment, { code: await codeAt(0) })
    world.clock.advance(3 * stepMs)
    const id = await challenged(world, person, raise)
    expect(await answer(id, await codeAt(0))).toEqual(failed)
    expect(await answer(id, await totpCode(mine, world.clock.now()))).toEqual(passed)
  })

  it('gives newel:otp and never more, and is no passkey (S-043, S-086)', async () => {
    const id = await challenged(world, person, raise)
    const { body } = await verifyChallenge(person, id, 'totp', { code: await codeAt(0) })
    expect(decoded(body.token).claims).toMatchObject({ acr: 'newel:otp', amr: ['otp'] })
    const { subject, session, page } = person
    const vault = await world.bankEnd.assess({
      action: 'vault.open',
      subject,
      session,
      headers: await page.headers(),
    })
    expect(vault.body).toMatchObject({ decision: 'deny', problem: 'unmet_authentication_requirements' })
  })
})

describe('what a requirement may ask for', () => {
  it.each(['9', 'AAL10', 'gold ', '', 'PHR', ['phr'], 3, null])(
    'is no acr of the ladder: %j',
    async (acr) => {
      const { subject, session, page } = person
      const receipt = await page.observe()
      const { status, body } = await world.bankEnd.call('POST', '/v1/assessments', {
        op: 'A'.repeat(22),
        action: 'statement.read',
        subject,
        session,
        receipt,
        proof: await page.proof(receipt),
        aud: 'https://bank.example',
        request: {},
        require: { acr },
      })
      expect([status, body['code']]).toEqual([400, 'invalid_request'])
    },
  )

  it('is not met by a mailed code where a time-based one is asked, nor by two of them (S-075)', async () => {
    const id = await challenged(world, person, raise)
    const byMail = await startChallenge(person, id, 'email')
    expect([byMail.status, (byMail.body as unknown as { code: string }).code]).toEqual([
      404,
      'challenge_unavailable',
    ])
    const guessed = await verifyChallenge(person, id, 'email', { code: '12345678' })
    expect([guessed.status, guessed.body.code]).toEqual(failed)
  })
})

describe('a seed', () => {
  it('serves only once a code has proven it, and is shown once (S-051)', async () => {
    const other = await createPerson(world, `sven-${people}`)
    const enrollment = await enrollmentByMail(world, other, 'totp')
    const first = (await startEnrollment<{ secret: string }>(other, enrollment)).body.secret
    const { subject, session, page } = other
    const asked = await world.bankEnd.assess({ ...raise, subject, session, headers: await page.headers() })
    expect(asked.body).toMatchObject({ decision: 'deny', problem: 'unmet_authentication_requirements' })
    const seen = await page.call('GET', `/v1/enrollments/${enrollment}`)
    expect(JSON.stringify(seen.body)).not.toContain(first)
    const wrong = await verifyEnrollment(other, enrollment, {
      code: otherCode(await totpCode(first, world.clock.now())),
    })
    expect([wrong.status, wrong.body.code]).toEqual(failed)
    const right = await verifyEnrollment(other, enrollment, {
      code: await totpCode(first, world.clock.now()),
    })
    expect(right.status).toBe(200)
    for (const path of [`/v1/subjects/${subject.id}/authenticators`, `/v1/subjects/${subject.id}/export`]) {
      const { status, body } = await world.bankEnd.call('GET', path)
      expect([status, JSON.stringify(body).includes(first)]).toEqual([200, false])
    }
  })

  it('is told to nobody once it serves, were it the same call by the same key (S-051)', async () => {
    const other = await createPerson(world, `seth-${(people += 1)}`)
    const id = await enrollmentByMail(world, other, 'totp')
    const path = `/v1/enrollments/${id}/start`
    const body = { op: randomToken() }
    const started = await other.page.call<{ secret: string }>('POST', path, body)
    const seed = started.body.secret
    expect((await other.page.call('POST', path, body)).body).toEqual(started.body)
    const code = await totpCode(seed, world.clock.now())
    expect((await verifyEnrollment(other, id, { code })).status).toBe(200)
    const late = await other.page.call('POST', path, body)
    expect([late.status, late.body['code']]).toEqual([404, 'challenge_unavailable'])
    expect(JSON.stringify(late.body)).not.toContain(seed)
  })

  it('has 160 bits (RFC 4226 §4)', () => {
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  })

  it('of an enrolment does not answer a challenge, nor the other way round', async () => {
    const id = await challenged(world, person, raise)
    const code = await codeAt(0)
    const asEnrollment = await person.page.call('POST', `/v1/enrollments/${id}/verify`, {
      op: 'B'.repeat(22),
      response: { code },
    })
    expect([asEnrollment.status, asEnrollment.body['code']]).toEqual(failed)
    expect(await answer(id, code)).toEqual(passed)
  })

  it('opens an action for one run', async () => {
    const id = await challenged(world, person, raise)
    const { token } = (await verifyChallenge(person, id, 'totp', { code: await codeAt(0) })).body
    expect((await spend(world, person, raise, token)).status).toBe(200)
    expect((await spend(world, person, raise, token)).status).toBe(401)
    expect(world.errors).toEqual([])
  })
})

describe('an enrolment that somebody overheard', () => {
  it('gives its seed again to the key that signs again, and to nobody who sends the same again', async () => {
    const owner = await createPerson(world, `tina-${(people += 1)}`)
    const path = `/v1/enrollments/${await enrollmentByMail(world, owner, 'totp')}/start`
    const body = { op: randomToken() }
    const sign = () => owner.page.dpop('POST', path)
    const once = await sign()
    const started = await owner.page.call<{ secret: string }>('POST', path, body, { dpop: once })
    expect(started.body.secret).toMatch(/^[A-Z2-7]{32}$/)
    const overheard = async (dpop: string) => {
      const { status, body: said } = await owner.page.call<object>('POST', path, body, { dpop })
      expect(JSON.stringify(said)).not.toContain(started.body.secret)
      return status
    }
    expect(await overheard(once)).toBe(400)
    // The reply was lost: the page signs the same call anew.
    const again = await sign()
    expect((await owner.page.call<object>('POST', path, body, { dpop: again })).body).toEqual(started.body)
    expect(await overheard(again)).toBe(400)
    // Eight that race with one proof: one of them at most.
    const shared = await sign()
    const racing = await Promise.all(
      Array.from({ length: 8 }, () => owner.page.call<object>('POST', path, body, { dpop: shared })),
    )
    expect(racing.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})
