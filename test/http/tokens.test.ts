import { rotateKeys } from '@newel/server'
import { calculateJwkThumbprint } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteDatabase } from './database.ts'
import { createDevice, hs256 } from './device.ts'
import { badForms, badTexts, forge, type Forgery } from './forgeries.ts'
import { startListener, type Listener } from './listener.ts'
import { createPerson, spend, tokenByMail, transfer, type Person } from './people.ts'
import { serverKeys, type ServerKeys } from './server-keys.ts'
import { openWorld, type World } from './serve.ts'
import { bank, masterKey, newelUrl, shop } from './world.ts'

let world: World
let keys: ServerKeys
let shopKeys: ServerKeys
let listener: Listener

beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
  keys = await serverKeys(world, bank.id)
  shopKeys = await serverKeys(world, shop.id)
  listener = await startListener()
})
afterAll(async () => {
  await world.close()
  await listener.close()
})

describe('a step-up token', () => {
  let person: Person
  let token: string
  beforeAll(async () => {
    person = await createPerson(world, 'ada')
    token = await tokenByMail(world, person, transfer)
  })
  const spent = async (forged: string, more: object = {}): Promise<[number, unknown]> => {
    const { status, body } = await spend(world, person, transfer, forged, more)
    return [status, body.code]
  }
  const refused = [401, 'invalid_token']
  const each = async (forgeries: Record<string, Forgery>): Promise<void> => {
    for (const [what, forgery] of Object.entries(forgeries)) {
      const forged = await forge(token, keys.signing.sign, forgery)
      expect([what, ...(await spent(forged))]).toEqual([what, ...refused])
    }
  }

  it('has a form, a type, an issuer, an audience and a time', async () => {
    await each(badForms(keys.signing.kid, listener.url, world.clock.now()))
    for (const [what, text] of Object.entries(badTexts(token))) {
      expect([what, ...(await spent(text))]).toEqual([what, ...refused])
    }
    expect(listener.fetched()).toBe(0)
  })

  it('is signed by the key of our record and no other (RFC 8725 §3.1, §3.8)', async () => {
    const { publicJwk, spki } = keys.signing
    const device = await createDevice()
    const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
    await each({
      'HS256 under the JWK': { header: { alg: 'HS256' }, sign: await hs256(utf8(JSON.stringify(publicJwk))) },
      'HS256 under the DER': { header: { alg: 'HS256' }, sign: await hs256(spki) },
      'the key for receipts': { header: { alg: 'HS256', kid: keys.receipts.kid }, sign: keys.receipts.sign },
      'a key in the header': { header: { jwk: device.jwk }, sign: device.sign },
      'a key in the header and no kid': { header: { jwk: device.jwk, kid: undefined }, sign: device.sign },
      'the shop for the bank': { header: { kid: shopKeys.signing.kid }, sign: shopKeys.signing.sign },
      'the shop under the name of the key of the bank': { sign: shopKeys.signing.sign },
      'the shop for itself': {
        header: { kid: shopKeys.signing.kid },
        claims: { iss: `${newelUrl}/t/${shop.id}` },
        sign: shopKeys.signing.sign,
      },
    })
  })

  it('says who, where, what and how well (S-043)', async () => {
    await each({
      'another subject': { claims: { sub: 'bob' } },
      'no subject': { claims: { sub: undefined } },
      'another session': { claims: { sid: 'A'.repeat(43) } },
      'no session': { claims: { sid: undefined } },
      'another action': { claims: { action: 'vault.open' } },
      'another hash': { claims: { action_hash: 'A'.repeat(43) } },
      'another key': { claims: { cnf: { jkt: (await createDevice()).jkt } } },
      'no key': { claims: { cnf: undefined } },
      'a key in another form': { claims: { cnf: { jwk: person.page.device.jwk } } },
      'no challenge': { claims: { chl: undefined } },
      'a challenge that never was': { claims: { chl: `chl_0${'0'.repeat(37)}` } },
      'no methods': { claims: { amr: [] } },
      'a method that nobody knows': { claims: { amr: ['pwd'] } },
      'no time of authentication': { claims: { auth_time: undefined } },
      'a time of authentication in words': { claims: { auth_time: 'now' } },
      ...Object.fromEntries(
        ['9', 'AAL10', 'gold ', '', 'PHR', ['phr'], null, undefined].map((acr) => [
          `acr ${JSON.stringify(acr)}`,
          { claims: { acr } },
        ]),
      ),
    })
  })

  it('is told apart from another when a claim stands in it twice', async () => {
    await each({ 'a subject twice': { payload: (text) => text.replace('{', '{"sub":"bob",') } })
  })

  it('serves with a proof by its key, for it, now and once', async () => {
    const { page } = person
    const stranger = await world.page()
    const receipt = await page.observe()
    const seconds = Math.floor(world.clock.now() / 1000)
    const proofs: Record<string, string> = {
      'by another key': await stranger.proof(token),
      'for the receipt': await page.proof(receipt),
      'for nothing': await page.proof(token, { claims: { ath: undefined } }),
      'for another origin': await page.proof(token, { claims: { aud: shop.origins[0] } }),
      'too old': await page.proof(token, { claims: { iat: seconds - 61 } }),
      'too new': await page.proof(token, { claims: { iat: seconds + 61 } }),
      'without an id': await page.proof(token, { claims: { jti: undefined } }),
      'with a private key in it': await page.proof(token, { header: { jwk: page.device.privateJwk } }),
      'of another type': await page.proof(token, { header: { typ: 'dpop+jwt' } }),
      none: '',
    }
    for (const [what, proof] of Object.entries(proofs)) {
      expect([what, ...(await spent(token, { proof }))]).toEqual([what, ...refused])
    }
    // A key-bound token is no bearer token (RFC 9449 §7.2).
    expect((await spent(token, { proof: undefined }))[0]).toBe(400)
  })

  it('serves for what it was given and nothing beside it', async () => {
    const others = [
      { subject: { id: 'bob' } },
      { session: 'A'.repeat(43) },
      { session: undefined },
      { action: 'statement.read', params: {} },
      { params: { ...transfer.params, amount: '120.5' } },
      { params: { ...transfer.params, amount: '9120.50' } },
      { aud: shop.origins[0] },
    ]
    for (const more of others) expect([more, ...(await spent(token, more))]).toEqual([more, ...refused])
  })

  it('was good all along: refusals stored nothing, and it serves now, once', async () => {
    const again = await forge(token, keys.signing.sign, {})
    const before = await world.database.digest()
    await spent(await forge(token, keys.signing.sign, { claims: { sub: 'bob' } }))
    expect(await world.database.digest()).toBe(before)
    expect(await spent(again)).toEqual([200, undefined])
    expect(await spent(token)).toEqual(refused)
  })

  it('is over after five minutes', async () => {
    const late = await tokenByMail(world, person, transfer)
    world.clock.advance(300_000)
    expect(await spent(late)).toEqual(refused)
  })
})

