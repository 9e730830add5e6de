import {
  assessmentRequest,
  consumeRequest,
  event,
  feedbackRequest,
  openEnrollmentRequest,
  removeAuthenticatorRequest,
  subjectUpdate,
  type AssessmentResponse,
  type ConsumeResponse,
} from '@newel/protocol'

export const secretKey = `sk_bank_${'s'.repeat(32)}`
export const origin = 'https://bank.example'
export const jws = (name: string): string => `${name}.payload.signature`

export interface RecordedCall {
  readonly method: string
  readonly path: string
  readonly authorization: string | null
  readonly body: Record<string, unknown>
}

/** A reply: a value becomes JSON, a function does what a network does. */
export type FakeReply = { status?: number; json: unknown } | (() => Response | Promise<Response>)

const schemas: readonly [RegExp, { '~standard': { validate(value: unknown): unknown } }][] = [
  [/^POST \/v1\/assessments$/, assessmentRequest],
  [/^POST \/v1\/tokens\/consume$/, consumeRequest],
  [/^POST \/v1\/events$/, event],
  [/^POST \/v1\/feedback$/, feedbackRequest],
  [/^PUT \/v1\/subjects\/[^/]+$/, subjectUpdate],
  [/^POST \/v1\/subjects\/[^/]+\/enrollments$/, openEnrollmentRequest],
  [/^POST \/v1\/subjects\/[^/]+\/authenticators\/[^/]+\/remove$/, removeAuthenticatorRequest],
]

/** Answers from a list, and fails the test that sends what the wire does not allow. */
export function fakeNewel(...replies: FakeReply[]) {
  const calls: RecordedCall[] = []
  const refusedBySchema: unknown[] = []
  return {
    calls,
    refusedBySchema,
    async fetch(request: Request): Promise<Response> {
      const path = new URL(request.url).pathname
      const text = await request.text()
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
      calls.push({ method: request.method, path, authorization: request.headers.get('authorization'), body })
      for (const [pattern, schema] of schemas) {
        if (!pattern.test(`${request.method} ${path}`)) continue
        const result = schema['~standard'].validate(body) as { issues?: readonly { message: string }[] }
        if (result.issues) refusedBySchema.push(result.issues.map((issue) => issue.message))
      }
      const reply = replies.shift()
      if (reply === undefined) throw new Error(`no reply left for ${request.method} ${path}`)
      if (typeof reply === 'function') return reply()
      return Response.json(reply.json, { status: reply.status ?? 200 })
    },
  }
}

export const assessmentId = `asm_0${'0'.repeat(37)}`
export const challengeId = `chl_0${'0'.repeat(37)}`

export const assessment = (members: Partial<AssessmentResponse> = {}): { json: AssessmentResponse } => ({
  json: {
    id: assessmentId as AssessmentResponse['id'],
    risk: { score: 0.001, nats: -2, level: 'low', calibration: 'shipped' },
    decision: 'allow',
    reasons: [],
    acr: 'newel:base',
    policy_version: 'p-1',
    model_version: 'm-1',
    ...members,
  },
})

export const challenged = () =>
  assessment({
    decision: 'challenge',
    problem: 'insufficient_user_authentication',
    acr: 'phr',
    max_age_s: 900,
    challenge: {
      id: challengeId as `chl_${string}`,
      methods: ['passkey'],
      acr: 'phr',
      expires_at_ms: 1_800_000_300_000,
    },
  })

export const consumption = (): { json: ConsumeResponse } => ({
  json: {
    consumed: true,
    assessment: assessmentId as `asm_${string}`,
    challenge: challengeId as `chl_${string}`,
    acr: 'phr',
    amr: ['hwk', 'user'],
    auth_time: 1_800_000_000,
  },
})

export const problem = (code: string, status: number, members: object = {}) => ({
  status,
  json: { type: `urn:newel:problem:${code}`, title: code, status, code, ...members },
})

export const networkError = (): FakeReply => () => Promise.reject(new TypeError('fetch failed'))
