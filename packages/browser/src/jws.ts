import type { tokenTypes } from '@newel/protocol'
import { base64url, utf8 } from './bytes.ts'
import type { DeviceKey } from './device-key.ts'

/** The kinds of JWS that a page writes. */
export const types = {
  envelope: 'newel-envelope+jwt',
  proof: 'newel-proof+jwt',
  dpop: 'dpop+jwt',
} as const satisfies Partial<typeof tokenTypes>

const encode = (value: object): string => base64url(utf8(JSON.stringify(value)))

/** A JWS in compact form (RFC 7515 §7.1), ES256 by the device key, whose public half stands in the header. */
export async function signJws(
  key: DeviceKey,
  typ: (typeof types)[keyof typeof types],
  claims: object,
): Promise<string> {
  const input = `${encode({ typ, alg: 'ES256', jwk: key.jwk })}.${encode(claims)}`
  // WebCrypto gives r ‖ s, which is the form that JWS wants (RFC 7518 §3.4).
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, utf8(input))
  return `${input}.${base64url(new Uint8Array(signature))}`
}
