import { fixedClock, testDevice, type TestDevice } from '@newel/testkit'
import type { AssessmentResponse } from '@newel/protocol'
import type { Mail } from '@newel/server'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vectors } from '../../packages/engine/test/vectors/check.ts'
import { backEnd, randomToken, sessionHash, type BackEnd } from '../http/back-end.ts'
import { reach, type Reached } from '../http/reach.ts'
import { start, type Started } from '../http/start.ts'
import { bank, newelUrl, shop } from '../http/world.ts'
import { bundle, type Bundle, type Flavour } from './bundle.ts'
import { runtimes } from './runtimes.ts'

const [origin] = bank.origins
const vectors = JSON.parse(
  await readFile(new URL('../../packages/engine/vectors/engine.json', import.meta.url), 'utf8'),
) as Vectors
const ada = { id: 'ada' }
const transfer = { action: 'transfer', params: { to: 'CH93-0076', amount: '120.50' } }

const bundles = new Map<Flavour, Promise<Bundle>>()
/** One bundle serves all runtimes of its flavour. */
function bundleFor(flavour: Flavour): Promise<Bundle> {
  const made = bundles.get(flavour) ?? bundle(join(import.meta.dirname, 'hosts', `${flavour}.ts`), flavour)
  bundles.set(flavour, made)
  return made
}

const codesOf = ({ reasons }: AssessmentResponse): string[] => reasons.map(({ code }) => code)
const challengeOf = (answer: { body: AssessmentResponse }): string => answer.body.challenge?.id ?? ''

describe('the bundle for Workers', () => {
  it('imports nothing: neither what only Node has nor anything else', async () => {
    expect((await bundleFor('workerd')).imports).toEqual([])
  })
})

