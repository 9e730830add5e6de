import { formatId, type Id, type IdKind } from '@newel/protocol'
import { hmac, randomBytes } from './crypto.ts'
import type { StableKeys } from './tenants.ts'

/** The shard that all of a subject lives in: 12 bits of a keyed hash. */
export async function bucketOf(
  tenant: { readonly stable: Pick<StableKeys, 'digest'> },
  subject: string,
): Promise<number> {
  const digest = await hmac(tenant.stable.digest, `bucket\n${subject}`)
  return ((digest[0] ?? 0) << 4) | ((digest[1] ?? 0) >> 4)
}

const idBytes = 16
let drawn = new Uint8Array()

/** Randomness for ids, which are no secrets: drawn for 256 at once, since each draw costs the same. */
function idRandomness(): Uint8Array {
  if (drawn.length < idBytes) drawn = randomBytes(256 * idBytes)
  const bytes = drawn.subarray(0, idBytes)
  drawn = drawn.subarray(idBytes)
  return bytes
}

export const newId = <K extends IdKind>(kind: K, nowMs: number, bucket: number): Id<K> =>
  formatId(kind, nowMs, bucket, idRandomness())