describe('published keys', () => {
  it('are public, named once, and say what they are for (RFC 7517)', async () => {
    const response = await fetch(`${world.listening}/newel/t/${bank.id}/.well-known/jwks.json`)
    const { keys: published } = (await response.json()) as { keys: Record<string, string>[] }
    expect(published).not.toEqual([])
    for (const key of published) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
      expect(key).toMatchObject({ alg: 'ES256', use: 'sig' })
    }
    expect(new Set(published.map(({ kid }) => kid)).size).toBe(published.length)
  })

  it('have the thumbprint of RFC 7638 §3.1', async () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
    const thumbprint = await calculateJwkThumbprint({ kty: 'RSA', e: 'AQAB', n })
    expect(thumbprint).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })

  it('that were replaced in an emergency verify nothing from then on, and the new ones sign at once', async () => {
    const person = await createPerson(world, 'eve')
    const token = await tokenByMail(world, person, transfer)
    const receipt = await person.page.observe()
    world.clock.advance(31_000)
    await rotateKeys({
      store: world.store,
      masterKey,
      tenant: bank.id,
      emergency: true,
      nowMs: world.clock.now(),
    })
    expect((await spend(world, person, transfer, token)).status).toBe(401)
    const { subject, session, page } = person
    const headers = { 'Newel-Receipt': receipt, 'Newel-Proof': await page.proof(receipt) }
    const asked = await world.bankEnd.assess({ ...transfer, subject, session, headers })
    expect(asked.body.problem).toBe('signals_required')

    const renewed = await createPerson(world, 'eve', page.device)
    const next = await tokenByMail(world, renewed, transfer)
    expect((await spend(world, renewed, transfer, next)).status).toBe(200)
    const response = await fetch(`${world.listening}/newel/t/${bank.id}/.well-known/jwks.json`)
    const { keys: published } = (await response.json()) as { keys: { kid: string }[] }
    expect(published.map(({ kid }) => kid)).not.toContain(keys.signing.kid)
    expect(published).toHaveLength(1)
  })

  it('none of this was an error of the server', () => {
    expect(world.errors).toEqual([])
  })
})