describe.each(runtimes)('on $name', (runtime) => {
  let folder: string
  let host: Started
  let newel: Reached
  let bankEnd: BackEnd
  let laptop: TestDevice
  let session: string
  /** The first decision, which later ones are to be calmer than. */
  let first: AssessmentResponse
  const clock = fixedClock()
  /** The code in the mail that was sent last. */
  async function latestCode(): Promise<string> {
    const mails = await control<Mail[]>('mails')
    return (
      /^(\d{4}) (\d{4})$/m
        .exec(mails.at(-1)?.text ?? '')
        ?.slice(1)
        .join('') ?? ''
    )
  }

  /** What the test reaches from outside of the process: clock, mails and an operator's commands. */
  async function control<T>(name: string, body: object = {}): Promise<T> {
    const response = await fetch(`${host.url}/test/${name}`, { method: 'POST', body: JSON.stringify(body) })
    return (await response.json()) as T
  }
  async function advance(ms: number): Promise<void> {
    clock.advance(ms)
    await control('clock', { now_ms: clock.now() })
  }
  const device = (): Promise<TestDevice> =>
    testDevice({ newel, url: newelUrl, publishableKey: bank.publishableKey, origin, now: clock.now })
  /** Passes a challenge, with the mails fetched once the code is on its way. */
  async function passByMail(by: TestDevice, id: string): Promise<string> {
    const challenge = by.challenge(id)
    await challenge.start('email')
    return (await challenge.verify('email', { code: await latestCode() })).token
  }
  const publishedKeys = async (): Promise<JSONWebKeySet> => {
    const response = await newel.fetch(new Request(`${newelUrl}/t/${bank.id}/.well-known/jwks.json`))
    return (await response.json()) as JSONWebKeySet
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'newel-runtime-'))
    const { file } = await bundleFor(runtime.flavour)
    host = await start(runtime.command(file, folder))
    newel = reach(host.url)
    bankEnd = backEnd(newel, bank.secretKeys[0] ?? '', origin)
    await control('clock', { now_ms: clock.now() })
    session = await sessionHash(origin, 'the first session')
    laptop = await device()
  })
  afterAll(async () => {
    await host.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('it is that runtime which answers, ready and alive', async () => {
    expect(await control('runtime')).toEqual({ runtime: expect.stringMatching(runtime.says) })
    for (const path of ['livez', 'readyz']) {
      const response = await newel.fetch(new Request(`${newelUrl}/${path}`))
      expect([path, response.status, await response.json()]).toEqual([path, 200, { status: 'ok' }])
    }
  })

  it('the engine gives the bits of the vector file', async () => {
    expect(await control<string[]>('vectors', vectors)).toEqual([])
    const [first, ...math] = vectors.math
    const changed = { ...vectors, math: [{ ...first, result: '3ff0000000000001' }, ...math] }
    expect(await control<string[]>('vectors', changed)).toHaveLength(1)
  })

  it('a page says hello, and its envelope of signals gets a receipt', async () => {
    const receipt = await laptop.observe()
    expect(decodeProtectedHeader(receipt)).toMatchObject({ alg: 'HS256', typ: 'newel-receipt+jwt' })
  })

  it('a device that the account never used is asked for a code', async () => {
    const email = { value: 'ada@mail.example', verified_at_ms: clock.now() }
    expect(await bankEnd.call('PUT', '/v1/subjects/ada', { email })).toMatchObject({ status: 200 })
    const assessed = await bankEnd.assess({
      action: 'sign-in',
      subject: ada,
      headers: await laptop.headers(),
    })
    expect(assessed).toMatchObject({
      status: 200,
      body: { decision: 'challenge', challenge: { methods: ['email'], acr: 'newel:contact' } },
    })
    expect(codesOf(assessed.body)).toContain('subject_unseen')
    first = assessed.body
  })

  let token: string
  it('a wrong code is refused, the mailed one gives a token that anybody can verify', async () => {
    const challenge = laptop.challenge(first.challenge?.id ?? '')
    expect(await challenge.view()).toMatchObject({ attempts_left: 5, methods: [{ method: 'email' }] })
    await challenge.start('email')
    const code = await latestCode()
    const wrong = code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10))
    await expect(challenge.verify('email', { code: wrong })).rejects.toThrow('422 verification_failed')
    expect(await challenge.view()).toMatchObject({ attempts_left: 4 })
    token = (await challenge.verify('email', { code })).token

    const { payload } = await jwtVerify(token, createLocalJWKSet(await publishedKeys()), {
      issuer: `${newelUrl}/t/${bank.id}`,
      audience: origin,
      typ: 'newel-stepup+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(clock.now()),
    })
    expect(payload).toMatchObject({
      sub: 'ada',
      acr: 'newel:contact',
      amr: ['otp'],
      cnf: { jkt: laptop.jkt },
      action: 'sign-in',
    })
  })

  it('the token is spent once: for the same op again, for no other', async () => {
    const redemption = { action: 'sign-in', subject: ada, headers: await laptop.headers(token) }
    const op = randomToken()
    const consumed = await bankEnd.consume({ op, ...redemption })
    expect(consumed).toMatchObject({ status: 200, body: { consumed: true, acr: 'newel:contact' } })
    expect(await bankEnd.consume({ op, ...redemption })).toMatchObject({ status: 200, body: consumed.body })
    const again = { ...redemption, headers: await laptop.headers(token) }
    expect(await bankEnd.consume(again)).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
  })

  it('the session takes over what was proven, so that the next page asks nothing', async () => {
    const { 'Newel-Receipt': receipt, 'Newel-Proof': proof } = await laptop.headers()
    const started = {
      op: randomToken(),
      type: 'session.started',
      subject: ada,
      session,
      receipt,
      proof,
      aud: origin,
    }
    expect(await bankEnd.call('POST', '/v1/events', started)).toMatchObject({ status: 200 })
    const question = { action: 'address.change', subject: ada, session, headers: await laptop.headers() }
    const { body } = await bankEnd.assess(question)
    expect(body).toMatchObject({ decision: 'allow', acr: 'newel:contact' })
    expect(codesOf(body)).toContain('session_assurance')
  })

  it('what was learned makes the next sign-in calmer, and the reasons say so', async () => {
    await advance(20 * 60_000)
    expect(await control('tick')).toMatchObject({ folded: expect.any(Number) as number })
    laptop.reset()
    const { body } = await bankEnd.assess({
      action: 'sign-in',
      subject: ada,
      headers: await laptop.headers(),
    })
    expect(body.risk.nats).toBeLessThan(first.risk.nats)
    expect(codesOf(body)).toEqual(expect.arrayContaining(['device_key_proven', 'device_granted']))
  })

  it('a passkey is enrolled under the proof that there is, and opens what a code does not', async () => {
    const opening = { session, aud: origin, method: 'passkey', request: {} }
    const enrollments = '/v1/subjects/ada/enrollments'
    const { 'Newel-Receipt': receipt, 'Newel-Proof': proof } = await laptop.headers()
    const asked = await bankEnd.call<{ assessment: AssessmentResponse }>('POST', enrollments, {
      op: randomToken(),
      ...opening,
      receipt,
      proof,
    })
    expect(asked).toMatchObject({ status: 200, body: { assessment: { decision: 'challenge' } } })
    const headers = await laptop.headers(await passByMail(laptop, asked.body.assessment.challenge?.id ?? ''))
    const opened = await bankEnd.call<{ enrollment: { id: string } }>('POST', enrollments, {
      op: randomToken(),
      ...opening,
      token: headers['Newel-Token'],
      proof: headers['Newel-Proof'],
    })
    expect(opened).toMatchObject({ status: 200, body: { enrollment: { method: 'passkey' } } })
    await laptop.enroll(opened.body.enrollment.id)

    const vault = { action: 'vault.open', subject: ada, session }
    const assessed = await bankEnd.assess({ ...vault, headers: await laptop.headers() })
    expect(assessed.body).toMatchObject({
      decision: 'challenge',
      challenge: { acr: 'phr', methods: ['passkey'] },
    })
    const withPasskey = await laptop.headers(await laptop.pass(challengeOf(assessed), 'passkey'))
    expect(await bankEnd.consume({ ...vault, headers: withPasskey })).toMatchObject({
      status: 200,
      body: { acr: 'phr', amr: expect.arrayContaining(['user']) as string[] },
    })
  })

  it('a token for one transfer does not serve another', async () => {
    const question = { ...transfer, subject: ada, session }
    const assessed = await bankEnd.assess({ ...question, headers: await laptop.headers() })
    const token = await passByMail(laptop, challengeOf(assessed))
    const other = { ...question, params: { ...transfer.params, amount: '9120.50' } }
    const consume = async (redemption: typeof question) =>
      bankEnd.consume({ ...redemption, headers: await laptop.headers(token) })
    expect(await consume(other)).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
    expect(await consume(question)).toMatchObject({ status: 200, body: { consumed: true } })
  })

  it('tokens are signed by a new key only once it has been published for a while', async () => {
    const old = (await publishedKeys()).keys.map(({ kid }) => kid)
    const [signing] = await control<string[]>('rotate', { emergency: false })
    expect((await publishedKeys()).keys.map(({ kid }) => kid)).toEqual([...old, signing])
    const question = { ...transfer, subject: ada, session }
    const signedBy = async (): Promise<unknown> => {
      const assessed = await bankEnd.assess({ ...question, headers: await laptop.headers() })
      const token = await passByMail(laptop, challengeOf(assessed))
      const consumed = await bankEnd.consume({ ...question, headers: await laptop.headers(token) })
      expect(consumed).toMatchObject({ status: 200 })
      return decodeProtectedHeader(token).kid
    }
    await advance(11 * 60_000)
    expect(old).toContain(await signedBy())
    await advance(11 * 60_000)
    expect(await signedBy()).toBe(signing)
  })

  it('"this was not me" takes back what a challenge gave', async () => {
    const bea = { id: 'bea' }
    const stolen = await device()
    const signIn = async () =>
      (await bankEnd.assess({ action: 'sign-in', subject: bea, headers: await stolen.headers() })).body
    await bankEnd.call('PUT', '/v1/subjects/bea', {
      email: { value: 'bea@mail.example', verified_at_ms: clock.now() },
    })
    const passed = await signIn()
    await passByMail(stolen, passed.challenge?.id ?? '')
    const after = await signIn()
    expect(codesOf(after)).toContain('device_granted')

    const label = { op: randomToken(), assessment: passed.id, label: 'not_me', source: 'subject' }
    expect(await bankEnd.call('POST', '/v1/feedback', label)).toMatchObject({ body: { recorded: true } })
    const labelled = await signIn()
    expect(codesOf(labelled)).not.toContain('device_granted')
    expect(labelled.risk.nats).toBeGreaterThan(after.risk.nats)
    expect(labelled.decision).toBe('challenge')
  })

  it('a person can have all that is stored about them, and have it erased', async () => {
    const exported = await bankEnd.call('GET', '/v1/subjects/ada/export')
    expect(exported.status).toBe(200)
    expect(JSON.stringify(exported.body)).toContain('"ada"')
    expect(await bankEnd.call('DELETE', '/v1/subjects/ada')).toMatchObject({ body: { erased: true } })
    expect(await bankEnd.call('GET', '/v1/subjects/ada/export')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
    expect(await bankEnd.call('DELETE', '/v1/subjects/ada')).toMatchObject({ body: { erased: false } })
  })

  it('the tenant beside it has seen nothing of all this', async () => {
    const shopEnd = backEnd(newel, shop.secretKeys[0] ?? '', shop.origins[0])
    expect(await shopEnd.call('GET', '/v1/subjects/ada/export')).toMatchObject({ status: 404 })
  })
})
