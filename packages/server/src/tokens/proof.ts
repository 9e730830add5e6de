import { proofClaims, tokenTypes, type ProofClaims } from '@newel/protocol'
import { readDeviceJws, verifyDeviceJws, type ReadJws } from './device-jws.ts'

export interface ProofExpectation {
  /** Thumbprint in receipt or token. */
  readonly jkt: string
  readonly aud: string
  /** SHA-256 of the receipt or, on the repeat, of the token. */
  readonly ath: string
  readonly nowMs: number
  readonly toleranceSeconds: number
}

export type ReadProof = ReadJws<ProofClaims>

/** A proof taken apart, to know what to load; nothing of it is to be trusted before {@link verifyProof} says so. */
export const readProof = (proof: string | undefined): ReadProof | undefined =>
  proof === undefined ? undefined : readDeviceJws(proof, proofClaims)

/**
 * Under which one use of a proof is remembered. The time of its making, which is signed with the rest, stands in front: what is
 * used together is then stored together, and an index that grows by random keys costs a page for each. A key that signs one
 * `jti` at two times has made two proofs, as it might with two `jti`.
 */
export const proofKeyOf = (jkt: string, claims: Pick<ProofClaims, 'iat' | 'jti'> | undefined): string =>
  `proof:${claims?.iat ?? 0}:${jkt}:${claims?.jti ?? ''}`

/** Whether a proof is by that key, for that origin, over that receipt or token, and fresh. One use is the store's to see to. */
export async function verifyProof(
  proof: ReadProof | undefined,
  expected: ProofExpectation,
): Promise<boolean> {
  const jws = await verifyDeviceJws(proof, tokenTypes.proof)
  if (jws === undefined) return false
  const { claims } = jws
  return (
    jws.jkt === expected.jkt &&
    claims.aud === expected.aud &&
    claims.ath === expected.ath &&
    isFresh(claims.iat, expected.nowMs, expected.toleranceSeconds)
  )
}

/** `iat` in seconds lies within `toleranceSeconds` of now, either side (RFC 9449 §11.1). */
export const isFresh = (iat: number, nowMs: number, toleranceSeconds: number): boolean =>
  Math.abs(iat - Math.floor(nowMs / 1000)) <= toleranceSeconds
