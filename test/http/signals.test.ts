import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomToken, type Answer } from './back-end.ts'
import { sqliteDatabase } from './database.ts'
import { createDevice } from './device.ts'
import { createPerson, transfer, type Person } from './people.ts'
import type { Twist } from './page.ts'
import { openWorld, type World } from './serve.ts'
import { bank } from './world.ts'

let world: World
let person: Person
let people = 0
beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
})
afterAll(() => world.close())
beforeEach(async () => {
  person = await createPerson(world, `sue-${++people}`)
  await person.page.nonce()
})

const sendEnvelope = (envelope: string): Promise<Answer> =>
  person.page.call('POST', '/v1/signals', { envelope })
const sent = async (twist: Twist): Promise<[number, unknown]> => {
  const { status, body } = await sendEnvelope(await person.page.envelope(twist))
  return [status, body['code']]
}
const accepted = [200, undefined]
const refused = [400, 'invalid_envelope']
const seconds = (): number => Math.floor(world.clock.now() / 1000)
const screen = { width: 1920, height: 1080, color_depth: 24, pixel_ratio_percent: 100 }

describe('an envelope', () => {
  it('is refused for each claim that is not as declared, and nothing of it is stored', async () => {
    const before = await world.database.digest()
    const changes: Record<string, readonly unknown[]> = {
      v: [undefined, 0, 2, '1', null],
      iat: [undefined, null, String(seconds()), -1, 1.5, seconds() - 61, seconds() + 61],
      jti: [undefined, '', 'short', 'A'.repeat(300), 7],
      visit: [undefined, '', 'short', {}],
      sdk: [undefined, '', 'newel', 'Newel/1.0.0', `newel/${'1'.repeat(40)}.0.0`, 7],
      page: [undefined, 7, 'x'.repeat(513), 'a\nb'],
      observations: [
        undefined,
        null,
        [],
        'x',
        Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`s${n}@1`, 0])),
      ],
      admin: [true],
    }
    for (const [claim, values] of Object.entries(changes)) {
      for (const value of values) {
        expect([claim, value, ...(await sent({ claims: { [claim]: value } }))]).toEqual([
          claim,
          value,
          ...refused,
        ])
      }
    }
    expect(await sent({ claims: { nonce: 'A'.repeat(45) } })).toEqual([400, 'use_dpop_nonce'])
    expect(await world.database.digest()).toBe(before)
    expect(await sent({})).toEqual(accepted)
  })

  it('is refused whole for a signal that is not as declared, and says which', async () => {
    const before = await world.database.digest()
    const bad: Record<string, unknown>[] = [
      { 'screen@1': { value: { ...screen, typed: 'secret' } } },
      { 'screen@1': { value: { ...screen, width: '1920' } } },
      { 'screen@1': { value: { ...screen, width: -1 } } },
      { 'screen@1': { value: screen, absent: 'blocked' } },
      { 'screen@1': { value: screen, text: 'secret' } },
      { 'screen@1': { absent: 'because' } },
      { 'screen@1': screen },
      { 'screen@1': null },
      { 'timezone@1': { value: { zone: 'Europe/Berlin\n', offset_minutes: 60 } } },
      { 'language@1': { value: { languages: Array.from({ length: 9 }, () => 'en') } } },
      { 'language@1': { value: { languages: ['<script>'] } } },
      { 'fingerprint@1': { value: { library: '5.0.0', components: { canvas: 'too long for a digest' } } } },
    ]
    for (const observations of bad) {
      const answer = await sendEnvelope(await person.page.envelope({ claims: { observations } }))
      const [name = ''] = Object.keys(observations)
      expect([answer.status, answer.body['code'], answer.body['errors']]).toEqual([
        ...refused,
        [{ pointer: `/observations/${name}`, detail: expect.any(String) as string }],
      ])
      expect(JSON.stringify(answer.body)).not.toMatch(/secret|script|typed/)
    }
    expect(await world.database.digest()).toBe(before)
  })

  it('with signals that the server does not know is taken without them', async () => {
    const observations = {
      'screen@1': { value: screen },
      'screen@9': { value: { anything: true } },
      'aura@1': 'blue',
      'address@1': { value: { ip: '192.0.2.1' } },
      constructor: { value: 1 },
    }
    expect(await sent({ claims: { observations } })).toEqual(accepted)
    const { body } = await world.bankEnd.assess({
      ...transfer,
      subject: person.subject,
      session: person.session,
      headers: await person.page.headers(),
    })
    expect(body).toMatchObject({ decision: 'challenge', problem: 'insufficient_user_authentication' })
  })

  it('is signed by the key that it names', async () => {
    const stranger = await createDevice()
    expect(await sent({ header: { jwk: stranger.jwk } })).toEqual(refused)
    expect(await sent({ header: { alg: 'none' } })).toEqual(refused)
    expect(await sent({ header: { typ: 'JWT' } })).toEqual(refused)
    expect(await sent({ header: { jwk: person.page.device.privateJwk } })).toEqual(refused)
  })

  it('that is sent again gets the receipt it got, and its id serves no other', async () => {
    const jti = randomToken()
    const envelope = await person.page.envelope({ claims: { jti } })
    const first = await sendEnvelope(envelope)
    const before = await world.database.digest()
    const racing = await Promise.all(Array.from({ length: 8 }, () => sendEnvelope(envelope)))
    expect(new Set(racing.map(({ body }) => body['receipt']))).toEqual(new Set([first.body['receipt']]))
    expect(await sent({ claims: { jti, page: '/other' } })).toEqual(refused)
    expect(await world.database.digest()).toBe(before)
  })

  it('older than its nonce is no envelope, even with the time corrected', async () => {
    const nonce = await person.page.nonce()
    world.clock.advance(301_000)
    expect(await sent({ claims: { nonce } })).toEqual([400, 'use_dpop_nonce'])
  })

  it('is one of a few that are kept of a key', async () => {
    for (let each = 0; each < 12; each++) expect(await sent({})).toEqual(accepted)
    const { body } = await world.bankEnd.call<Record<string, unknown[]>>(
      'GET',
      `/v1/subjects/${person.subject.id}/export`,
    )
    expect(body).not.toHaveProperty('envelopes')
    const { envelopes } = await world.store.loadAssessment({
      tenant: bank.id,
      route: 'test',
      op: 'test',
      subject: undefined,
      session: undefined,
      jkt: person.page.device.jkt,
      visit: person.page.visit,
      receipt: undefined,
      proof: undefined,
      openKey: undefined,
      counters: [],
      spends: false,
      nowMs: world.clock.now(),
    })
    expect(envelopes).toHaveLength(8)
  })
})

