import * as v from 'valibot'

/**
 * Kinds of ids. An id is `prefix_` and 38 characters of Crockford base32 in lower case: 48 bits of milliseconds and
 * 12 bits of bucket (12 characters), then 128 random bits (26 characters, the last two bits zero). The alphabet sorts
 * alike in every collation, so ids sort by time.
 */
export const idPrefixes = {
  assessment: 'asm',
  challenge: 'chl',
  enrollment: 'enr',
  authenticator: 'aut',
  event: 'evt',
  grant: 'grt',
  message: 'msg',
  key: 'key',
} as const
export type IdKind = keyof typeof idPrefixes
export type Id<K extends IdKind = IdKind> = `${(typeof idPrefixes)[K]}_${string}`

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const bodyPattern = '[0-7][0-9a-hjkmnp-tv-z]{37}'

/** Shape of an id of one kind; says nothing about whether it exists. */
export const id = <K extends IdKind>(kind: K) =>
  v.pipe(
    v.string(),
    v.regex(
      new RegExp(`^${idPrefixes[kind]}_${bodyPattern}$`),
      `expected an id that starts with ${idPrefixes[kind]}_`,
    ),
    // The pattern has just said so, in a form that JSON Schema can say too.
  ) as unknown as v.GenericSchema<string, Id<K>>

/**
 * Composes an id.
 * @param timeMs 0 to 2^48 − 1
 * @param bucket 0 to 4095, a keyed hash of tenant and subject: the shard key
 * @param random 16 random bytes
 */
export function formatId<K extends IdKind>(
  kind: K,
  timeMs: number,
  bucket: number,
  random: Uint8Array,
): Id<K> {
  if (!Number.isSafeInteger(timeMs) || timeMs < 0 || timeMs >= 2 ** 48)
    throw new RangeError('timeMs out of range')
  if (!Number.isInteger(bucket) || bucket < 0 || bucket > 4095) throw new RangeError('bucket out of range')
  if (random.length !== 16) throw new RangeError('random must be 16 bytes')
  let head = ''
  // 60 bits do not fit a double's integers: the time's upper 45 bits give nine characters, its last three join the bucket.
  let upper = Math.floor(timeMs / 8)
  for (let index = 0; index < 9; index++) {
    head = alphabet.charAt(upper % 32) + head
    upper = Math.floor(upper / 32)
  }
  const lower = (timeMs % 8) * 4096 + bucket
  head +=
    alphabet.charAt((lower >> 10) & 31) + alphabet.charAt((lower >> 5) & 31) + alphabet.charAt(lower & 31)
  let tail = ''
  let bits = 0
  let held = 0
  for (const byte of random) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      tail += alphabet.charAt((held >> (bits - 5)) & 31)
      bits -= 5
    }
    held &= (1 << bits) - 1
  }
  tail += alphabet.charAt((held << (5 - bits)) & 31)
  return `${idPrefixes[kind]}_${head}${tail}`
}

/** Time and bucket of a well-formed id. */
export function readId(value: Id): { timeMs: number; bucket: number } {
  const head = value.slice(value.indexOf('_') + 1, value.indexOf('_') + 13)
  let upper = 0
  for (const character of head.slice(0, 9)) upper = upper * 32 + alphabet.indexOf(character)
  let lower = 0
  for (const character of head.slice(9)) lower = lower * 32 + alphabet.indexOf(character)
  return { timeMs: upper * 8 + (lower >> 12), bucket: lower & 4095 }
}
