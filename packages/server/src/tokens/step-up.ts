import { stepUpClaims, tokenTypes, type StepUpClaims } from '@newel/protocol'
import { jwtVerify, SignJWT } from 'jose'
import * as v from 'valibot'
import { currentKey, verifies } from '../keys.ts'
import type { Tenant } from '../tenants.ts'
import { hasBegun, isPlainJws } from './plain-jws.ts'

export async function issueStepUp(tenant: Tenant, claims: StepUpClaims, nowMs: number): Promise<string> {
  const key = currentKey(tenant.keyring.signing, nowMs)
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: tokenTypes.stepUp, kid: key.kid })
    .sign(key.privateKey)
}

/**
 * The claims of a live step-up token of this tenant for `aud`; `undefined` for anything else. The algorithm and the key come
 * from our key record, never from the header (RFC 8725 §3.1).
 */
export async function verifyStepUp(
  tenant: Tenant,
  token: string,
  aud: string,
  nowMs: number,
): Promise<StepUpClaims | undefined> {
  if (!isPlainJws(token)) return undefined
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = tenant.keyring.signing.find(
          (candidate) => candidate.kid === kid && verifies(candidate, nowMs),
        )
        if (key === undefined) throw new Error('unknown kid')
        return key.publicKey
      },
      {
        algorithms: ['ES256'],
        typ: tokenTypes.stepUp,
        issuer: tenant.issuer,
        audience: aud,
        requiredClaims: ['iat', 'exp', 'jti', 'auth_time', 'acr', 'cnf'],
        currentDate: new Date(nowMs),
      },
    )
    const result = v.safeParse(stepUpClaims, payload)
    return result.success && hasBegun(result.output.iat, nowMs) ? result.output : undefined
  } catch {
    return undefined
  }
}