describe('a receipt', () => {
  const ask = async (by: Person, receipt: string, more: object = {}) => {
    const { subject, session, page } = by
    const headers = { 'Newel-Receipt': receipt, 'Newel-Proof': await page.proof(receipt) }
    return (await world.bankEnd.assess({ ...transfer, subject, session, headers, ...more })).body
  }
  const codes = ({ reasons }: { reasons: { code: string }[] }): string[] => reasons.map(({ code }) => code)

  it('serves the subject and the session that it was first used for, and tells of any other', async () => {
    const receipt = await person.page.observe()
    expect(await ask(person, receipt)).toMatchObject({ problem: 'insufficient_user_authentication' })
    const other = { ...(await createPerson(world, `sid-${people}`)), page: person.page }
    const stolen = await ask(other, receipt)
    expect(stolen).toMatchObject({ problem: 'signals_required' })
    expect(codes(stolen)).toContain('receipt_replayed')
    const elsewhere = await ask({ ...person, session: 'E'.repeat(43) }, receipt)
    expect(codes(elsewhere)).toContain('receipt_replayed')
    expect(await ask(person, receipt)).toMatchObject({ problem: 'insufficient_user_authentication' })
  })

  it('without a proof by its key opens nothing, whoever holds it', async () => {
    const receipt = await person.page.observe()
    const thief = await world.page()
    const proofs = [await thief.proof(receipt), await person.page.proof('another'), '']
    for (const proof of proofs) {
      const headers = { 'Newel-Receipt': receipt, 'Newel-Proof': proof }
      expect(await ask(person, receipt, { headers })).toMatchObject({ problem: 'signals_required' })
    }
  })

  it('with a proof that was used opens nothing, and is not held against anybody', async () => {
    const receipt = await person.page.observe()
    const headers = { 'Newel-Receipt': receipt, 'Newel-Proof': await person.page.proof(receipt) }
    expect(await ask(person, receipt, { headers })).toMatchObject({
      problem: 'insufficient_user_authentication',
    })
    const again = await ask(person, receipt, { headers })
    expect(again).toMatchObject({ problem: 'signals_required' })
    expect(codes(again)).not.toContain('receipt_replayed')
    expect(await ask(person, receipt)).toMatchObject({ problem: 'insufficient_user_authentication' })
    expect(world.errors).toEqual([])
  })
})
