import { deviceJwk, type DeviceJwk } from '@newel/protocol'
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import * as v from 'valibot'
import { assertPlainJson } from '../body.ts'
import { fromBase64url } from '../crypto.ts'

/** A JWS that a device key signed and carries in its header, verified. Says nothing about freshness or purpose. */
export interface DeviceJws<Claims> {
  readonly claims: Claims
  readonly jkt: string
  readonly jwk: DeviceJwk
}

/** Exactly these members: no `crit`, no `kid`, no `jku`, no private half (RFC 9449 §4.2, RFC 8725 §3.10). */
const header = (typ: string) =>
  v.strictObject({ typ: v.literal(typ), alg: v.literal('ES256'), jwk: deviceJwk })

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Three segments of unpadded base64url and nothing else (RFC 7515 §7.1): the library reads padding and more. */
export const isCompactJws = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)

/** `undefined` for whatever is wrong with it: callers answer alike. */
export async function verifyDeviceJws<S extends v.GenericSchema>(
  token: string,
  typ: string,
  schema: S,
): Promise<DeviceJws<v.InferOutput<S>> | undefined> {
  if (!isCompactJws(token)) return undefined
  try {
    const protectedHeader = v.parse(header(typ), decodeProtectedHeader(token))
    assertPlainJson(decoder.decode(fromBase64url(token.slice(0, token.indexOf('.')))))
    const { jwk } = protectedHeader
    const key = await importJWK(jwk, 'ES256')
    const { payload } = await compactVerify(token, key, { algorithms: ['ES256'] })
    const text = decoder.decode(payload)
    const json: unknown = JSON.parse(text)
    assertPlainJson(text)
    return { claims: v.parse(schema, json), jkt: await calculateJwkThumbprint(jwk), jwk }
  } catch {
    return undefined
  }
}

/** Claims of a token read without trust: only to know what to load before it is verified. */
export function decodeUntrusted<S extends v.GenericSchema>(
  token: string,
  schema: S,
): v.InferOutput<S> | undefined {
  try {
    const payload: unknown = JSON.parse(decoder.decode(fromBase64url(token.split('.')[1] ?? '')))
    const result = v.safeParse(schema, payload)
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}

/** Thumbprint of the key that a device-signed JWS names, read without trust. */
export async function decodeUntrustedKey(token: string): Promise<string | undefined> {
  try {
    const { jwk } = decodeProtectedHeader(token)
    return v.is(deviceJwk, jwk) ? await calculateJwkThumbprint(jwk) : undefined
  } catch {
    return undefined
  }
}
