import * as v from 'valibot'
import { acr } from '../acr.ts'
import { id } from '../ids.ts'
import { methodName } from '../methods/index.ts'
import { epochMs, op } from '../primitives.ts'

const offered = v.strictObject({
  method: methodName,
  /** Masked, such as "a•••@example.com". */
  hint: v.optional(v.string()),
})

/** `GET /v1/challenges/{id}` */
export const challengeView = v.strictObject({
  id: id('challenge'),
  methods: v.array(offered),
  acr,
  expires_at_ms: epochMs,
  attempts_left: v.number(),
  /** Rendered by the server from the declared display text and the params it holds, never by the client (OWASP TA 1.2, S-101). */
  action: v.strictObject({ name: v.string(), text: v.string() }),
})
export type ChallengeView = v.InferOutput<typeof challengeView>

/** `POST /v1/challenges/{id}/start` */
export const startRequest = v.strictObject({ op, method: methodName })
export type StartRequest = v.InferOutput<typeof startRequest>

export const startResponse = v.variant('method', [
  v.strictObject({
    method: v.literal('passkey'),
    /** PublicKeyCredentialRequestOptionsJSON (WebAuthn L3 §5.1.8). */
    options: v.record(v.string(), v.unknown()),
  }),
  v.strictObject({ method: v.literal('totp'), digits: v.number() }),
  v.strictObject({
    method: v.literal('email'),
    digits: v.number(),
    hint: v.string(),
    /** Before this a new code is refused. */
    resend_at_ms: epochMs,
    expires_at_ms: epochMs,
  }),
])
export type StartResponse = v.InferOutput<typeof startResponse>

/** `POST /v1/challenges/{id}/verify`; `response` is checked against the method's own schema. */
export const verifyRequest = v.strictObject({
  op,
  method: methodName,
  response: v.record(v.string(), v.unknown()),
})
export type VerifyRequest = v.InferOutput<typeof verifyRequest>

export const verifyResponse = v.strictObject({
  token: v.string(),
  expires_at_ms: epochMs,
})
export type VerifyResponse = v.InferOutput<typeof verifyResponse>

/** `POST /v1/challenges/{id}/cancel` and `/v1/enrollments/{id}/cancel` */
export const cancelRequest = v.strictObject({ op })
export const cancelResponse = v.strictObject({ cancelled: v.literal(true) })
