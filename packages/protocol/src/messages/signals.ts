import * as v from 'valibot'
import { base64url, compactJws, epochMs, epochSeconds, jkt } from '../primitives.ts'
import { text } from '../signals/define.ts'

/** A nonce is opaque to the browser: up to 256 characters, sent back as it came. */
export const nonce = v.pipe(v.string(), v.minLength(1), v.maxLength(256))

/** `POST /v1/hello` */
export const helloRequest = v.strictObject({
  jkt,
  /** The nonce of the `hello` just answered: the next one then carries the measured round trip. */
  nonce: v.optional(nonce),
})
export const helloResponse = v.strictObject({
  nonce,
  now_ms: epochMs,
  accepts: v.strictObject({
    /** Envelope versions. */
    envelope: v.array(v.literal(1)),
    /** Wire names of signals wanted. */
    signals: v.array(v.string()),
  }),
})
export type HelloRequest = v.InferOutput<typeof helloRequest>
export type HelloResponse = v.InferOutput<typeof helloResponse>

/** The JWS payload of an envelope (`typ: newel-envelope+jwt`, ES256, header `jwk`). */
export const envelopeClaims = v.strictObject({
  v: v.literal(1),
  nonce,
  iat: epochSeconds,
  jti: base64url(16),
  visit: base64url(16),
  /** Name and version of the collector, such as "newel/0.1.0". */
  sdk: v.pipe(v.string(), v.maxLength(32), v.regex(/^[a-z][a-z0-9-]*\/\d+\.\d+\.\d+$/)),
  /** Path of the page without query and fragment. */
  page: text(512),
  observations: v.pipe(
    v.record(v.pipe(v.string(), v.maxLength(64)), v.unknown()),
    v.check((value) => Object.keys(value).length <= 64, 'at most 64 observations'),
  ),
})
export type EnvelopeClaims = v.InferOutput<typeof envelopeClaims>

/** `POST /v1/signals` */
export const signalsRequest = v.strictObject({ envelope: compactJws(48_000) })
export const signalsResponse = v.strictObject({ receipt: v.string(), nonce, expires_at_ms: epochMs })
export type SignalsRequest = v.InferOutput<typeof signalsRequest>
export type SignalsResponse = v.InferOutput<typeof signalsResponse>
