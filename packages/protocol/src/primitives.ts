import * as v from 'valibot'

/** Milliseconds since 1970-01-01T00:00:00Z, an integer between 0 and 2^48 − 1 (what fits an id). */
export const epochMs = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 48 - 1))

/** Seconds since 1970-01-01T00:00:00Z, as JWTs use them (RFC 7519 §2, NumericDate), integers only. */
export const epochSeconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 38))

/** `bytes` bytes in unpadded base64url, exact length. */
export const base64url = (bytes: number) => {
  const length = Math.ceil((bytes * 4) / 3)
  return v.pipe(
    v.string(),
    v.regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`), `expected ${bytes} bytes in base64url`),
  )
}

/** SHA-256 in unpadded base64url: 43 characters. */
export const sha256 = base64url(32)

/** RFC 7638 SHA-256 thumbprint of a device key. */
export const jkt = sha256

/**
 * 128 bits, drawn once per call to Newel and reused only when that same call is repeated: all random, or milliseconds in the
 * first 48, which lets a database keep together what came together. 22 characters.
 */
export const op = base64url(16)

/** Hash of an application session: `base64url(SHA-256("newel-sid" ‖ aud ‖ session))`; never the cookie itself. */
export const sessionHash = sha256

/** A JWS in compact form: three base64url segments, `max` characters at most. */
export const compactJws = (max: number) =>
  v.pipe(
    v.string(),
    v.maxLength(max),
    v.regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, 'expected a compact JWS'),
  )

/**
 * The application's own, opaque id of an account, 1 to 128 characters. One that contains `@` is refused: it would be a
 * mail address, and ids stand in records, exports and logs.
 */
export const subjectId = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(128),
  v.regex(/^[^@\s\p{Cc}]+$/u, 'a subject id is opaque: no "@", white space or control characters'),
)

/** Name of an action or of a parameter: lower-case words joined by `.`, `_` or `-`, 1 to 64 characters. */
export const name = v.pipe(
  v.string(),
  v.maxLength(64),
  v.regex(/^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/, 'expected lower-case words joined by ".", "_" or "-"'),
)

/** An origin as browsers serialise it (`https://bank.example`, `http://localhost:8080`), no path. */
export const origin = v.pipe(
  v.string(),
  v.maxLength(255),
  v.regex(
    /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$|^https?:\/\/\[[0-9a-f:]+\](?::\d{1,5})?$/,
    'expected an origin such as https://bank.example',
  ),
)

/** A value of an action parameter. Amounts are strings, so that no number loses digits (design, section 3). */
export const paramValue = v.union([
  v.pipe(v.string(), v.maxLength(2048)),
  v.boolean(),
  v.pipe(v.number(), v.safeInteger()),
])
export type ParamValue = v.InferOutput<typeof paramValue>

export const params = v.pipe(
  v.record(name, paramValue),
  v.check((value) => Object.keys(value).length <= 32, 'at most 32 params'),
)
export type Params = Record<string, ParamValue>
