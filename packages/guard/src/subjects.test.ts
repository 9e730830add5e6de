import { describe, expect, it } from 'vitest'
import {
  assessment,
  challenged,
  fakeNewel,
  jws,
  networkError,
  origin,
  problem,
  secretKey,
  type FakeReply,
} from '../test/fake-newel.ts'
import { GuardError } from './error.ts'
import { createGuard } from './guard.ts'
import { hashSession } from './session.ts'

const authenticator = `aut_0${'0'.repeat(37)}`
const headers = { origin, 'newel-receipt': jws('receipt'), 'newel-proof': jws('proof') }
const who = (more: Record<string, string> = {}, id = 'u1') => ({
  request: { headers: new Headers({ ...headers, ...more }) },
  subject: { id, name: 'Ada' },
  session: 's1',
})

function setUp(...replies: FakeReply[]) {
  const newel = fakeNewel(...replies)
  const guard = createGuard({
    server: newel,
    secretKey,
    aud: origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  return { newel, guard }
}
const read = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as object,
})

describe('an enrolment', () => {
  const enrollment = { id: `enr_0${'0'.repeat(37)}`, method: 'passkey', expires_at_ms: 1_800_000_300_000 }

  it('is opened for the subject of the session', async () => {
    const { newel, guard } = setUp({ json: { enrollment } })
    const response = await guard.enroll({ ...who({ 'newel-token': jws('token') }, 'a/b'), method: 'passkey' })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await read(response)).toEqual({ status: 200, body: { enrollment } })
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls[0]).toMatchObject({
      path: '/v1/subjects/a%2Fb/enrollments',
      body: {
        method: 'passkey',
        subject: { name: 'Ada' },
        session: await hashSession(origin, 's1'),
        token: jws('token'),
        receipt: jws('receipt'),
        proof: jws('proof'),
        aud: origin,
      },
    })
  })

  it('asks for a proof first as a guarded action does', async () => {
    const { guard } = setUp(
      { json: { assessment: challenged().json } },
      { json: { assessment: assessment({ decision: 'deny' }).json } },
    )
    const response = await guard.enroll({ ...who(), method: 'totp' })
    expect(response.headers.get('www-authenticate')).toContain('insufficient_user_authentication')
    expect(await read(response)).toMatchObject({ status: 401, body: { challenge: { acr: 'phr' } } })
    expect(await read(await guard.enroll({ ...who(), method: 'totp' }))).toMatchObject({
      status: 403,
      body: { code: 'denied' },
    })
  })

  it('is not opened by an answer that makes no sense, an allow among them', async () => {
    for (const json of [{}, { assessment: assessment().json }, { assessment: {} }]) {
      const { guard } = setUp({ json })
      expect(await read(await guard.enroll({ ...who(), method: 'totp' }))).toMatchObject({ status: 503 })
    }
    const { guard } = setUp(networkError(), networkError())
    expect(await read(await guard.enroll({ ...who(), method: 'totp' }))).toMatchObject({ status: 503 })
  })

  it('refuses what a page can get wrong, and throws what an application can', async () => {
    const atMethod = problem('invalid_request', 400, {
      errors: [{ pointer: '/method', detail: 'expected passkey' }],
    })
    const elsewhere = problem('invalid_request', 400, {
      errors: [{ pointer: '/subject/email', detail: 'expected one' }],
    })
    const { guard } = setUp(atMethod, elsewhere, problem('invalid_token', 401))
    expect(await read(await guard.enroll({ ...who(), method: 'nonsense' }))).toMatchObject({ status: 400 })
    await expect(guard.enroll({ ...who(), method: 'totp' })).rejects.toThrow('/subject/email')
    const spent = who({ 'newel-token': jws('token') })
    expect(await read(await guard.enroll({ ...spent, method: 'totp' }))).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    })
  })
})

describe('an authenticator', () => {
  it('is removed under the same guard', async () => {
    const { newel, guard } = setUp(
      { json: { removed: true } },
      { json: { assessment: challenged().json } },
      problem('not_found', 404),
    )
    expect(await read(await guard.remove({ ...who(), authenticator }))).toEqual({
      status: 200,
      body: { removed: true },
    })
    expect(await read(await guard.remove({ ...who(), authenticator }))).toMatchObject({ status: 401 })
    expect(await read(await guard.remove({ ...who(), authenticator }))).toMatchObject({ status: 404 })
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls[0]?.path).toBe(`/v1/subjects/u1/authenticators/${authenticator}/remove`)
  })

  it('is never a path', async () => {
    const { newel, guard } = setUp()
    for (const id of ['', '..', '../../../v1/subjects/u2', 'aut_x/../y', `chl_0${'0'.repeat(37)}`]) {
      expect(await read(await guard.remove({ ...who(), authenticator: id }))).toMatchObject({ status: 404 })
    }
    expect(newel.calls).toEqual([])
  })

  it('is listed', async () => {
    const { guard } = setUp(
      { json: { authenticators: [{ id: authenticator }] } },
      networkError(),
      networkError(),
    )
    expect(await guard.authenticators('u1')).toEqual({ ok: true, authenticators: [{ id: authenticator }] })
    expect(await guard.authenticators('u1')).toMatchObject({
      ok: false,
      problem: { code: 'newel_unavailable' },
    })
  })
})

describe('a subject', () => {
  it('is stored under its id', async () => {
    const { newel, guard } = setUp({ json: { stored: true } })
    expect(
      await guard.putSubject({ id: 'u1', email: { value: 'ada@bank.example', verified_at_ms: 1 } }),
    ).toEqual({ ok: true })
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls[0]).toMatchObject({
      method: 'PUT',
      path: '/v1/subjects/u1',
      body: { email: { value: 'ada@bank.example', verified_at_ms: 1 } },
    })
    expect(newel.calls[0]?.body).not.toHaveProperty('id')
  })

  it('never has an id that walks up the path', async () => {
    const { newel, guard } = setUp()
    for (const id of ['', '.', '..']) await expect(guard.authenticators(id)).rejects.toThrow(GuardError)
    expect(newel.calls).toEqual([])
  })
})
