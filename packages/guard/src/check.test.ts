import { describe, expect, it } from 'vitest'
import {
  assessment,
  assessmentId,
  challenged,
  challengeId,
  consumption,
  jws,
  networkError,
  origin,
  problem,
  secretKey,
} from '../test/fake-newel.ts'
import { ask, page, refusal, setUp } from '../test/set-up.ts'
import { GuardError } from './error.ts'
import type { GuardOptions } from './guard.ts'
import { hashSession } from './session.ts'

describe('a check without a token', () => {
  it('asks for an assessment in the words of the wire', async () => {
    const { newel, guard } = setUp([assessment()])
    const outcome = await guard.check(ask(page, { require: { acr: 'phr', maxAgeSeconds: 60 } }))
    expect(outcome).toEqual({
      ok: true,
      via: 'assessment',
      assessment: assessmentId,
      acr: 'newel:base',
      level: 'low',
      score: 0.001,
      reasons: [],
      params: { to: 'DE00', amount: '1.00' },
    })
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls).toEqual([
      {
        method: 'POST',
        path: '/v1/assessments',
        authorization: `Bearer ${secretKey}`,
        body: {
          op: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/) as string,
          action: 'transfer',
          params: { to: 'DE00', amount: '1.00' },
          subject: { id: 'u1' },
          session: await hashSession(origin, 's1'),
          receipt: jws('receipt'),
          proof: jws('proof'),
          aud: origin,
          request: {
            ip: '192.0.2.7',
            user_agent: 'Mozilla/5.0',
            headers: { 'sec-ch-ua-platform': '"Linux"', 'accept-language': 'de,en;q=0.5' },
          },
          require: { acr: 'phr', max_age_s: 60 },
        },
      },
    ])
  })

  it('never lets the session itself leave the process', async () => {
    const { newel, guard } = setUp([assessment()])
    await guard.check(ask(page, { session: 'top-secret-cookie' }))
    expect(JSON.stringify(newel.calls)).not.toContain('top-secret-cookie')
  })

  it('draws a new op for every check and keeps it for the repeat of a lost call', async () => {
    const { newel, guard } = setUp([networkError(), assessment(), assessment()])
    await guard.check(ask())
    await guard.check(ask())
    const ops = newel.calls.map((call) => call.body['op'])
    expect(ops[0]).toBe(ops[1])
    expect(newel.calls[0]).toEqual(newel.calls[1])
    expect(ops[2]).not.toBe(ops[0])
  })

  it('sends what a browser overdoes in a form that Newel reads', async () => {
    const { newel, guard } = setUp([assessment()])
    const headers = {
      'user-agent': 'x'.repeat(3000),
      'sec-ch-ua-mobile': '?'.repeat(50),
      'accept-language': 'a\tb',
      'newel-receipt': 'x'.repeat(5000),
      'newel-proof': 'not a jws',
    }
    expect(await guard.check(ask(headers))).toMatchObject({ ok: true })
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls[0]?.body).not.toHaveProperty('receipt')
    expect(newel.calls[0]?.body).not.toHaveProperty('proof')
  })

  it('answers a challenge in the header and, for pages of other origins, in the body', async () => {
    const { guard } = setUp([challenged()])
    const challenge = { id: challengeId, methods: ['passkey'], acr: 'phr', expires_at_ms: 1_800_000_300_000 }
    expect(await refusal(await guard.check(ask()))).toMatchObject({
      status: 401,
      authenticate: 'Newel error="insufficient_user_authentication", acr_values="phr", max_age=900',
      body: {
        status: 401,
        code: 'insufficient_user_authentication',
        acr_values: 'phr',
        max_age: 900,
        challenge,
      },
    })
  })

  it.each([
    ['signals_required', 'challenge', 401, 'Newel error="signals_required"'],
    ['denied', 'deny', 403, null],
    ['unmet_authentication_requirements', 'deny', 403, null],
  ] as const)('answers %s as it is', async (code, decision, status, authenticate) => {
    const { guard } = setUp([assessment({ decision, problem: code })])
    const refused = await refusal(await guard.check(ask()))
    expect(refused).toMatchObject({ status, code, authenticate })
    expect(Object.keys(refused.body as object).sort()).toEqual(['code', 'status', 'title', 'type'])
  })

  it('says nothing of score, level and reasons to the browser', async () => {
    const { guard } = setUp([{ json: { ...challenged().json, reasons: [{ code: 'country_unfamiliar' }] } }])
    const outcome = await refusal(await guard.check(ask()))
    expect(JSON.stringify(outcome)).not.toMatch(/country|score|level|nats/)
  })

  it('answers values that the action does not take with 400, without asking where nobody has to be asked', async () => {
    const { newel, guard } = setUp([problem('invalid_params', 400)])
    expect(await refusal(await guard.check(ask(page, { params: { amount: 1.5 } })))).toMatchObject({
      status: 400,
    })
    expect(newel.calls).toEqual([])
    expect(await refusal(await guard.check(ask()))).toMatchObject({ status: 400, code: 'invalid_params' })
  })
})

