import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteDatabase } from './database.ts'
import { hs256 } from './device.ts'
import { badForms, badTexts, forge, type Forgery } from './forgeries.ts'
import { startListener, type Listener } from './listener.ts'
import { createPerson, transfer, type Person } from './people.ts'
import { serverKeys, type ServerKeys } from './server-keys.ts'
import { openWorld, type World } from './serve.ts'
import { bank, shop } from './world.ts'

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

describe('a receipt', () => {
  let person: Person
  let receipt: string
  beforeAll(async () => {
    person = await createPerson(world, 'rae')
    receipt = await person.page.observe()
  })
  /** An assessment that has to ask for something: without a receipt that counts, it can only ask for signals. */
  async function asked(forged: string): Promise<[string, unknown]> {
    const { subject, session, page } = person
    const headers = { 'Newel-Receipt': forged, 'Newel-Proof': await page.proof(forged) }
    const { body } = await world.bankEnd.assess({ ...transfer, subject, session, headers })
    return [body.decision, body.problem]
  }
  const absent = ['challenge', 'signals_required']

  it('has a form, a type, an issuer, an audience and a time', async () => {
    for (const [what, forgery] of Object.entries(
      badForms(keys.receipts.kid, listener.url, world.clock.now()),
    )) {
      expect([what, ...(await asked(await forge(receipt, keys.receipts.sign, forgery)))]).toEqual([
        what,
        ...absent,
      ])
    }
    for (const [what, text] of Object.entries(badTexts(receipt))) {
      expect([what, ...(await asked(text))]).toEqual([what, ...absent])
    }
    expect(listener.fetched()).toBe(0)
  })

  it('is countersigned by this tenant', async () => {
    const { device } = person.page
    const forgeries: Record<string, Forgery> = {
      'the shop': { sign: shopKeys.receipts.sign },
      'the key for tokens': { header: { alg: 'ES256', kid: keys.signing.kid }, sign: keys.signing.sign },
      'the device': { header: { alg: 'ES256', jwk: device.jwk, kid: undefined }, sign: device.sign },
      'an empty secret': { sign: await hs256(new Uint8Array(1)) },
    }
    for (const [what, forgery] of Object.entries(forgeries)) {
      expect([what, ...(await asked(await forge(receipt, keys.receipts.sign, forgery)))]).toEqual([
        what,
        ...absent,
      ])
    }
  })

  it('counts as it is, for five minutes', async () => {
    const good = ['challenge', 'insufficient_user_authentication']
    expect(await asked(await forge(receipt, keys.receipts.sign, {}))).toEqual(good)
    world.clock.advance(299_000)
    expect(await asked(receipt)).toEqual(good)
    world.clock.advance(1_000)
    expect(await asked(receipt)).toEqual(absent)
  })

  it('of all this made no error of the server', () => {
    expect(world.errors).toEqual([])
  })
})
