import { webcrypto } from 'node:crypto'
import {
  envelopeClaims,
  helloRequest,
  parseObservations,
  startRequest,
  verifyRequest,
  type ChallengeView,
} from '@newel/protocol'

/** A JWS that a page wrote, its signature checked. */
export interface PageJws {
  readonly header: { typ: string; alg: string; jwk: { kty: string; crv: string; x: string; y: string } }
  readonly claims: Record<string, unknown>
  readonly jkt: string
}

const decode = (part: string): Buffer => Buffer.from(part, 'base64url')
const parse = (part: string): unknown => JSON.parse(decode(part).toString())

export const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await webcrypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url')

/** Reads a page's JWS as a server would; throws when anything about it is wrong. */
export async function readJws(jws: string, typ: string): Promise<PageJws> {
  const [head = '', body = '', signature = ''] = jws.split('.')
  const header = parse(head) as PageJws['header']
  if (header.typ !== typ || header.alg !== 'ES256') throw new Error('wrong kind of JWS')
  const { kty, crv, x, y, ...rest } = header.jwk
  if (Object.keys(rest).length > 0) throw new Error('the key has foreign members')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y }, algorithm, false, ['verify'])
  const signed = await webcrypto.subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    key,
    decode(signature),
    Buffer.from(`${head}.${body}`),
  )
  if (!signed) throw new Error('wrong signature')
  return {
    header,
    claims: parse(body) as Record<string, unknown>,
    jkt: await sha256(JSON.stringify({ crv, kty, x, y })),
  }
}

export interface Recorded {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: unknown
  /** The DPoP proof, checked. */
  readonly dpop?: PageJws
}

export interface FakeOptions {
  /** Base with path that `htu` is compared with. */
  readonly url: string
  readonly now: () => number
}

/** Id of a kind, the same for the same number. */
export const fakeId = (kind: 'chl' | 'enr' | 'aut', number: number): string =>
  `${kind}_${String(number).padStart(38, '0')}`

export const problem = (status: number, code: string, more: object = {}): Response =>
  new Response(JSON.stringify({ type: `urn:newel:problem:${code}`, title: code, status, code, ...more }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  })

const json = (value: object): Response =>
  new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json' } })

/** What the schemas of the protocol offer to any validator (https://standardschema.dev). */
interface Schema<T> {
  readonly '~standard': {
    validate(value: unknown): { value: T } | { issues: readonly unknown[] } | Promise<unknown>
  }
}

function check<T>(schema: Schema<T>, value: unknown): T {
  const result = schema['~standard'].validate(value) as { value: T; issues?: readonly unknown[] }
  if (result.issues !== undefined) throw new Error(JSON.stringify(result.issues))
  return result.value
}

/**
 * Newel's browser side as far as a page can tell: nonces, proofs and schemas are checked, codes are "right" when the test says
 * so. State is open for the test to read and to bend.
 */
