import * as v from 'valibot'
import { acr, amr } from './acr.ts'
import { id } from './ids.ts'
import {
  base64url,
  epochMs,
  epochSeconds,
  jkt,
  origin,
  sessionHash,
  sha256,
  subjectId,
} from './primitives.ts'

/** Every token kind has its own `typ`, audience and checks; each pair of kinds is mutually unacceptable (RFC 8725 §3.11). */
export const tokenTypes = {
  stepUp: 'newel-stepup+jwt',
  receipt: 'newel-receipt+jwt',
  envelope: 'newel-envelope+jwt',
  proof: 'newel-proof+jwt',
  dpop: 'dpop+jwt',
} as const

const jti = base64url(16)

/** The public half of a device key: P-256 and nothing else; a private or foreign member is refused (RFC 9449 §4.2). */
export const deviceJwk = v.strictObject({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: base64url(32),
  y: base64url(32),
})
export type DeviceJwk = v.InferOutput<typeof deviceJwk>

/** DPoP proof on Newel's own routes (RFC 9449 §4.2). `nonce` is always required here. */
export const dpopClaims = v.object({
  htm: v.picklist(['GET', 'POST']),
  htu: v.pipe(v.string(), v.maxLength(512)),
  jti,
  iat: epochSeconds,
  nonce: v.pipe(v.string(), v.maxLength(256)),
})
export type DpopClaims = v.InferOutput<typeof dpopClaims>

/** Proof from page to back end. `ath` = base64url(SHA-256(ASCII)) of the receipt, or of the token on the repeat. */
export const proofClaims = v.object({ aud: origin, iat: epochSeconds, jti, ath: sha256 })
export type ProofClaims = v.InferOutput<typeof proofClaims>

/** Receipt: HS256 under a server-only key; lives five minutes. */
export const receiptClaims = v.strictObject({
  iss: v.pipe(v.string(), v.maxLength(512)),
  /** Nobody but the server that issued it reads it. */
  aud: v.literal('newel:receipt'),
  iat: epochSeconds,
  exp: epochSeconds,
  jti,
  jkt,
  /** Digest of the envelope's compact serialisation. */
  env: sha256,
  /** The visit: random, renewed at sign-out and after 30 idle minutes. */
  visit: base64url(16),
  /** When and from where the envelope came, as the server saw it. */
  seen: v.strictObject({
    at_ms: epochMs,
    ip: v.optional(v.pipe(v.string(), v.maxLength(45))),
    /** Operator of that address, as the edge or the server's files name it. */
    asn: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  }),
  /** Keyed digest of the fingerprint, where enough of one was given: what failures are counted by. */
  print: v.optional(v.pipe(v.string(), v.length(12))),
})
export type ReceiptClaims = v.InferOutput<typeof receiptClaims>

/** Step-up token: ES256; lives five minutes; one use, always. No score, no reasons, no personal data. */
export const stepUpClaims = v.strictObject({
  iss: v.pipe(v.string(), v.maxLength(512)),
  aud: origin,
  sub: subjectId,
  sid: v.optional(sessionHash),
  iat: epochSeconds,
  exp: epochSeconds,
  jti,
  auth_time: epochSeconds,
  acr,
  amr: v.pipe(v.array(amr), v.minLength(1), v.maxLength(8)),
  cnf: v.strictObject({ jkt }),
  action: v.string(),
  action_hash: sha256,
  chl: id('challenge'),
})
export type StepUpClaims = v.InferOutput<typeof stepUpClaims>
