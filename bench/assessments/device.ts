import { tokenTypes } from '@newel/protocol'
import { base64url, calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'

const encoder = new TextEncoder()

/** A device key as a browser holds it, and what it signs. */
export interface Device {
  readonly jkt: string
  readonly jwk: JWK
  sign(kind: 'envelope' | 'proof', claims: object): Promise<string>
}

export const randomToken = (): string => base64url.encode(crypto.getRandomValues(new Uint8Array(16)))

/** An `op` as the guard draws it at such a time. */
export function opAt(atMs: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const time = new DataView(bytes.buffer)
  time.setUint16(0, Math.floor(atMs / 2 ** 32))
  time.setUint32(2, atMs % 2 ** 32)
  return base64url.encode(bytes)
}

export const sha256 = async (text: string): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))

export async function createDevice(): Promise<Device> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const { kty, crv, x, y } = await exportJWK(publicKey)
  const jwk = { kty, crv, x, y } as JWK
  return {
    jkt: await calculateJwkThumbprint(jwk),
    jwk,
    sign: (kind, claims) =>
      new CompactSign(encoder.encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'ES256', typ: tokenTypes[kind], jwk })
        .sign(privateKey),
  }
}