describe('a check with a token', () => {
  const repeat = { ...page, 'newel-token': jws('token') }

  it('spends the token on exactly this request', async () => {
    const { newel, guard } = setUp([consumption()])
    expect(await guard.check(ask(repeat))).toEqual({
      ok: true,
      via: 'token',
      assessment: assessmentId,
      challenge: challengeId,
      acr: 'phr',
      amr: ['hwk', 'user'],
      authTimeSeconds: 1_800_000_000,
      params: { to: 'DE00', amount: '1.00' },
    })
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls[0]).toMatchObject({
      path: '/v1/tokens/consume',
      body: {
        token: jws('token'),
        proof: jws('proof'),
        aud: origin,
        subject: { id: 'u1' },
        session: await hashSession(origin, 's1'),
        action: 'transfer',
        params: { to: 'DE00', amount: '1.00' },
      },
    })
  })

  it('does not lose the action when the reply got lost', async () => {
    const { newel, guard } = setUp([networkError(), consumption()])
    expect(await guard.check(ask(repeat))).toMatchObject({ ok: true, via: 'token' })
    expect(newel.calls[0]).toEqual(newel.calls[1])
  })

  it('answers a bad, spent or foreign token with 401 invalid_token and no challenge', async () => {
    const { guard } = setUp([problem('invalid_token', 401)])
    expect(await refusal(await guard.check(ask(repeat)))).toMatchObject({
      status: 401,
      code: 'invalid_token',
      authenticate: 'Newel error="invalid_token"',
    })
  })

  it('asks nobody about a token that cannot be right, and never falls back to an assessment', async () => {
    const { newel, guard } = setUp([])
    const { 'newel-proof': _, ...withoutProof } = repeat
    const inputs = [
      ask(withoutProof),
      ask({ ...repeat, 'newel-token': 'x'.repeat(5000) }),
      ask({ ...repeat, 'newel-token': 'nonsense' }),
      ask(repeat, { subject: undefined }),
    ]
    for (const input of inputs)
      expect(await refusal(await guard.check(input))).toMatchObject({ code: 'invalid_token' })
    expect(newel.calls).toEqual([])
  })

  it.each([
    ['an allow', assessment()],
    ['a body that only looks like success', { json: { consumed: 'true' } }],
    ['nothing', { json: {} }],
  ])('takes %s for no consumption', async (_, reply) => {
    const { guard } = setUp([reply])
    expect(await refusal(await guard.check(ask(repeat)))).toMatchObject({ status: 503 })
  })
})

describe('a mistake in the application', () => {
  it.each([
    ['unknown_action', 400],
    ['invalid_request', 400],
    ['invalid_api_key', 401],
    ['not_found', 404],
    ['op_reused', 409],
  ])('is thrown when Newel says %s, with what Newel says and without the key', async (code, status) => {
    const errors = [{ pointer: '/subject/id', detail: 'a subject id is opaque' }]
    const { guard } = setUp([problem(code, status, { detail: 'nearest is "pay"', errors })])
    const error = await guard.check(ask()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(GuardError)
    const { message } = error as GuardError
    expect(message).toContain(code)
    expect(message).toContain('nearest is "pay"; /subject/id: a subject id is opaque')
    expect(message).not.toContain(secretKey)
  })

  it('is not hidden by whenUnavailable', async () => {
    const { guard } = setUp([problem('unknown_action', 400)])
    await expect(guard.check(ask(page, { whenUnavailable: 'allow', once: false }))).rejects.toThrow(
      GuardError,
    )
  })

  it('is told when the guard is made', () => {
    const mistakes: Partial<Record<keyof GuardOptions, unknown>>[] = [
      { secretKey: `pk_bank_${'p'.repeat(32)}` },
      { secretKey: '' },
      { aud: 'https://bank.example/' },
      { aud: 'bank.example' },
      { aud: ['https://bank.example', 'nonsense'] },
      { aud: [] },
      { aud: undefined },
      { clientAddress: undefined },
      { server: {} },
    ]
    for (const mistake of mistakes)
      expect(() => setUp([], mistake as Partial<GuardOptions>)).toThrow(GuardError)
  })
})

describe('the audience', () => {
  const aud = [origin, 'https://m.bank.example'] as const

  it.each([
    [
      'the one that the request names, of those configured',
      { origin: 'https://m.bank.example' },
      'https://m.bank.example',
    ],
    ['the first for an origin that is not configured', { origin: 'https://evil.example' }, origin],
    ['the first for an opaque origin', { origin: 'null' }, origin],
    ['the first without an origin, whatever Host says', { host: 'm.bank.example' }, origin],
  ])('is %s', async (_, headers, expected) => {
    const { guard, newel } = setUp([assessment()], { aud })
    await guard.check(ask(headers))
    expect(newel.calls[0]?.body['aud']).toBe(expected)
  })

  it('does not change what a session is to Newel: a browser could choose by its Origin', async () => {
    const { guard, newel } = setUp([assessment(), assessment()], { aud })
    await guard.check(ask({ origin: aud[0] }))
    await guard.check(ask({ origin: aud[1] }))
    expect(newel.calls[0]?.body['session']).toBe(newel.calls[1]?.body['session'])
  })
})
