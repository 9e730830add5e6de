import { receiptClaims, tokenTypes, type ReceiptClaims } from '@newel/protocol'
import { CompactSign, jwtVerify } from 'jose'
import * as v from 'valibot'
import { utf8 } from '../crypto.ts'
import { currentKey, verifies } from '../keys.ts'
import type { Tenant } from '../tenants.ts'
import { hasBegun, isPlainJws } from './plain-jws.ts'

/** Countersigns: HS256 under a server-only key. The same claims give the same receipt while the key stands. */
export async function issueReceipt(tenant: Tenant, claims: ReceiptClaims, nowMs: number): Promise<string> {
  const key = currentKey(tenant.keyring.secrets, nowMs)
  return new CompactSign(utf8(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', typ: tokenTypes.receipt, kid: key.kid })
    .sign(key.receipts)
}

/** The claims of a live receipt of this tenant; `undefined` for anything else. */
export async function verifyReceipt(
  tenant: Tenant,
  token: string,
  nowMs: number,
): Promise<ReceiptClaims | undefined> {
  if (!isPlainJws(token)) return undefined
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = tenant.keyring.secrets.find(
          (candidate) => candidate.kid === kid && verifies(candidate, nowMs),
        )
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
    return result.success && hasBegun(result.output.iat, nowMs) ? result.output : undefined
  } catch {
    return undefined
  }
}