export function createFakeNewel({ url, now }: FakeOptions) {
  const calls: Recorded[] = []
  const envelopes: { jws: PageJws; receipt: string }[] = []
  const usedJti = new Set<unknown>()
  let nonces = ['n0']
  const state = {
    calls,
    envelopes,
    /** Signals asked for, by wire name. */
    signals: ['device-key@1', 'client@1', 'language@1', 'timezone@1', 'screen@1', 'page-timing@1'],
    receiptSeconds: 300,
    /** Answers instead of the route, for the next calls to a path that ends so; in order. */
    next: [] as { path: string; answer: () => Response | Promise<Response> }[],
    challenges: new Map<string, ChallengeView & { code: string; secret?: object }>(),
    enrollments: new Map<
      string,
      { method: string; expires_at_ms: number; attempts_left: number; start: object; code: string }
    >(),
    passkeyOptions: {} as Record<string, unknown>,
    /** Ends the life of every nonce handed out so far. */
    expireNonces() {
      nonces = []
    },
    fetch: async (request: Request): Promise<Response> => {
      const answer = await route(request).catch((error: unknown) =>
        problem(400, 'invalid_request', { detail: String(error) }),
      )
      answer.headers.set('DPoP-Nonce', issueNonce())
      answer.headers.set('Newel-Time', String(now()))
      return answer
    },
  }

  const issueNonce = (): string => {
    const nonce = `n${calls.length}-${nonces.length}`
    nonces.push(nonce)
    return nonce
  }

  const isFresh = (claims: Record<string, unknown>): boolean =>
    Math.abs(Number(claims['iat']) - Math.floor(now() / 1000)) <= 60

  const route = async (request: Request): Promise<Response> => {
    const path = request.url.slice(url.length)
    const text = await request.text()
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>)
    const proof = request.headers.get('DPoP')
    const dpop = proof === null ? undefined : await readJws(proof, 'dpop+jwt')
    calls.push({ method: request.method, path, headers: request.headers, body, ...(dpop && { dpop }) })
    const planned = state.next.findIndex((entry) => path.endsWith(entry.path))
    if (planned >= 0) return state.next.splice(planned, 1)[0]!.answer()
    if (request.headers.get('Newel-Key') !== 'pk_demo_0123456789abcdef')
      return problem(401, 'invalid_api_key')
    if (path === '/v1/hello') {
      check(helloRequest, body)
      return json({ nonce: issueNonce(), now_ms: now(), accepts: { envelope: [1], signals: state.signals } })
    }
    if (path === '/v1/signals') return takeEnvelope(String(body?.['envelope']))
    if (dpop === undefined) return problem(400, 'invalid_dpop_proof')
    const { claims } = dpop
    if (!nonces.includes(String(claims['nonce']))) return problem(400, 'use_dpop_nonce')
    const fits = claims['htm'] === request.method && claims['htu'] === request.url && isFresh(claims)
    if (!fits || usedJti.has(claims['jti'])) return problem(400, 'invalid_dpop_proof')
    usedJti.add(claims['jti'])
    const [, , kind, id = '', step] = path.split('/')
    return kind === 'challenges' ? challenge(id, step, body) : enrollment(id, step, body)
  }

  const takeEnvelope = async (envelope: string): Promise<Response> => {
    const jws = await readJws(envelope, 'newel-envelope+jwt')
    if (!nonces.includes(String(jws.claims['nonce']))) return problem(400, 'use_dpop_nonce')
    const claims = check(envelopeClaims, jws.claims)
    const read = parseObservations(claims.observations)
    if (!read.ok || !isFresh(jws.claims)) return problem(400, 'invalid_envelope')
    const again = envelopes.find((known) => known.jws.claims['jti'] === claims.jti)
    const receipt = again?.receipt ?? `receipt.${envelopes.length + 1}.${claims.visit}`
    if (!again) envelopes.push({ jws, receipt })
    return json({ receipt, nonce: issueNonce(), expires_at_ms: now() + state.receiptSeconds * 1000 })
  }

  const challenge = (id: string, step: string | undefined, body: unknown): Response => {
    const held = state.challenges.get(id)
    if (held === undefined || held.attempts_left < 1 || held.expires_at_ms <= now()) {
      return problem(404, 'challenge_unavailable')
    }
    const { code, ...view } = held
    if (step === undefined) return json(view)
    if (step === 'cancel') {
      state.challenges.delete(id)
      return json({ cancelled: true })
    }
    if (step === 'start') {
      const { method } = check(startRequest, body)
      const sent = {
        digits: 8,
        hint: 'a•••@example.com',
        resend_at_ms: now() + 30_000,
        expires_at_ms: view.expires_at_ms,
      }
      if (method === 'passkey') return json({ method, options: state.passkeyOptions })
      return json(method === 'totp' ? { method, digits: 6 } : { method, ...sent })
    }
    const { response } = check(verifyRequest, body)
    held.attempts_left -= 1
    if (response['code'] !== code && response['type'] !== 'public-key')
      return problem(422, 'verification_failed')
    state.challenges.delete(id)
    return json({ token: `token.${id}.x`, expires_at_ms: now() + 300_000 })
  }

  const enrollment = (id: string, step: string | undefined, body: unknown): Response => {
    const held = state.enrollments.get(id)
    if (held === undefined) return problem(404, 'challenge_unavailable')
    const { method, expires_at_ms, attempts_left, start, code } = held
    if (step === undefined) return json({ id, method, expires_at_ms, attempts_left })
    if (step === 'start') return json({ method, ...start })
    if (step === 'cancel') return json({ cancelled: true })
    const { response, label } = body as { response: Record<string, unknown>; label?: string }
    if (response['code'] !== code && response['type'] !== 'public-key')
      return problem(422, 'verification_failed')
    return json({
      authenticator: {
        id: fakeId('aut', 1),
        method,
        acr: 'newel:otp',
        label: label ?? '',
        created_at_ms: now(),
      },
    })
  }

  return state
}
export type FakeNewel = ReturnType<typeof createFakeNewel>

/** Opens a challenge that a code answers. */
export function openChallenge(
  fake: FakeNewel,
  number: number,
  more: Partial<ChallengeView> & { expires_at_ms: number; code?: string },
): { id: string; methods: string[]; acr: string; expires_at_ms: number } {
  const id = fakeId('chl', number)
  const view: ChallengeView & { code: string } = {
    id: id as ChallengeView['id'],
    methods: [{ method: 'totp' }],
    acr: 'newel:otp',
    attempts_left: 5,
    action: { name: 'transfer', text: 'Send 250.00 EUR to Ada Lovelace' },
    code: '123456',
    ...more,
  }
  fake.challenges.set(id, view)
  return {
    id,
    methods: view.methods.map(({ method }) => method),
    acr: view.acr,
    expires_at_ms: view.expires_at_ms,
  }
}
