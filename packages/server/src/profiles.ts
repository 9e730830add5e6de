import { readProfile, type ReadProfile } from '@newel/engine'
import { createLru } from './lru.ts'

/** Profiles of the subjects who were here last, some 60 KB each: a page asks about its person several times. */
const maxRead = 512
const read = createLru<string, { readonly bytes: Uint8Array; readonly profile: ReadProfile }>(maxRead)

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

/**
 * A subject's profile as it was read before, where these are the bytes that were read. Bytes are compared and not versions: a subject who
 * was erased, or a database that was restored, counts anew.
 */
export function profileOf(tenant: string, subject: string, bytes: Uint8Array): ReadProfile {
  const key = `${tenant} ${subject}`
  const known = read.get(key)
  if (known !== undefined && areEqual(known.bytes, bytes)) return known.profile
  // A copy of its own: a driver's view would keep all that came with it. What a `Buffer` slices is such a view.
  const own = new Uint8Array(bytes)
  const profile = readProfile(own)
  read.set(key, { bytes: own, profile })
  return profile
}
