import { coinSides } from '@newel/engine'
import { macOf, type Bytes } from './crypto.ts'

/**
 * The coin of a subject's audits, by how many sessions the profile has learned from: HMAC-SHA256 under a key of the tenant
 * that serves nothing else. It is the same on every server and for every repeat, and nobody without the master key can tell
 * the next one. Of 48 bits no side is likelier than another by more than one in 10⁸.
 */
export const coinFor =
  (key: Bytes, subject: string) =>
  (completed: number): number => {
    const drawn = macOf(key, `${completed}\n${subject}`)
      .subarray(0, 6)
      .reduce((sum, byte) => sum * 256 + byte, 0)
    return Math.floor((drawn / 2 ** 48) * coinSides)
  }
