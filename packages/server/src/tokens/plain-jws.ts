import { assertPlainJson } from '../body.ts'
import { textFromBase64url } from '../crypto.ts'

/** A compact JWS, taken apart and not verified. */
export interface PlainJws {
  readonly header: unknown
  readonly payload: unknown
  /** What the signature is over. */
  readonly signed: string
  /** In base64url. */
  readonly signature: string
}

/**
 * Three segments of unpadded base64url and nothing else (RFC 7515 §7.1), whose header and payload are JSON in UTF-8 and name
 * no member twice (RFC 7519 §4, §7.2); `undefined` for anything else. The library that verifies signatures reads over most of
 * that.
 */
export function readPlainJws(token: string): PlainJws | undefined {
  const [, header, payload, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token) ?? []
  if (header === undefined || payload === undefined || signature === undefined) return undefined
  try {
    const read = (part: string): unknown => {
      const text = textFromBase64url(part)
      const json: unknown = JSON.parse(text)
      assertPlainJson(text)
      return json
    }
    return {
      header: read(header),
      payload: read(payload),
      signed: token.slice(0, token.length - signature.length - 1),
      signature,
    }
  } catch {
    return undefined
  }
}

export const isPlainJws = (token: string): boolean => readPlainJws(token) !== undefined

/** How far ahead another server's clock may be, in milliseconds. */
const aheadMs = 60_000

/** Whether an `iat` in seconds lies in the past, as far as clocks of several servers agree. */
export const hasBegun = (iat: number, nowMs: number): boolean => iat * 1000 <= nowMs + aheadMs
