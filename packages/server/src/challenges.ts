import {
  effectiveAcr,
  isActive,
  isOpen,
  renderDisplay,
  type AuthenticatorRow,
  type ChallengeContext,
  type ChallengeRow,
  type SubjectRow,
} from '@newel/engine'
import { acrSatisfies, builtInActions, headers, type MethodName, type Params } from '@newel/protocol'
import {
  checkPage,
  freshNonce,
  namedTenant,
  proofExpiryMs,
  requireDpop,
  requireNonce,
} from './browser-calls.ts'
import { repeatedAnswer } from './calls.ts'
import { isMark } from './contacts.ts'
import type { MethodContext } from './methods/method.ts'
import { ProblemError } from './problem.ts'
import type { Answer, Call } from './services.ts'
import type { Tenant } from './tenants.ts'

/** A challenge or enrolment, loaded for the key that it is bound to and ready to be worked on. */
export interface OpenCall {
  readonly tenant: Tenant
  readonly challenge: ChallengeRow
  readonly subject: SubjectRow
  readonly context: ChallengeContext
  /** To be written with whatever the call changes: one use. */
  readonly proof: { readonly key: string; readonly expiresAtMs: number }
  readonly route: string
}

export type Loaded =
  { readonly repeated: Answer } | { readonly repeated?: undefined; readonly open: OpenCall }

/**
 * Loads what `:id` names, for the device key that proves itself with DPoP. The id alone grants nothing; unknown, foreign,
 * expired, ended and exhausted look alike, also where the session has ended, and where an answer is judged, like a wrong one.
 */
export async function loadOpen(
  call: Call<unknown>,
  kind: ChallengeRow['kind'],
  verb: 'get' | 'start' | 'verify' | 'cancel',
  op: string | undefined,
  failure: 'challenge_unavailable' | 'verification_failed' = 'challenge_unavailable',
): Promise<Loaded> {
  const id = call.params['id'] ?? ''
  const claimed = namedTenant(call)
  const dpop = await requireDpop(call)
  const route = `${kind}/${id}/${verb}`
  const key = `dpop:${dpop.jkt}:${dpop.claims.jti}`
  const context = await call.store.loadChallenge({
    tenant: claimed,
    id,
    route,
    op,
    proof: key,
    nowMs: call.nowMs,
  })
  if (context.revision === undefined) throw new ProblemError('invalid_api_key')
  const tenant = await call.services.tenants.at(claimed, context.revision, call.store)
  checkPage(call, tenant)
  await requireNonce(call, tenant, dpop.jkt, dpop.claims.nonce)
  const { challenge, subject } = context
  if (challenge?.kind !== kind || challenge.jkt !== dpop.jkt || subject === undefined) {
    throw new ProblemError(failure)
  }
  // Before the answer to a repeat, which may hold a seed or a token: who repeats a call signs again, who overheard it cannot.
  if (context.proofUsed) throw new ProblemError('invalid_dpop_proof')
  const isLive = !context.sessionEnded && isOpen(challenge, call.nowMs)
  // What ends it is answered again after the end. What began it is not: that may be a seed, which is shown before it serves only.
  if (verb === 'start' && !isLive) throw new ProblemError(failure)
  const proof = { key, expiresAtMs: proofExpiryMs(call) }
  const repeated = await repeatedAnswer(call, tenant, context.op)
  if (repeated !== undefined) {
    const used = await call.store.recordProof(tenant.id, proof)
    if (used.lost) throw new ProblemError('invalid_dpop_proof')
    return { repeated: await withNonce(call, tenant, dpop.jkt, repeated) }
  }
  if (!isLive) throw new ProblemError(failure)
  return { open: { tenant, challenge, subject, context, proof, route } }
}

/** The answer with the nonce for the next call. */
export async function withNonce(
  call: Call<unknown>,
  tenant: Tenant,
  jkt: string,
  answer: Answer,
): Promise<Answer> {
  const nonce = await freshNonce(call, tenant, jkt)
  return { ...answer, headers: { ...answer.headers, [headers.dpopNonce]: nonce } }
}

/** Methods as a person calls them, in the texts of Newel's own actions. */
const methodWords: Readonly<Record<MethodName, string>> = {
  passkey: 'passkey',
  totp: 'authenticator app',
  email: 'mail address',
}

/** Params of Newel's own actions as a person reads them: a method's word, an authenticator's label. */
function readable({ challenge, context }: Pick<OpenCall, 'challenge' | 'context'>): Params {
  const { method, authenticator } = challenge.params
  if (
    challenge.action === builtInActions.enroll &&
    typeof method === 'string' &&
    Object.hasOwn(methodWords, method)
  ) {
    return { method: methodWords[method as MethodName] }
  }
  if (challenge.action === builtInActions.remove) {
    return { authenticator: context.authenticators.find(({ id }) => id === authenticator)?.label ?? '' }
  }
  return challenge.params
}

/** What the person confirms, from the declared text and the params that the server holds (OWASP TA 1.2). */
export function actionText(open: Pick<OpenCall, 'tenant' | 'challenge' | 'context' | 'subject'>): string {
  return renderDisplay(open.tenant.policy, open.challenge.action, readable(open), open.subject.locale)
}

/**
 * Authenticators that may answer: active, not younger than the challenge, and worth what it asks. One in its hold is not, so
 * that no code goes to an address that replaced another until the person had time to object.
 */
export function answering(
  { challenge, context }: OpenCall,
  method: MethodName,
  nowMs: number,
): AuthenticatorRow[] {
  return context.authenticators.filter(
    (row) =>
      row.method === method &&
      isActive(row, nowMs) &&
      row.createdAtMs <= challenge.createdAtMs &&
      acrSatisfies(effectiveAcr(row, nowMs), challenge.acr),
  )
}

/** Of a method, all that are not removed: what an enrolment works on. What only tells of a removal is not among them. */
export function standing({ context }: OpenCall, method: MethodName, nowMs: number): AuthenticatorRow[] {
  return context.authenticators.filter(
    (row) =>
      row.method === method && !isMark(row) && (row.removedAtMs === undefined || row.removedAtMs > nowMs),
  )
}

export function methodContext(
  call: Call<unknown>,
  open: OpenCall,
  method: MethodName,
  authenticators: readonly AuthenticatorRow[],
): MethodContext {
  const states = JSON.parse(open.challenge.state) as Partial<Record<MethodName, unknown>>
  return {
    tenant: open.tenant,
    challenge: open.challenge,
    subject: open.subject,
    authenticators,
    state: states[method],
    nowMs: call.nowMs,
    limits: call.services.limits,
    mailer: call.services.mailer,
    actionText: actionText(open),
  }
}

export const stateWith = (challenge: ChallengeRow, method: MethodName, state: unknown): string =>
  JSON.stringify({ ...(JSON.parse(challenge.state) as object), [method]: state })

/** The method that an enrolment adds. */
export function enrolledMethod(challenge: ChallengeRow): MethodName {
  const [method] = challenge.methods
  if (method === undefined)
    throw new Error(`enrolment ${challenge.id} of ${builtInActions.enroll} names no method`)
  return method
}
