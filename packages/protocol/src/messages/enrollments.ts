import * as v from 'valibot'
import { acr } from '../acr.ts'
import { id } from '../ids.ts'
import { methodName } from '../methods/index.ts'
import { epochMs, jkt, op, origin, sessionHash } from '../primitives.ts'
import { assessmentResponse } from './assessments.ts'
import { text } from '../signals/define.ts'
import { proofToken, receiptToken, requestFacts, stepUpToken, subjectUpdate } from './common.ts'

/** Built-in actions that guard authenticators; part of every policy, each a `once` action. */
export const builtInActions = {
  enroll: 'newel.enroll',
  remove: 'newel.remove',
} as const

const guarded = {
  op,
  subject: v.optional(subjectUpdate),
  session: sessionHash,
  receipt: v.optional(receiptToken),
  proof: v.optional(proofToken),
  /** On the repeat: the step-up token for the built-in action. */
  token: v.optional(stepUpToken),
  aud: origin,
  request: requestFacts,
}

/**
 * `POST /v1/subjects/{id}/enrollments`: opens an enrolment, guarded as the action `newel.enroll` with param
 * `method`: it demands the highest acr the subject has (SP 800-63B-4 §4.1.2.1).
 */
export const openEnrollmentRequest = v.strictObject({ ...guarded, method: methodName })
export type OpenEnrollmentRequest = v.InferOutput<typeof openEnrollmentRequest>

export const enrollmentReference = v.strictObject({
  id: id('enrollment'),
  method: methodName,
  expires_at_ms: epochMs,
})
export type EnrollmentReference = v.InferOutput<typeof enrollmentReference>

/** Either the enrolment is open, or the assessment says what is needed first. */
export const openEnrollmentResponse = v.union([
  v.strictObject({ enrollment: enrollmentReference }),
  v.strictObject({ assessment: assessmentResponse }),
])
export type OpenEnrollmentResponse = v.InferOutput<typeof openEnrollmentResponse>

/** `POST /v1/subjects/{id}/authenticators/{authenticator}/remove`, guarded as `newel.remove`. */
export const removeAuthenticatorRequest = v.strictObject(guarded)
export type RemoveAuthenticatorRequest = v.InferOutput<typeof removeAuthenticatorRequest>
export const removeAuthenticatorResponse = v.union([
  v.strictObject({ removed: v.literal(true) }),
  v.strictObject({ assessment: assessmentResponse }),
])
export type RemoveAuthenticatorResponse = v.InferOutput<typeof removeAuthenticatorResponse>

export const authenticatorView = v.strictObject({
  id: id('authenticator'),
  method: methodName,
  /** What a success gives now; during the hold never more than the proof it was enrolled under. */
  acr,
  label: v.string(),
  created_at_ms: epochMs,
  last_used_at_ms: v.optional(epochMs),
})
export type AuthenticatorView = v.InferOutput<typeof authenticatorView>
/** `GET /v1/subjects/{id}/authenticators` */
export const authenticatorList = v.strictObject({ authenticators: v.array(authenticatorView) })

/** A device key on record: proven by a challenge, or vouched for by the back end. */
export const deviceView = v.strictObject({
  /** Thumbprint of the key; names the device in `DELETE /v1/subjects/{id}/devices/{jkt}`. */
  jkt,
  /** The strongest proof it was granted by. */
  acr,
  first_granted_at_ms: epochMs,
  last_granted_at_ms: epochMs,
})
export type DeviceView = v.InferOutput<typeof deviceView>
/** `GET /v1/subjects/{id}/devices`, latest first. */
export const deviceList = v.strictObject({ devices: v.array(deviceView) })

/** `GET /v1/enrollments/{id}` */
export const enrollmentView = v.strictObject({
  id: id('enrollment'),
  method: methodName,
  hint: v.optional(v.string()),
  expires_at_ms: epochMs,
  attempts_left: v.number(),
})
export type EnrollmentView = v.InferOutput<typeof enrollmentView>

/** `POST /v1/enrollments/{id}/start` */
export const enrollmentStartRequest = v.strictObject({ op })
export const enrollmentStartResponse = v.variant('method', [
  v.strictObject({
    method: v.literal('passkey'),
    /** PublicKeyCredentialCreationOptionsJSON (WebAuthn L3 §5.1.7). */
    options: v.record(v.string(), v.unknown()),
  }),
  v.strictObject({
    method: v.literal('totp'),
    /** Base32, shown this once and never again (S-051). */
    secret: v.string(),
    uri: v.string(),
    /** A QR code of `uri` as rows of "0" and "1"; the page draws it, so that no markup crosses the wire. */
    qr: v.array(v.string()),
    digits: v.number(),
  }),
  v.strictObject({
    method: v.literal('email'),
    digits: v.number(),
    hint: v.string(),
    resend_at_ms: epochMs,
    expires_at_ms: epochMs,
  }),
])
export type EnrollmentStartResponse = v.InferOutput<typeof enrollmentStartResponse>

/** `POST /v1/enrollments/{id}/verify` */
export const enrollmentVerifyRequest = v.strictObject({
  op,
  response: v.record(v.string(), v.unknown()),
  /** Shown in lists of the account's authenticators; no mail repeats it. */
  label: v.optional(text(64)),
})
export type EnrollmentVerifyRequest = v.InferOutput<typeof enrollmentVerifyRequest>
export const enrollmentVerifyResponse = v.strictObject({ authenticator: authenticatorView })
export type EnrollmentVerifyResponse = v.InferOutput<typeof enrollmentVerifyResponse>
