import { tokenTypes } from '@newel/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sqliteDatabase } from './database.ts'
import { challenged, createPerson, spend, tokenByMail, transfer, type Person } from './people.ts'
import { decoded } from './server-keys.ts'
import { openWorld, type World } from './serve.ts'

/** Every kind of token, in every place that takes one. */
type Kind = keyof typeof tokenTypes
const kinds = Object.keys(tokenTypes) as Kind[]

let world: World
let person: Person
let token: string
let challenge: string

beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
  person = await createPerson(world, 'ada')
  token = await tokenByMail(world, person, transfer)
  challenge = await challenged(world, person, transfer)
})
afterAll(() => world.close())

/** One of each kind, good in its own place. */
const one: { readonly [K in Kind]: () => Promise<string> } = {
  stepUp: async () => token,
  receipt: () => person.page.observe(),
  envelope: () => person.page.envelope(),
  proof: () => person.page.proof(token),
  dpop: () => person.page.dpop('GET', `/v1/challenges/${challenge}`),
}

async function assess(receipt: string, proof: string): Promise<string> {
  const { subject, session } = person
  const headers = { 'Newel-Receipt': receipt, 'Newel-Proof': proof }
  const { body } = await world.bankEnd.assess({ ...transfer, subject, session, headers })
  return body.problem ?? body.decision
}

interface Place {
  /** The kind that it takes. */
  readonly takes: Kind
  /** What comes back; an honest call gives something else. */
  readonly refuses: string | number
  readonly put: (given: string) => Promise<string | number>
}

const places: Record<string, Place> = {
  'the token of consume': {
    takes: 'stepUp',
    refuses: 401,
    put: async (given) => (await spend(world, person, transfer, given)).status,
  },
  'the proof of consume': {
    takes: 'proof',
    refuses: 401,
    put: async (given) => (await spend(world, person, transfer, token, { proof: given })).status,
  },
  'the receipt of an assessment': {
    takes: 'receipt',
    refuses: 'signals_required',
    put: async (given) => assess(given, await person.page.proof(given)),
  },
  'the proof of an assessment': {
    takes: 'proof',
    refuses: 'signals_required',
    put: async (given) => assess(await person.page.observe(), given),
  },
  'the envelope of signals': {
    takes: 'envelope',
    refuses: 400,
    put: async (given) => (await person.page.call('POST', '/v1/signals', { envelope: given })).status,
  },
  'the DPoP header': {
    takes: 'dpop',
    refuses: 400,
    put: async (given) =>
      (await person.page.call('GET', `/v1/challenges/${challenge}`, undefined, { dpop: given })).status,
  },
}

it.each(Object.entries(places))('%s takes one kind and no other', async (_, { takes, refuses, put }) => {
  for (const kind of kinds) {
    if (kind === takes) continue
    expect([kind, await put(await one[kind]())]).toEqual([kind, refuses])
  }
})

it.each(Object.entries(places))('%s is not deceived by a type', async (_, { takes, refuses, put }) => {
  const typ = tokenTypes[takes]
  for (const kind of ['envelope', 'proof', 'dpop'] as const) {
    if (kind === takes) continue
    // What the device may sign, it may sign under any name: then the claims tell.
    const renamed = await person.page.device.jws(typ, decoded(await one[kind]()).claims)
    expect([kind, await put(renamed)]).toEqual([kind, refuses])
  }
})

it('each place takes its own kind', async () => {
  expect(await places['the envelope of signals']?.put(await one.envelope())).toBe(200)
  expect(await places['the DPoP header']?.put(await one.dpop())).toBe(200)
  const receipt = await one.receipt()
  expect(await assess(receipt, await person.page.proof(receipt))).toBe('insufficient_user_authentication')
  expect(await places['the token of consume']?.put(token)).toBe(200)
  expect(world.errors).toEqual([])
})
