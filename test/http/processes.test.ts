import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomToken } from './back-end.ts'
import { startCluster, startMember, type Cluster, type Member } from './cluster.ts'
import { databases, sqliteDatabase, type Database } from './database.ts'
import {
  challenged,
  createPerson,
  enrolledPasskey,
  mailedCode,
  otherCode,
  readChallenge,
  spend,
  tokenByMail,
  transfer,
  verifyChallenge,
  type Person,
} from './people.ts'
import { bank, newelUrl } from './world.ts'

const jwks = async (member: Member): Promise<JSONWebKeySet> => {
  const response = await member.newel.fetch(new Request(`${newelUrl}/t/${bank.id}/.well-known/jwks.json`))
  return (await response.json()) as JSONWebKeySet
}

describe.each(databases)('two servers on %s', (_, open) => {
  let database: Database
  let cluster: Cluster
  let a: Member
  let b: Member
  let people = 0
  const somebody = (): Promise<Person> => createPerson(cluster, `sam-${++people}`)

  beforeAll(async () => {
    database = await open()
    cluster = await startCluster(database.place)
    ;[a, b] = cluster.members
  })
  afterAll(async () => {
    await cluster.stop()
    await database.close()
  })

  it('that start together on an empty database share one schema and one set of keys', async () => {
    const ready = await Promise.all(
      [a, b].map((member) => member.newel.fetch(new Request(`${newelUrl}/readyz`))),
    )
    expect(ready.map(({ status }) => status)).toEqual([200, 200])
    const keys = await jwks(a)
    expect(keys.keys).toHaveLength(1)
    expect(await jwks(b)).toEqual(keys)
  })

  it('open, start, answer and spend a challenge between them', async () => {
    const person = await somebody()
    const id = await challenged(cluster, person, transfer)
    const code = await cluster.at(b, () => mailedCode(cluster, person, id))
    const { status, body } = await verifyChallenge(person, id, 'email', { code })
    expect(status).toBe(200)
    expect((await cluster.at(b, () => spend(cluster, person, transfer, body.token))).status).toBe(200)
    expect((await spend(cluster, person, transfer, body.token)).status).toBe(401)
  })

  it('both know at once what one has learned', async () => {
    const person = await somebody()
    const { subject, page } = person
    const signIn = async () =>
      (await cluster.bankEnd.assess({ action: 'sign-in', subject, headers: await page.headers() })).body
    const before = await signIn()
    const code = await mailedCode(cluster, person, before.challenge?.id ?? '')
    expect((await verifyChallenge(person, before.challenge?.id ?? '', 'email', { code })).status).toBe(200)
    const after = await cluster.at(b, signIn)
    expect(after.risk.nats).toBeLessThan(before.risk.nats)
    expect(after.reasons.map(({ code }) => code)).toContain('device_granted')
  })

  it('let one of sixteen spend a token, whichever of them is asked', async () => {
    const person = await somebody()
    const token = await tokenByMail(cluster, person, transfer)
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, caller) =>
        cluster.at(caller % 2 === 0 ? a : b, () => spend(cluster, person, transfer, token)),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code)).toEqual(
      Array.from({ length: 15 }, () => 'invalid_token'),
    )
  })

  it('give the same answer to one op, whichever of them is asked and how often', async () => {
    const person = await somebody()
    const token = await tokenByMail(cluster, person, transfer)
    const same = { op: randomToken(), proof: await person.page.proof(token) }
    const spent = await Promise.all(
      Array.from({ length: 16 }, (_, caller) =>
        cluster.at(caller % 2 === 0 ? a : b, () => spend(cluster, person, transfer, token, same)),
      ),
    )
    expect(new Set(spent.map(({ status, body }) => JSON.stringify([status, body])))).toHaveLength(1)
    expect(spent[0]?.status).toBe(200)

    const question = { op: randomToken(), ...transfer, subject: person.subject, session: person.session }
    const headers = await person.page.headers()
    const assessed = await Promise.all(
      [a, b, a, b].map((member) =>
        cluster.at(member, () => cluster.bankEnd.assess({ ...question, headers })),
      ),
    )
    expect(new Set(assessed.map(({ body }) => body.id))).toHaveLength(1)
  })

  it('count attempts together', async () => {
    const person = await somebody()
    const id = await challenged(cluster, person, transfer)
    const code = await mailedCode(cluster, person, id)
    await Promise.all(
      [a, b, a, b].map((member) =>
        cluster.at(member, () => verifyChallenge(person, id, 'email', { code: otherCode(code) })),
      ),
    )
    expect((await readChallenge(person, id)).body.attempts_left).toBe(1)
    await verifyChallenge(person, id, 'email', { code: otherCode(code) })
    await cluster.advance(60_000)
    for (const member of [a, b]) {
      const late = await cluster.at(member, () => verifyChallenge(person, id, 'email', { code }))
      expect(late.status).toBe(422)
    }
  })

  it('take a proof once between them, and give one envelope one receipt', async () => {
    const person = await somebody()
    const id = await challenged(cluster, person, transfer)
    const path = `/v1/challenges/${id}`
    const dpop = await person.page.dpop('GET', path)
    expect((await person.page.call('GET', path, undefined, { dpop })).status).toBe(200)
    const envelope = await person.page.envelope()
    const first = await person.page.call('POST', '/v1/signals', { envelope })
    const again = await cluster.at(b, () => person.page.call('GET', path, undefined, { dpop }))
    expect([again.status, again.body['code']]).toEqual([400, 'invalid_dpop_proof'])
    const repeated = await cluster.at(b, () => person.page.call('POST', '/v1/signals', { envelope }))
    expect(repeated.body['receipt']).toBe(first.body['receipt'])
  })

  it('both publish the key that one was told to make', async () => {
    const before = (await jwks(b)).keys.length
    await a.control('rotate', { emergency: false })
    expect((await jwks(b)).keys).toHaveLength(before + 1)
    expect(await jwks(a)).toEqual(await jwks(b))
    await cluster.advance(16 * 60_000)
    const person = await somebody()
    const token = await tokenByMail(cluster, person, transfer)
    expect((await cluster.at(b, () => spend(cluster, person, transfer, token))).status).toBe(200)
  })

  it('send a notice once, however many of them see to what is due', async () => {
    const person = await somebody()
    await enrolledPasskey(cluster, person)
    const notices = async () =>
      (await cluster.mails()).filter(({ to, text }) => to === person.mail && !/^\d{4} \d{4}$/m.test(text))
    expect(await notices()).toHaveLength(0)
    await Promise.all([a, b, a, b].map((member) => member.control('tick')))
    expect(await notices()).toHaveLength(1)
    await Promise.all([a, b].map((member) => member.control('tick')))
    expect(await notices()).toHaveLength(1)
  })

  it('erase a person on both', async () => {
    const person = await somebody()
    const token = await tokenByMail(cluster, person, transfer)
    const path = `/v1/subjects/${person.subject.id}`
    expect((await cluster.bankEnd.call('DELETE', path)).status).toBe(200)
    await cluster.at(b, async () => {
      expect((await cluster.bankEnd.call('GET', `${path}/export`)).status).toBe(404)
      expect((await spend(cluster, person, transfer, token)).status).toBe(401)
    })
  })
})

describe('a server that ends in the middle of a challenge', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s has lost nothing when it is there again',
    async (signal) => {
      const database = await sqliteDatabase()
      const cluster = await startCluster(database.place)
      const members = [...cluster.members]
      const next = async (): Promise<Member> => {
        await Promise.all(members.map((member) => member.stop(signal)))
        const member = await startMember(database.place, cluster.clock.now())
        members.push(member)
        return member
      }
      try {
        const person = await createPerson(cluster, 'ada')
        const id = await challenged(cluster, person, transfer)
        const code = await mailedCode(cluster, person, id)
        expect((await verifyChallenge(person, id, 'email', { code: otherCode(code) })).status).toBe(422)

        const token = await cluster.at(await next(), async () => {
          expect((await readChallenge(person, id)).body.attempts_left).toBe(4)
          const { status, body } = await verifyChallenge(person, id, 'email', { code })
          expect(status).toBe(200)
          return body.token
        })

        await cluster.at(await next(), async () => {
          expect((await spend(cluster, person, transfer, token)).status).toBe(200)
          expect((await spend(cluster, person, transfer, token)).status).toBe(401)
        })
      } finally {
        await Promise.all(members.map((member) => member.stop('SIGKILL')))
        await database.close()
      }
    },
  )
})
