import { hmac, toBase64url } from './crypto.ts'
import { createLru, type Lru } from './lru.ts'

/** Keyed digest of something personal, 12 characters of base64url: enough to compare within a tenant, nothing to look up. */
export async function digest12(key: CryptoKey, kind: string, value: string): Promise<string> {
  return toBase64url((await hmac(key, `${kind}\n${value}`)).subarray(0, 9))
}

const recurring = new WeakMap<CryptoKey, Lru<string, string>>()

/** The same of what comes again with every request of a browser: a bounded number is remembered for each key. */
export async function recurringDigest12(key: CryptoKey, kind: string, value: string): Promise<string> {
  let known = recurring.get(key)
  if (known === undefined) recurring.set(key, (known = createLru(2048)))
  const name = `${kind}\n${value}`
  const standing = known.get(name)
  if (standing !== undefined) return standing
  const digest = await digest12(key, kind, value)
  known.set(name, digest)
  return digest
}
