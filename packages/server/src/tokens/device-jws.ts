import { deviceJwk, type DeviceJwk } from '@newel/protocol'
import { calculateJwkThumbprint } from 'jose'
import * as v from 'valibot'
import { hasListForObject } from '../body.ts'
import { fromBase64url, textFromBase64url, utf8 } from '../crypto.ts'
import { createLru } from '../lru.ts'
import { readPlainJws, type PlainJws } from './plain-jws.ts'

/** A JWS that a device key signed and carries in its header, verified. Says nothing about freshness or purpose. */
export interface DeviceJws<Claims> {
  readonly claims: Claims
  readonly jkt: string
  readonly jwk: DeviceJwk
}

/** Exactly these members: no `crit`, no `kid`, no `jku`, no private half (RFC 9449 §4.2, RFC 8725 §3.10). */
const header = v.strictObject({ typ: v.string(), alg: v.literal('ES256'), jwk: deviceJwk })

interface DeviceKey {
  readonly key: CryptoKey
  readonly jkt: string
}

/** Keys that have verified something, by their coordinates: to import one takes as long as to verify by it. */
const verified = createLru<string, DeviceKey>(4096)

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** The key that signed, where it is the one in the header; throws or gives `undefined` for whatever is wrong. */
async function verifySignature(
  jws: PlainJws,
  typ: string,
): Promise<Omit<DeviceJws<unknown>, 'claims'> | undefined> {
  const protectedHeader = v.safeParse(header, jws.header)
  if (!protectedHeader.success || protectedHeader.output.typ !== typ) return undefined
  const { jwk } = protectedHeader.output
  const name = `${jwk.x}.${jwk.y}`
  const device = verified.get(name) ?? {
    key: await crypto.subtle.importKey('jwk', jwk, ecdsa, false, ['verify']),
    jkt: await calculateJwkThumbprint(jwk),
  }
  // The header names neither another algorithm nor an extension, so this is all there is to ES256 (RFC 7518 §3.4).
  const signature = fromBase64url(jws.signature)
  if (!(await crypto.subtle.verify(ecdsa, device.key, signature, utf8(jws.signed)))) return undefined
  verified.set(name, device)
  return { jkt: device.jkt, jwk }
}

/** What a JWS claims, read without trust. It is to be trusted once {@link verifyDeviceJws} has verified it. */
export interface ReadJws<Claims> {
  readonly jws: PlainJws
  readonly claims: Claims
}

export function readDeviceJws<S extends v.GenericSchema>(
  token: string,
  schema: S,
): ReadJws<v.InferOutput<S>> | undefined {
  const jws = readPlainJws(token)
  const result = jws && v.safeParse(schema, jws.payload)
  if (!result?.success || hasListForObject(jws?.payload, result.output)) return undefined
  return jws && { jws, claims: result.output }
}

/** `undefined` for whatever is wrong with it: callers answer alike. */
export async function verifyDeviceJws<Claims>(
  read: ReadJws<Claims> | undefined,
  typ: string,
): Promise<DeviceJws<Claims> | undefined> {
  if (read === undefined) return undefined
  try {
    const signer = await verifySignature(read.jws, typ)
    return signer && { claims: read.claims, ...signer }
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
    const payload: unknown = JSON.parse(textFromBase64url(token.split('.')[1] ?? ''))
    const result = v.safeParse(schema, payload)
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}

/** Thumbprint of the key that a device-signed JWS names, read without trust. */
export async function decodeUntrustedKey(token: string): Promise<string | undefined> {
  const named = v.safeParse(v.object({ jwk: deviceJwk }), readPlainJws(token)?.header)
  return named.success ? calculateJwkThumbprint(named.output.jwk) : undefined
}
