import type { RouteName } from '../../packages/server/src/routes/specs/index.ts'
import { randomToken } from './back-end.ts'
import {
  challenged,
  createPerson,
  enrolledPasskey,
  enrollmentByMail,
  startChallenge,
  startEnrollment,
  tokenByMail,
  transfer,
  vault,
  type Person,
} from './people.ts'
import { createPasskey } from './passkey.ts'
import type { World } from './serve.ts'
import { bank } from './world.ts'

const [aud] = bank.origins
const request = { ip: '127.0.0.1', user_agent: 'Browser/1.0', network: { asn: 64_500, country: 'CH' } }
type Options = Record<string, unknown>

/** A request that is accepted as it stands, so that what is refused is refused for its one change. */
export interface Valid {
  readonly path: string
  readonly body?: Record<string, unknown>
}
type Make = (world: World, person: Person) => Promise<Valid>

const signed = async ({ page }: Person): Promise<{ receipt: string; proof: string }> => {
  const receipt = await page.observe()
  return { receipt, proof: await page.proof(receipt) }
}

const make: { readonly [N in RouteName]: Make } = {
  hello: async (_, { page }) => ({
    path: '/v1/hello',
    body: { jkt: page.device.jkt, nonce: await page.nonce() },
  }),
  signals: async (_, { page }) => ({ path: '/v1/signals', body: { envelope: await page.envelope() } }),
  challenge: async (world, person) => ({
    path: `/v1/challenges/${await challenged(world, person, transfer)}`,
  }),
  challengeStart: async (world, person) => ({
    path: `/v1/challenges/${await challenged(world, person, transfer)}/start`,
    body: { op: randomToken(), method: 'email' },
  }),
  challengeVerify: async (world, person) => {
    const passkey = await enrolledPasskey(world, person)
    const id = await challenged(world, person, vault)
    const { options } = (await startChallenge(person, id, 'passkey')).body
    return {
      path: `/v1/challenges/${id}/verify`,
      body: { op: randomToken(), method: 'passkey', response: await passkey.get(options, aud) },
    }
  },
  challengeCancel: async (world, person) => ({
    path: `/v1/challenges/${await challenged(world, person, transfer)}/cancel`,
    body: { op: randomToken() },
  }),
  enrollment: async (world, person) => ({
    path: `/v1/enrollments/${await enrollmentByMail(world, person, 'totp')}`,
  }),
  enrollmentStart: async (world, person) => ({
    path: `/v1/enrollments/${await enrollmentByMail(world, person, 'totp')}/start`,
    body: { op: randomToken() },
  }),
  enrollmentVerify: async (world, person) => {
    const id = await enrollmentByMail(world, person, 'passkey')
    const { options } = (await startEnrollment<{ options: Options }>(person, id)).body
    const response = await (await createPasskey()).create(options, aud)
    return { path: `/v1/enrollments/${id}/verify`, body: { op: randomToken(), response, label: 'Phone' } }
  },
  enrollmentCancel: async (world, person) => ({
    path: `/v1/enrollments/${await enrollmentByMail(world, person, 'totp')}/cancel`,
    body: { op: randomToken() },
  }),
  assessment: async (world, person) => ({
    path: '/v1/assessments',
    body: {
      op: randomToken(),
      ...transfer,
      subject: {
        ...person.subject,
        email: { value: person.mail, verified_at_ms: world.clock.now() },
        name: 'Ada',
        locale: 'en-GB',
        since_ms: 1_600_000_000_000,
      },
      session: person.session,
      ...(await signed(person)),
      aud,
      request,
      require: { acr: 'newel:contact', max_age_s: 60 },
    },
  }),
  consume: async (world, person) => {
    const token = await tokenByMail(world, person, transfer)
    const { subject, session, page } = person
    const proof = await page.proof(token)
    const body = { op: randomToken(), ...transfer, subject, session, token, proof, aud }
    return { path: '/v1/tokens/consume', body }
  },
  event: async (_, person) => ({
    path: '/v1/events',
    body: {
      op: randomToken(),
      type: 'session.started',
      subject: person.subject,
      session: person.session,
      vouched: true,
      ...(await signed(person)),
      aud,
      request,
    },
  }),
  feedback: async (world, person) => {
    const { body } = await world.bankEnd.assess({
      ...transfer,
      subject: person.subject,
      session: person.session,
    })
    return {
      path: '/v1/feedback',
      body: { op: randomToken(), assessment: body.id, label: 'fraud', source: 'analyst', note: 'a mule' },
    }
  },
  subjectPut: async (world, { subject }) => ({
    path: `/v1/subjects/${subject.id}`,
    body: {
      email: { value: 'other@mail.example', verified_at_ms: world.clock.now() },
      phone: { value: '+41791234567' },
      name: 'Ada',
      locale: 'en',
      since_ms: 1_600_000_000_000,
    },
  }),
  subjectExport: async (_, { subject }) => ({ path: `/v1/subjects/${subject.id}/export` }),
  subjectErase: async (_, { subject }) => ({ path: `/v1/subjects/${subject.id}` }),
  authenticators: async (_, { subject }) => ({ path: `/v1/subjects/${subject.id}/authenticators` }),
  devices: async (_, { subject }) => ({ path: `/v1/subjects/${subject.id}/devices` }),
  deviceRevoke: async (world, person) => {
    await tokenByMail(world, person, transfer)
    return { path: `/v1/subjects/${person.subject.id}/devices/${person.page.device.jkt}` }
  },
  enrollmentOpen: async (_, person) => ({
    path: `/v1/subjects/${person.subject.id}/enrollments`,
    body: {
      op: randomToken(),
      subject: { name: 'Ada' },
      session: person.session,
      ...(await signed(person)),
      aud,
      method: 'totp',
      request,
    },
  }),
  authenticatorRemove: async (world, person) => {
    const { body } = await world.bankEnd.call<{ authenticators: { id: string }[] }>(
      'GET',
      `/v1/subjects/${person.subject.id}/authenticators`,
    )
    return {
      path: `/v1/subjects/${person.subject.id}/authenticators/${body.authenticators[0]?.id ?? ''}/remove`,
      body: { op: randomToken(), session: person.session, ...(await signed(person)), aud, request },
    }
  },
  jwks: async () => ({ path: `/t/${bank.id}/.well-known/jwks.json` }),
  livez: async () => ({ path: '/livez' }),
  readyz: async () => ({ path: '/readyz' }),
  openapi: async () => ({ path: '/openapi.json' }),
}

/** Prepares a valid request of a route, for somebody new. */
export async function prepare(
  world: World,
  name: RouteName,
  id: string,
): Promise<Valid & { person: Person }> {
  const person = await createPerson(world, id)
  return { ...(await make[name](world, person)), person }
}
