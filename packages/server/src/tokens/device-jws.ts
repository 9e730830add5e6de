import { deviceJwk, type DeviceJwk } from '@newel/protocol'
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import * as v from 'valibot'
import { hasListForObject } from '../body.ts'
import { fromBase64url } from '../crypto.ts'
import { createLru } from '../lru.ts'
import { isPlainJws } from './plain-jws.ts'

/** A JWS that a device key signed and carries in its header, verified. Says nothing about freshness or purpose. */
export interface DeviceJws<Claims> {
  readonly claims: Claims
  readonly jkt: string
  readonly jwk: DeviceJwk
}

/** Exactly these members: no `crit`, no `kid`, no `jku`, no private half (RFC 9449 §4.2, RFC 8725 §3.10). */
const header = v.strictObject({ typ: v.string(), alg: v.literal('ES256'), jwk: deviceJwk })

type DeviceKey = Pick<DeviceJws<unknown>, 'jkt'> & { readonly key: Awaited<ReturnType<typeof importJWK>> }

/** Keys that have verified something, by their coordinates: to import one takes as long as to verify by it. */
const verified = createLru<string, DeviceKey>(4096)

const decoder = new TextDecoder('utf-8', { fatal: true })

/** `undefined` for whatever is wrong with it: callers answer alike. */
export async function verifyDeviceJws<S extends v.GenericSchema>(
  token: string,
  typ: string,
  schema: S,
): Promise<DeviceJws<v.InferOutput<S>> | undefined> {
  if (!isPlainJws(token)) return undefined
  try {
    const protectedHeader = v.parse(header, decodeProtectedHeader(token))
    if (protectedHeader.typ !== typ) return undefined
    const { jwk } = protectedHeader
    const name = `${jwk.x}.${jwk.y}`
    const device = verified.get(name) ?? {
      key: await importJWK(jwk, 'ES256'),
      jkt: await calculateJwkThumbprint(jwk),
    }
    const { payload } = await compactVerify(token, device.key, { algorithms: ['ES256'] })
    verified.set(name, device)
    const json: unknown = JSON.parse(decoder.decode(payload))
    const claims = v.parse(schema, json)
    return hasListForObject(json, claims) ? undefined : { claims, jkt: device.jkt, jwk }
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
