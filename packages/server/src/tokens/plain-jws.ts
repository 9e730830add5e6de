import { assertPlainJson } from '../body.ts'
import { fromBase64url } from '../crypto.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Whether a token is three segments of unpadded base64url and nothing else (RFC 7515 §7.1), whose header and payload are
 * UTF-8 and name no member twice (RFC 7519 §4, §7.2). The library that verifies signatures reads over all of that.
 */
export function isPlainJws(token: string): boolean {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false
  try {
    for (const part of token.split('.', 2)) assertPlainJson(decoder.decode(fromBase64url(part)))
    return true
  } catch {
    return false
  }
}

/** How far ahead another server's clock may be, in milliseconds. */
const aheadMs = 60_000

/** Whether an `iat` in seconds lies in the past, as far as clocks of several servers agree. */
export const hasBegun = (iat: number, nowMs: number): boolean => iat * 1000 <= nowMs + aheadMs
