import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  assessment,
  challenged,
  consumption,
  fakeNewel,
  jws,
  networkError,
  origin,
  problem,
  secretKey,
  type FakeReply,
} from '../../packages/guard/test/fake-newel.ts'
import { createTestGuard, hosts, type Host } from './hosts.ts'

const running: Host[] = []
afterEach(async () => {
  for (const host of running.splice(0)) await host.close()
})

const page = {
  origin,
  'content-type': 'application/json',
  'user-agent': 'Mozilla/5.0',
  'x-user': 'u1',
  'x-session': 's1',
  'newel-receipt': jws('receipt'),
  'newel-proof': jws('proof'),
}

describe.each(hosts)('a route behind the guard on %s', (name, start) => {
  const parsedBefore = name === 'Express behind its own body parsers'

  async function setUp(...replies: FakeReply[]) {
    const newel = fakeNewel(...replies)
    const log = vi.fn()
    const ran = vi.fn()
    const host = await start(createTestGuard(newel, { log }), ran)
    running.push(host)
    const post = (
      body: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = {},
      path = '/transfer',
    ) => fetch(host.url + path, { method: 'POST', headers: { ...page, ...headers }, body })
    return { newel, log, ran, post, url: host.url }
  }
  const body = '{"to":"DE00","amount":"1.00","memo":"rent"}'

  it('runs once Newel allows it, with what was hashed, and can read its body again', async () => {
    const { newel, ran, post } = await setUp(assessment())
    const response = await post(body)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ params: { to: 'DE00', amount: '1.00' }, seen: body })
    expect(ran).toHaveBeenCalledTimes(1)
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls[0]?.body).toMatchObject({
      action: 'transfer',
      params: { to: 'DE00', amount: '1.00' },
      subject: { id: 'u1' },
      aud: origin,
      receipt: jws('receipt'),
      proof: jws('proof'),
      request: { ip: '127.0.0.1', user_agent: 'Mozilla/5.0' },
    })
  })

  it('answers a challenge for the handler, and spends the token on the repeat of the same body', async () => {
    const { newel, ran, post } = await setUp(challenged(), consumption())
    const first = await post(body)
    expect(first.status).toBe(401)
    expect(first.headers.get('www-authenticate')).toBe(
      'Newel error="insufficient_user_authentication", acr_values="phr", max_age=900',
    )
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.headers.get('content-type')).toContain('application/problem+json')
    expect(await first.json()).toMatchObject({
      code: 'insufficient_user_authentication',
      challenge: { acr: 'phr' },
    })
    expect(ran).not.toHaveBeenCalled()

    const second = await post(body, { 'newel-token': jws('token') })
    expect(second.status).toBe(200)
    expect(newel.calls.map((call) => call.path)).toEqual(['/v1/assessments', '/v1/tokens/consume'])
    expect(newel.calls[1]?.body['params']).toEqual(newel.calls[0]?.body['params'])
    expect(ran).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['denied', 403],
    ['unmet_authentication_requirements', 403],
    ['signals_required', 401],
  ] as const)('does not run on %s', async (code, status) => {
    const { ran, post } = await setUp(
      assessment({ decision: status === 403 ? 'deny' : 'challenge', problem: code }),
    )
    const response = await post(body)
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })])
    expect(ran).not.toHaveBeenCalled()
  })

  it('does not run on a bad token, and not while Newel is away', async () => {
    const { ran, post } = await setUp(problem('invalid_token', 401), networkError(), networkError())
    expect((await post(body, { 'newel-token': jws('token') })).status).toBe(401)
    const away = await post(body)
    expect([away.status, await away.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'newel_unavailable' }),
    ])
    expect(ran).not.toHaveBeenCalled()
  })

  it('reads a form as well', async () => {
    const { newel, post } = await setUp(assessment())
    await post('to=DE00&amount=1%2C00', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(newel.calls[0]?.body['params']).toEqual({ to: 'DE00', amount: '1,00' })
  })

  it('lets nobody choose between two values', async () => {
    const { newel, ran, post, url } = await setUp()
    const form = await post('to=DE00&to=DE66&amount=1', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    const query = await fetch(`${url}/statement?month=1&month=2`, { headers: page })
    expect([form.status, query.status]).toEqual([400, 400])
    expect(newel.calls).toEqual([])
    expect(ran).not.toHaveBeenCalled()
  })

  it('takes params from the query, where there is no body', async () => {
    const { newel, url } = await setUp(assessment())
    const response = await fetch(`${url}/statement?month=2027-01`, { headers: page })
    expect(await response.json()).toEqual({ params: { month: '2027-01' } })
    expect(newel.calls[0]?.body).toMatchObject({ action: 'statement.read', params: { month: '2027-01' } })
  })

  it('refuses a body that is no JSON, none that can be hashed, or too long, and stays up', async () => {
    const { newel, ran, post } = await setUp(assessment())
    expect((await post('{"to":')).status).toBe(400)
    expect((await post('{"to":["DE00"],"amount":"1.00"}')).status).toBe(400)
    expect((await post(new Uint8Array(300_000).fill(0x20))).status).toBe(413)
    expect(newel.calls).toEqual([])
    expect(ran).not.toHaveBeenCalled()
    expect((await post(body)).status).toBe(200)
  })

  it('says a mistake of the application to the operator and to nobody else', async () => {
    const { log, ran, post } = await setUp(problem('unknown_action', 400, { detail: 'nearest is "pay"' }))
    const response = await post(body)
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).not.toMatch(/pay|stack|at /)
    expect(ran).not.toHaveBeenCalled()
    expect(log).toHaveBeenCalledWith(
      'error',
      'guard_misused',
      expect.objectContaining({ action: 'transfer' }),
    )
    expect(JSON.stringify(log.mock.calls)).not.toContain(secretKey)
  })

  it('does not read a body that no param comes from', async () => {
    const { newel, post } = await setUp(assessment())
    const long = 'x'.repeat(100_000)
    const response = await post(long, { 'content-type': 'application/octet-stream' }, '/rename')
    expect(await response.json()).toEqual({ seen: long })
    expect(newel.calls[0]?.body).toMatchObject({ action: 'account.rename', params: {} })
  })

  it('never hands the handler another one of two members of one name than Newel was asked about', async () => {
    const { newel, post } = await setUp(assessment())
    const response = await post('{"to":"DE00","to":"DE66","amount":"1"}')
    if (parsedBefore) {
      // The application's own parser has chosen by then, for both.
      expect(newel.calls[0]?.body['params']).toEqual({ to: 'DE66', amount: '1' })
      expect(await response.json()).toMatchObject({ seen: '{"to":"DE66","amount":"1"}' })
      return
    }
    expect(response.status).toBe(400)
    expect(newel.calls).toEqual([])
  })

  it('answers sixteen requests at once, each with its own values', async () => {
    const { newel, post } = await setUp(...Array.from({ length: 16 }, () => assessment()))
    const answers = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const response = await post(JSON.stringify({ to: `DE${index}`, amount: '1' }))
        return (await response.json()) as { params: { to: string } }
      }),
    )
    expect(answers.map((answer) => answer.params.to)).toEqual(
      Array.from({ length: 16 }, (_, index) => `DE${index}`),
    )
    expect(new Set(newel.calls.map((call) => call.body['op'])).size).toBe(16)
  })
})
