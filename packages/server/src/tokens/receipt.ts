import { receiptClaims, tokenTypes, type ReceiptClaims } from '@newel/protocol'
import { CompactSign, jwtVerify } from 'jose'
import * as v from 'valibot'
import { sha256, utf8 } from '../crypto.ts'
import { currentKey, verifies, type Keyring, type SecretKey } from '../keys.ts'
import { createLru, type Lru } from '../lru.ts'
import type { Tenant } from '../tenants.ts'
import { hasBegun, isPlainJws } from './plain-jws.ts'

/** Countersigns: HS256 under a server-only key. The same claims give the same receipt while the key stands. */
export async function issueReceipt(tenant: Tenant, claims: ReceiptClaims, nowMs: number): Promise<string> {
  const key = currentKey(tenant.keyring.secrets, nowMs)
  return new CompactSign(utf8(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', typ: tokenTypes.receipt, kid: key.kid })
    .sign(key.receipts)
}

export interface VerifiedReceipt {
  readonly claims: ReceiptClaims
  /** SHA-256 of the receipt as it came: what proofs carry. */
  readonly ath: string
}

/** With the key that signed: it may be retired while its signatures are remembered. */
type Signed = VerifiedReceipt & { readonly key: SecretKey }

/** Receipts that verified, by the keys that they verify under. A page sends the same one for five minutes. */
const remembered = new WeakMap<Keyring, Lru<string, Signed>>()

function rememberedUnder(keyring: Keyring): Lru<string, Signed> {
  const standing = remembered.get(keyring)
  if (standing !== undefined) return standing
  const fresh = createLru<string, Signed>(2048)
  remembered.set(keyring, fresh)
  return fresh
}

/** A live receipt of this tenant; `undefined` for anything else. */
export async function verifyReceipt(
  tenant: Tenant,
  token: string,
  nowMs: number,
): Promise<VerifiedReceipt | undefined> {
  const known = rememberedUnder(tenant.keyring)
  const standing = known.get(token)
  const signed = standing ?? (await verifySigned(tenant, token, nowMs))
  // A signature stays good; whether the receipt and its key still live is asked each time.
  if (signed === undefined || !isLive(signed, nowMs)) return undefined
  if (standing === undefined) known.set(token, signed)
  return signed
}

/** Claims of a receipt that has verified before, whatever it is worth by now: it need not be taken apart again. */
export const recalledClaims = (tenant: Tenant, token: string): ReceiptClaims | undefined =>
  rememberedUnder(tenant.keyring).get(token)?.claims

const isLive = ({ claims, key }: Signed, nowMs: number): boolean =>
  verifies(key, nowMs) && claims.exp > Math.floor(nowMs / 1000) && hasBegun(claims.iat, nowMs)

async function verifySigned(tenant: Tenant, token: string, nowMs: number): Promise<Signed | undefined> {
  if (!isPlainJws(token)) return undefined
  let key: SecretKey | undefined
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        key = tenant.keyring.secrets.find((candidate) => candidate.kid === kid && verifies(candidate, nowMs))
        if (key === undefined) throw new Error('unknown kid')
        return key.receipts
      },
      {
        algorithms: ['HS256'],
        typ: tokenTypes.receipt,
        issuer: tenant.issuer,
        audience: 'newel:receipt',
        requiredClaims: ['iat', 'exp', 'jti'],
        currentDate: new Date(nowMs),
      },
    )
    const result = v.safeParse(receiptClaims, payload)
    if (!result.success || key === undefined) return undefined
    return { claims: result.output, ath: sha256(token), key }
  } catch {
    return undefined
  }
}
