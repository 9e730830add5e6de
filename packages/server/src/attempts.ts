import {
  attemptAllowed,
  isDisabled,
  type AuthenticatorRow,
  type EventRow,
  type OutboxRow,
} from '@newel/engine'
import type { MethodName } from '@newel/protocol'
import { opRow, repeatedAnswer } from './calls.ts'
import { loadOpen, stateWith, withNonce, type OpenCall } from './challenges.ts'
import type { Started } from './methods/method.ts'
import { noticeToAll } from './notices.ts'
import { outcomeRow } from './outcomes.ts'
import { problemBody, ProblemError } from './problem.ts'
import { countSend, deliver, requireResendGap, tooMany, unsent } from './sending.ts'
import type { Answer, Call } from './services.ts'

/** A load and what follows are done again while another call comes between; every round somebody has used an attempt up. */
export const rounds = 12

/**
 * Writes what a method has begun, with the sends that it counts as, and only then sends its code. Where that fails, the sends
 * and the answer are taken back: the caller learns it, also by a repeat, and may try again. `undefined`: another call came
 * between.
 */
export async function begin(
  call: Call<unknown>,
  open: OpenCall,
  { method, state }: { readonly method: MethodName; readonly state: unknown },
  started: Started<unknown>,
  op: string,
): Promise<Answer | undefined> {
  const { tenant, challenge } = open
  requireResendGap(call, state)
  const sends = started.send ? countSend(call, open.context, challenge.subject, started.send.destination) : []
  const answer: Answer = { body: started.response }
  const written = await call.store.recordStart({
    tenant: tenant.id,
    id: challenge.id,
    start: challenge.starts + 1,
    state: stateWith(challenge, method, started.state),
    proof: open.proof,
    op: await opRow(call, tenant, open.route, op, answer),
    sends,
    nowMs: call.nowMs,
  })
  if (written.lost) return undefined
  try {
    await deliver(started.send?.deliver)
  } catch (problem) {
    // The call's own store may be past its deadline, which a slow mail server used up.
    await call.services.store.recordUnsent({
      tenant: tenant.id,
      id: challenge.id,
      start: challenge.starts + 1,
      state: stateWith(challenge, method, unsent(started.state)),
      op: { route: open.route, op },
      sends,
    })
    throw problem
  }
  return withNonce(call, tenant, challenge.jkt, answer)
}

/** Counts an attempt before it is judged, on the challenge and on the authenticator. `false`: another call came between. */
export async function countAttempt(
  call: Call<unknown>,
  open: OpenCall,
  authenticator: AuthenticatorRow | undefined,
): Promise<boolean> {
  if (authenticator !== undefined) {
    const verdict = attemptAllowed(authenticator, call.nowMs, call.services.limits)
    // A disabled one stays so until it is bound again: a day is how long it pays to wait before asking once more.
    if (!verdict.allowed)
      throw tooMany(call.nowMs, verdict.disabled ? call.nowMs + 86_400_000 : verdict.retryAtMs)
  }
  const counted = await call.store.recordAttempt({
    tenant: open.tenant.id,
    id: open.challenge.id,
    attempt: open.challenge.attempts + 1,
    authenticator: authenticator && { id: authenticator.id, attempt: authenticator.attempts + 1 },
    proof: open.proof,
    nowMs: call.nowMs,
  })
  return !counted.lost
}

/**
 * Every failure looks alike: nothing says which element was wrong (SCA RTS Art. 4(3)(a)).
 *
 * @param tried as it was before this attempt; the person is told where the attempt has disabled it
 */
export async function fail(
  call: Call<unknown>,
  open: OpenCall,
  op: string,
  event: EventRow | undefined,
  tried?: AuthenticatorRow,
): Promise<Answer> {
  const { tenant, challenge } = open
  const answer: Answer = { status: 422, body: problemBody('verification_failed') }
  const last = challenge.attempts + 1 >= challenge.maxAttempts
  // Lost means that this op has an answer already, and it is this one, or that the subject is gone.
  await call.store.recordFailure({
    tenant: tenant.id,
    id: challenge.id,
    op: await opRow(call, tenant, open.route, op, answer),
    end: last ? 'exhausted' : undefined,
    event,
    counters: failureCounters(open),
    outbox: tried === undefined ? [] : disabledNotice(call, open, tried),
    nowMs: call.nowMs,
  })
  return withNonce(call, tenant, challenge.jkt, answer)
}

/** One attempt is the last of those in a row that disable: attempts are numbered, and a disabled authenticator has no more. */
function disabledNotice(
  { nowMs, services }: Call<unknown>,
  { tenant, subject, context }: OpenCall,
  tried: AuthenticatorRow,
): readonly OutboxRow[] {
  const counted = { ...tried, consecutiveFailures: tried.consecutiveFailures + 1 }
  if (!isDisabled(counted, services.limits.consecutiveFailures)) return []
  const { authenticators } = context
  return noticeToAll(
    tenant,
    tried.subject,
    subject.bucket,
    authenticators,
    'authenticator_disabled',
    tried.method,
    nowMs,
  )
}

/**
 * The answer was right, but another call ended the challenge or used the code up meanwhile. Where that was this same op, its
 * answer stands; else this one failed like any other.
 */
export async function outrun(call: Call<unknown>, open: OpenCall, op: string): Promise<Answer> {
  return (await answerOf(call, open, op)) ?? fail(call, open, op, undefined)
}

/** The answer that this op got elsewhere meanwhile, if it did. */
async function answerOf(call: Call<unknown>, open: OpenCall, op: string): Promise<Answer | undefined> {
  const { tenant, challenge, route, proof } = open
  const { op: row } = await call.store.loadChallenge({
    tenant: tenant.id,
    id: challenge.id,
    route,
    op,
    proof: proof.key,
    nowMs: call.nowMs,
  })
  const repeated = await repeatedAnswer(call, tenant, row)
  return repeated && withNonce(call, tenant, challenge.jkt, repeated)
}

const failureCounters = ({ challenge }: OpenCall): string[] => [
  `subject:${challenge.subject}`,
  `device:${challenge.jkt}`,
]

/** The person gave up. Ends it; a repeat gets the same answer. */
export async function cancel(call: Call<{ op: string }>, kind: 'challenge' | 'enrollment'): Promise<Answer> {
  const { op } = call.body
  const loaded = await loadOpen(call, kind, 'cancel', op)
  if (loaded.repeated) return loaded.repeated
  const { open } = loaded
  const answer: Answer = { body: { cancelled: true } }
  const written = await call.store.recordCancel({
    tenant: open.tenant.id,
    id: open.challenge.id,
    proof: open.proof,
    op: await opRow(call, open.tenant, open.route, op, answer),
    event: kind === 'challenge' ? outcomeRow(call, open, { kind: 'abandoned' }) : undefined,
    nowMs: call.nowMs,
  })
  if (written.lost) {
    const repeated = await answerOf(call, open, op)
    if (repeated === undefined) throw new ProblemError('challenge_unavailable')
    return repeated
  }
  return withNonce(call, open.tenant, open.challenge.jkt, answer)
}
