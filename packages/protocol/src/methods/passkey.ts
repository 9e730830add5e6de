import * as v from 'valibot'
import { defineMethod } from './define.ts'

const base64url = (max: number) => v.pipe(v.string(), v.maxLength(max), v.regex(/^[A-Za-z0-9_-]*$/))
const attachment = v.optional(v.nullable(v.string()))

/** Credential ids are at most 1023 bytes (WebAuthn L3 §7.1). */
const credential = {
  id: base64url(1364),
  rawId: base64url(1364),
  type: v.literal('public-key'),
  authenticatorAttachment: attachment,
  /** Unasked extension results are ignored (WebAuthn L3 §7.2). */
  clientExtensionResults: v.record(v.string(), v.unknown()),
}

/** WebAuthn with user verification, in the JSON forms of WebAuthn L3 §5.1. */
export const passkey = defineMethod({
  name: 'passkey',
  acr: 'phrh',
  response: v.object({
    ...credential,
    response: v.object({
      clientDataJSON: base64url(4096),
      authenticatorData: base64url(4096),
      signature: base64url(2048),
      userHandle: v.optional(v.nullable(base64url(128))),
    }),
  }),
  enrollment: v.object({
    ...credential,
    response: v.object({
      clientDataJSON: base64url(4096),
      attestationObject: base64url(32_768),
      transports: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(8))),
    }),
  }),
  ratio: { passed: 1 / 50, failed: 2 },
})
