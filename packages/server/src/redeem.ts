import type { ChallengeRow, ConsumedRemoval, SpendRow } from '@newel/engine'
import { acrSatisfies, stepUpClaims, type Acr, type Params, type StepUpClaims } from '@newel/protocol'
import { proofExpiryMs } from './browser-calls.ts'
import { authenticatedTenant, claimedTenant, opRow, repeatedAnswer } from './calls.ts'
import { countSensitive } from './counters.ts'
import { sha256 } from './crypto.ts'
import { hashAction } from './open-challenge.ts'
import { ProblemError } from './problem.ts'
import type { Answer, Call } from './services.ts'
import type { Tenant } from './tenants.ts'
import { decodeUntrusted } from './tokens/device-jws.ts'
import { proofKeyOf, readProof, verifyProof } from './tokens/proof.ts'
import { verifyStepUp } from './tokens/step-up.ts'

/** A token with its proof, and what the back end says it is for. */
export interface Redemption {
  readonly route: string
  readonly op: string
  readonly token: string
  readonly proof: string
  readonly aud: string
  readonly subject: string
  readonly session: string | undefined
  readonly action: string
  readonly params: Params
  /** Least that the token has to carry: one earned where less is asked does not serve here. */
  readonly acr?: Acr | undefined
}

export interface Redeemed {
  readonly tenant: Tenant
  readonly claims: StepUpClaims
  /** The challenge that the token came from. */
  readonly challenge: ChallengeRow
}

/** What spending a token does besides, in the same change. */
export interface Effect {
  readonly answer: Answer
  readonly challenge?: ChallengeRow
  readonly removes?: ConsumedRemoval
}

/**
 * Verifies token and proof and spends the token: true for exactly one `op`, and again for that same one. Whatever is wrong
 * with them is `invalid_token`.
 */
export async function redeem(
  call: Call<unknown>,
  redemption: Redemption,
  effect: (redeemed: Redeemed) => Promise<Effect>,
): Promise<Answer> {
  const { nowMs, store, services } = call
  const id = claimedTenant(call)
  const untrusted = decodeUntrusted(redemption.token, stepUpClaims)
  const proof = readProof(redemption.proof)
  // Something that looks like nothing of ours still has to show a valid API key before it learns so.
  const proofKey = proofKeyOf(untrusted?.cnf.jkt ?? '', proof?.claims)
  const actionHash = hashAction(redemption.action, redemption.params)
  const context = await store.loadConsume({
    tenant: id,
    route: redemption.route,
    op: redemption.op,
    jti: untrusted?.jti ?? '',
    proof: proofKey,
    challenge: untrusted?.chl ?? '',
  })
  const tenant = await authenticatedTenant(call, id, context.revision)
  const repeated = await repeatedAnswer(call, tenant, context.op)
  if (repeated !== undefined) return repeated

  const claims = await verifyStepUp(tenant, redemption.token, redemption.aud, nowMs)
  const { challenge } = context
  if (
    claims === undefined ||
    challenge?.ended !== 'passed' ||
    context.spend !== undefined ||
    context.proofUsed ||
    context.sessionEnded ||
    claims.sub !== redemption.subject ||
    claims.sid !== redemption.session ||
    claims.action !== redemption.action ||
    claims.action_hash !== actionHash ||
    !acrSatisfies(claims.acr, redemption.acr ?? 'newel:base') ||
    !(await verifyProof(proof, {
      jkt: claims.cnf.jkt,
      aud: redemption.aud,
      ath: sha256(redemption.token),
      nowMs,
      toleranceSeconds: services.limits.clockToleranceSeconds,
    }))
  ) {
    throw new ProblemError('invalid_token')
  }
  const { answer, challenge: opens, removes } = await effect({ tenant, claims, challenge })
  const spend: SpendRow = {
    jti: claims.jti,
    op: redemption.op,
    subject: claims.sub,
    jkt: claims.cnf.jkt,
    acr: claims.acr,
    amr: claims.amr,
    authTimeMs: claims.auth_time * 1000,
    startsSession: challenge.startsSession,
    atMs: nowMs,
  }
  const written = await store.consume({
    tenant: tenant.id,
    spend,
    expiresAtMs: claims.exp * 1000 + 120_000,
    proof: { key: proofKey, expiresAtMs: proofExpiryMs(call) },
    op: await opRow(call, tenant, redemption.route, redemption.op, answer),
    challenge: opens,
    removes,
    nowMs,
  })
  if (!written.lost) {
    countSensitive(call, tenant, claims.action, claims.sub)
    return answer
  }
  // Spent meanwhile: by this same op, whose answer stands by now, or by another.
  const again = await store.loadConsume({
    tenant: id,
    route: redemption.route,
    op: redemption.op,
    jti: claims.jti,
    proof: proofKey,
    challenge: claims.chl,
  })
  const same = await repeatedAnswer(call, tenant, again.op)
  if (same === undefined) throw new ProblemError('invalid_token')
  return same
}
