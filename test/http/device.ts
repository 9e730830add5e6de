import { type DeviceJwk, type tokenTypes } from '@newel/protocol'
import { base64url, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** Signs whatever it is given, well-formed or not. */
export type Signer = (input: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>

export const es256 =
  (key: CryptoKey): Signer =>
  async (input) =>
    new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, input))

/** HMAC under bytes that anybody may know, such as those of a public key. */
export async function hs256(secret: Uint8Array<ArrayBuffer>): Promise<Signer> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign'])
  return async (input) => new Uint8Array(await crypto.subtle.sign('HMAC', key, input))
}

/** A JWS in compact form of exactly these texts: what a library would not write can be written here. */
export async function compact(header: string, payload: string | Uint8Array, sign: Signer): Promise<string> {
  const bytes = typeof payload === 'string' ? utf8(payload) : payload
  const input = `${base64url.encode(utf8(header))}.${base64url.encode(bytes)}`
  return `${input}.${base64url.encode(await sign(utf8(input)))}`
}

/** A device key, as an attacker has it: with the private half. */
export interface Device {
  readonly jkt: string
  readonly jwk: DeviceJwk
  readonly privateJwk: object
  readonly sign: Signer
  /** A JWS as the SDK makes it, but for members that are told otherwise; `undefined` leaves one out. */
  jws(typ: TokenType, claims: object, header?: object): Promise<string>
}
export type TokenType = (typeof tokenTypes)[keyof typeof tokenTypes]

export async function createDevice(): Promise<Device> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const { x = '', y = '' } = await exportJWK(publicKey)
  const jwk: DeviceJwk = { kty: 'EC', crv: 'P-256', x, y }
  const sign = es256(privateKey)
  return {
    jkt: await calculateJwkThumbprint(jwk),
    jwk,
    privateJwk: await exportJWK(privateKey),
    sign,
    jws: (typ, claims, header = {}) =>
      compact(JSON.stringify({ alg: 'ES256', typ, jwk, ...header }), JSON.stringify(claims), sign),
  }
}
