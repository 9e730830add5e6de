import { base64url } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sqliteDatabase } from './database.ts'
import { createPasskey, flags, type Forgery, type Passkey } from './passkey.ts'
import {
  challenged,
  challengedToEnroll,
  createPerson,
  enrolledPasskey,
  enrollmentByMail,
  openEnrollment,
  startChallenge,
  startEnrollment,
  vault,
  verifyChallenge,
  verifyEnrollment,
  type Person,
} from './people.ts'
import { openWorld, type World } from './serve.ts'
import { bank } from './world.ts'

const [origin] = bank.origins
type Options = Record<string, unknown>

let world: World
let person: Person
let passkey: Passkey
let people = 0

beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
})
afterAll(() => world.close())
beforeEach(async () => {
  people += 1
  person = await createPerson(world, `pia-${people}`)
  passkey = await enrolledPasskey(world, person)
  world.clock.advance(1000)
})

const passed = [200, undefined]
const failed = [422, 'verification_failed']

async function opened(by = person): Promise<{ id: string; options: Options }> {
  const id = await challenged(world, by, vault)
  return { id, options: (await startChallenge(by, id, 'passkey')).body.options }
}
async function answer(id: string, response: object, by = person): Promise<[number, string | undefined]> {
  const { status, body } = await verifyChallenge(by, id, 'passkey', response)
  return [status, body.code]
}
describe('a registration', () => {
  async function enrolling(): Promise<{ id: string; options: Options }> {
    const id = await openedByPasskey()
    return { id, options: (await startEnrollment<{ options: Options }>(person, id)).body.options }
  }
  /** Who has a passkey proves it to enrol another. */
  async function openedByPasskey(): Promise<string> {
    return openEnrollment(world, person, 'passkey', async () => {
      const id = await challengedToEnroll(world, person, 'passkey')
      const { options } = (await startChallenge(person, id, 'passkey')).body
      return (await verifyChallenge(person, id, 'passkey', await passkey.get(options, origin))).body.token
    })
  }
  const enroll = async (id: string, response: object, by = person): Promise<[number, string | undefined]> => {
    const { status, body } = await verifyEnrollment(by, id, response)
    return [status, body.code]
  }

  it('is for the nonce, origin, RP ID and flags that were asked, and no assertion (§7.1)', async () => {
    const forgeries: Record<string, Forgery> = {
      'an assertion': { type: 'webauthn.get' },
      'another nonce': { challenge: base64url.encode(new Uint8Array(32)) },
      'another origin': { origin: 'https://bank.example.evil.test' },
      'another RP ID': { rpId: 'shop.example' },
      'not verified': { flags: flags.present },
      'nobody there': { flags: flags.verified },
      'in a frame': { clientData: { crossOrigin: true } },
    }
    for (const [what, forgery] of Object.entries(forgeries)) {
      const { id, options } = await enrolling()
      const response = await (await createPasskey()).create(options, origin, forgery)
      expect([what, ...(await enroll(id, response))]).toEqual([what, ...failed])
      world.clock.advance(16 * 60_000)
    }
    const { id, options } = await enrolling()
    expect(await enroll(id, await (await createPasskey()).create(options, origin))).toEqual(passed)
  })

  it('is refused for a credential that somebody has, whoever it is (§7.1)', async () => {
    const other = await createPerson(world, `oona-${people}`)
    const id = await enrollmentByMail(world, other, 'passkey')
    const { options } = (await startEnrollment<{ options: Options }>(other, id)).body
    expect(await enroll(id, await passkey.create(options, origin), other)).toEqual(failed)
    const listed = await world.bankEnd.call<{ authenticators: { method: string }[] }>(
      'GET',
      `/v1/subjects/${other.subject.id}/authenticators`,
    )
    expect(listed.body.authenticators.map(({ method }) => method)).toEqual(['email'])
  })

  it('names the person by random bytes, and the credentials they have (§14.6.1)', async () => {
    const { options } = await enrolling()
    const { user, excludeCredentials } = options as {
      user: { id: string }
      excludeCredentials: { id: string }[]
    }
    expect(base64url.decode(user.id)).toHaveLength(64)
    expect(Buffer.from(user.id, 'base64url').toString('latin1')).not.toContain(person.subject.id)
    expect(excludeCredentials.map(({ id }) => id)).toEqual([passkey.id])
  })

  it('does not answer a challenge, nor an assertion an enrolment', async () => {
    const { id, options } = await opened()
    const created = await (
      await createPasskey()
    ).create({ ...options, rp: { id: 'bank.example' }, user: { id: 'AA' } }, origin)
    expect(await answer(id, created)).toEqual([400, 'invalid_request'])
    const enrolment = await enrolling()
    const asserted = await passkey.get({ ...enrolment.options, rpId: 'bank.example' }, origin)
    expect(await enroll(enrolment.id, asserted)).toEqual([400, 'invalid_request'])
  })

  it('made later does not answer a challenge that was open before it', async () => {
    const { id } = await opened()
    const { id: enrolment, options } = await enrolling()
    const late = await createPasskey()
    world.clock.advance(1000)
    expect(await enroll(enrolment, await late.create(options, origin))).toEqual(passed)
    const started = await startChallenge(person, id, 'passkey')
    expect(await answer(id, await late.get(started.body.options, origin))).toEqual(failed)
    expect(await answer(id, await passkey.get(started.body.options, origin))).toEqual(passed)
    expect(world.errors).toEqual([])
  })
})
