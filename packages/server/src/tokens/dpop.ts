import { dpopClaims, tokenTypes, type DpopClaims } from '@newel/protocol'
import { readDeviceJws, verifyDeviceJws, type DeviceJws } from './device-jws.ts'
import { isFresh } from './proof.ts'

/**
 * A DPoP proof for one of Newel's own routes (RFC 9449 §4.3). Nonce and one use are checked by the caller, who knows the
 * tenant. `undefined` for whatever is wrong.
 */
export async function verifyDpop(
  header: string | null,
  expected: { method: string; url: string; nowMs: number; toleranceSeconds: number },
): Promise<DeviceJws<DpopClaims> | undefined> {
  // Two DPoP headers arrive joined by a comma, which no compact JWS contains.
  if (header === null || header.length > 4096 || header.includes(',')) return undefined
  const jws = await verifyDeviceJws(readDeviceJws(header.trim(), dpopClaims), tokenTypes.dpop)
  if (jws === undefined) return undefined
  const { htm, htu, iat } = jws.claims
  const matches = htm === expected.method && normalise(htu) === normalise(expected.url)
  return matches && isFresh(iat, expected.nowMs, expected.toleranceSeconds) ? jws : undefined
}

/** Whether a proof is readable and says that it is for another URL: no verdict, but the mistake of a set-up that is worth a word. */
export function namesAnotherUrl(header: string | null, url: string): boolean {
  const claims =
    header === null || header.length > 4096 ? undefined : readDeviceJws(header.trim(), dpopClaims)?.claims
  return claims !== undefined && normalise(claims.htu) !== normalise(url)
}

/** Scheme, host and path in the normal form of RFC 3986 §6.2.2 and §6.2.3, without query and fragment. */
function normalise(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url === undefined ? undefined : `${url.protocol}//${url.host}${url.pathname}`
}
