import { base64url } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sqliteDatabase } from './database.ts'
import { flags, type Forgery, type Passkey } from './passkey.ts'
import {
  challenged,
  createPerson,
  enrolledPasskey,
  readChallenge,
  startChallenge,
  vault,
  verifyChallenge,
  type Person,
} from './people.ts'
import { decoded } from './server-keys.ts'
import { openWorld, type World } from './serve.ts'
import { bank, shop } from './world.ts'

const [origin] = bank.origins
const wholesome = flags.present | flags.verified
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
/** Answers challenges of its own with each forgery in turn. */
async function each(forgeries: Record<string, Forgery>, expected: unknown[]): Promise<void> {
  for (const [what, forgery] of Object.entries(forgeries)) {
    const { id, options } = await opened()
    expect([what, ...(await answer(id, await passkey.get(options, origin, forgery)))]).toEqual([
      what,
      ...expected,
    ])
    // Failures make the next attempt wait; they are not what is tested here.
    world.clock.advance(16 * 60_000)
  }
}

describe('an assertion', () => {
  it('that is honest passes as phr, by a key that stays on its device (WebAuthn §7.2)', async () => {
    const { id, options } = await opened()
    const { status, body } = await verifyChallenge(person, id, 'passkey', await passkey.get(options, origin))
    expect(status).toBe(200)
    expect(decoded(body.token).claims).toMatchObject({ acr: 'phr', amr: ['hwk', 'user'] })
  })

  it('answers a nonce of the server for this challenge, once (§13.4.3)', async () => {
    const first = await opened()
    const second = await opened()
    const nonce = base64url.decode(first.options['challenge'] as string)
    expect(nonce).toHaveLength(32)
    expect(await answer(second.id, await passkey.get(first.options, origin))).toEqual(failed)
    world.clock.advance(16 * 60_000)

    const { id, options } = await opened()
    const again = await startChallenge(person, id, 'passkey')
    expect(await answer(id, await passkey.get(options, origin))).toEqual(failed)
    const response = await passkey.get(again.body.options, origin)
    expect(await answer(id, response)).toEqual(passed)
    expect(await answer(id, response)).toEqual(failed)
    expect(await answer((await opened()).id, response)).toEqual(failed)
  })

  it('before there was a nonce is none', async () => {
    const { options } = await opened()
    const id = await challenged(world, person, vault)
    expect(await answer(id, await passkey.get(options, origin))).toEqual(failed)
    expect(await answer(id, await passkey.get({ ...options, challenge: '' }, origin))).toEqual(failed)
  })

  it('is of its type, for an origin and an RP ID of this tenant (§7.2, §13.5.9)', async () => {
    await each(
      {
        'a registration': { type: 'webauthn.create' },
        'a payment': { type: 'payment.get' },
        'another nonce': { challenge: base64url.encode(new Uint8Array(32)) },
        'plain http': { origin: 'http://bank.example' },
        'another port': { origin: 'https://bank.example:8443' },
        'a subdomain': { origin: 'https://www.bank.example' },
        'a longer name': { origin: 'https://bank.example.evil.test' },
        'no origin': { origin: 'null' },
        'the tenant beside it': { origin: shop.origins[0] },
        'the RP ID of the tenant beside it': { rpId: 'shop.example' },
        'the RP ID above it': { rpId: 'example' },
      },
      failed,
    )
  })

  it('is made in a page of its own and not in a frame (§7.2)', async () => {
    await each(
      {
        'across origins': { clientData: { crossOrigin: true } },
        'under another top': { clientData: { topOrigin: 'https://evil.test' } },
        'under its own top': { clientData: { topOrigin: origin } },
        'in words': { clientData: { crossOrigin: 'false' } },
      },
      failed,
    )
  })

  it('shows a person who is there and verified (§7.2)', async () => {
    await each(
      {
        'nobody there': { flags: flags.verified },
        'not verified': { flags: flags.present },
        neither: { flags: 0 },
      },
      failed,
    )
  })

  it('keeps the backup flags it was made with (§6.1.3)', async () => {
    await each(
      {
        'synced without being able to': { flags: wholesome | flags.backedUp },
        'able to sync all at once': { flags: wholesome | flags.backupEligible },
        'synced all at once': { flags: wholesome | flags.backupEligible | flags.backedUp },
      },
      failed,
    )
  })

  it('is signed by the key on record, over what it says (§7.2)', async () => {
    await each(
      {
        'another key': { foreignKey: true },
        'a changed signature': { tamper: 'signature' },
        'changed authenticator data': { tamper: 'authenticatorData' },
        'changed client data': { tamper: 'clientData' },
        'an unknown credential': { id: base64url.encode(new Uint8Array(32)) },
        'the handle of somebody else': { userHandle: base64url.encode(new Uint8Array(64)) },
      },
      failed,
    )
    await each({ 'no handle': { userHandle: null } }, passed)
  })

  it('of another person answers nothing', async () => {
    const other = await createPerson(world, `otto-${people}`)
    await enrolledPasskey(world, other)
    world.clock.advance(1000)
    const { id, options } = await opened(other)
    expect(options['allowCredentials']).not.toContainEqual(expect.objectContaining({ id: passkey.id }))
    expect(await answer(id, await passkey.get(options, origin), other)).toEqual(failed)
  })

  it('has a counter that only moves forward, once the signature is good (§6.1.1)', async () => {
    const count = async (counter: number, more: Forgery = {}): Promise<[number, string | undefined]> => {
      const { id, options } = await opened()
      const said = await answer(id, await passkey.get(options, origin, { counter, ...more }))
      world.clock.advance(16 * 60_000)
      return said
    }
    expect(await count(0)).toEqual(passed)
    expect(await count(0)).toEqual(passed)
    expect(await count(500, { tamper: 'signature' })).toEqual(failed)
    expect(await count(5)).toEqual(passed)
    for (const counter of [5, 4, 0])
      expect([counter, ...(await count(counter))]).toEqual([counter, ...failed])
    expect(await count(6)).toEqual(passed)
  })

  it('with extensions that nobody asked for is judged without them (§7.2)', async () => {
    const { id, options } = await opened()
    const response = await passkey.get(options, origin)
    const more = { appid: true, prf: { results: { first: 'AAAA' } }, constructor: 1 }
    expect(await answer(id, { ...response, clientExtensionResults: more })).toEqual(passed)
  })

  it('in another form is malformed and no attempt', async () => {
    const { id, options } = await opened()
    const honest = (await passkey.get(options, origin)) as { response: object }
    const { response } = honest
    const shapes = [
      { ...honest, type: 'password' },
      { ...honest, id: 'x'.repeat(1365) },
      { ...honest, id: '!' },
      { ...honest, response: {} },
      { ...honest, response: { ...response, signature: null } },
      { ...honest, response: { ...response, authenticatorData: ['AAAA'] } },
      { ...honest, response: { ...response, clientDataJSON: 'A'.repeat(4097) } },
    ]
    for (const shape of shapes) expect(await answer(id, shape)).toEqual([400, 'invalid_request'])
    expect((await readChallenge(person, id)).body.attempts_left).toBe(5)
    const nonsense = [
      { authenticatorData: '' },
      { authenticatorData: 'AAAA' },
      { signature: '' },
      { clientDataJSON: '' },
      { clientDataJSON: base64url.encode('null') },
      { clientDataJSON: base64url.encode('{"type":"webauthn.get"}') },
    ]
    for (const more of nonsense.slice(0, 4)) {
      expect(await answer(id, { ...honest, response: { ...response, ...more } })).toEqual(failed)
    }
    world.clock.advance(16 * 60_000)
    const next = await opened()
    for (const more of nonsense.slice(4)) {
      expect(await answer(next.id, { ...honest, response: { ...response, ...more } })).toEqual(failed)
    }
    expect(world.errors).toEqual([])
  })
})
