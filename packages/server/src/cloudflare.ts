import type { ListHit } from '@newel/engine'
import { normaliseAddress } from './network.ts'
import type { Connection, ConnectionPlace } from './options.ts'

/** A town by name, and coordinates of which nothing is said. */
const townKm = 100
const vagueKm = 1000

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

function placeOf(cf: Readonly<Record<string, unknown>>): ConnectionPlace | undefined {
  const latitude = Number(textOf(cf['latitude']))
  const longitude = Number(textOf(cf['longitude']))
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined
  const city = textOf(cf['city'])
  const region = textOf(cf['regionCode']) ?? textOf(cf['region'])
  return {
    latitude,
    longitude,
    radiusKm: city === undefined ? vagueKm : townKm,
    ...(region !== undefined && { region }),
    ...(city !== undefined && { city }),
  }
}

/** Cloudflare's own word for an exit of Tor, in the place of a country. */
const tor: ListHit = { list: 'cloudflare', version: 'edge', kind: 'tor', weightPercent: 100, ageDays: 0 }

/**
 * What Cloudflare's edge knows of the connection that carries a request to a Worker: `newel.fetch(request, {
 * ...fromCloudflare(request), waitUntil })`. It reads the object `request.cf`, which the runtime makes and no client can send,
 * and `CF-Connecting-IP` only where that object is there: anywhere else the header is anybody's, and nothing is known.
 */
export function fromCloudflare(request: Request): Connection {
  const cf = (request as { readonly cf?: unknown }).cf
  if (typeof cf !== 'object' || cf === null) return {}
  const known = cf as Readonly<Record<string, unknown>>
  const address = normaliseAddress(request.headers.get('cf-connecting-ip') ?? undefined)
  const asn = known['asn']
  const country = textOf(known['country'])
  const place = country === 'T1' ? undefined : placeOf(known)
  return {
    ...(address !== undefined && { address }),
    ...(typeof asn === 'number' && Number.isSafeInteger(asn) && asn > 0 && { asn }),
    ...(country !== undefined && /^[A-Z]{2}$/.test(country) && country !== 'XX' && { country }),
    ...(place !== undefined && { place }),
    ...(country === 'T1' && { listed: [tor] }),
  }
}
