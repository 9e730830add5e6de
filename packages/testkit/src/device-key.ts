import { tokenTypes, type DeviceJwk } from '@newel/protocol'
import { base64url, calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair } from 'jose'

/** A device key and what it signs. */
export interface DeviceKey {
  /** RFC 7638 SHA-256 thumbprint. */
  readonly jkt: string
  sign(kind: 'envelope' | 'proof' | 'dpop', claims: object): Promise<string>
}

/** 128 random bits in base64url. */
export const randomToken = (): string => base64url.encode(crypto.getRandomValues(new Uint8Array(16)))

export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return base64url.encode(new Uint8Array(digest))
}

export async function createDeviceKey(): Promise<DeviceKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const { x = '', y = '' } = await exportJWK(publicKey)
  const jwk: DeviceJwk = { kty: 'EC', crv: 'P-256', x, y }
  return {
    jkt: await calculateJwkThumbprint(jwk),
    sign: (kind, claims) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'ES256', typ: tokenTypes[kind], jwk })
        .sign(privateKey),
  }
}
