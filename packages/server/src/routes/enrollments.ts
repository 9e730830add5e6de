import type { AuthenticatorRow } from '@newel/engine'
import { methods, type EnrollmentResponse, type EnrollmentView, type MethodName } from '@newel/protocol'
import * as v from 'valibot'
import { begin, cancel, countAttempt, fail, outrun, rounds } from '../attempts.ts'
import { authenticatorView } from '../authenticators.ts'
import { schemaProblem } from '../body.ts'
import { opRow } from '../calls.ts'
import { enrolledMethod, loadOpen, methodContext, standing, withNonce, type OpenCall } from '../challenges.ts'
import { isFirstContact } from '../contacts.ts'
import { serverMethods } from '../methods/index.ts'
import { openContact } from '../methods/email.ts'
import { maskEmail, type Enrolled } from '../methods/method.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'
import { newId } from '../ids.ts'
import { noticeToAll } from '../notices.ts'
import type { RouteBody } from './specs/index.ts'

export async function enrollment(call: Call): Promise<Answer> {
  const loaded = await loadOpen(call, 'enrollment', 'get', undefined)
  if (loaded.repeated) return loaded.repeated
  const { open } = loaded
  const used = await call.store.recordProof(open.tenant.id, open.proof)
  if (used.lost) throw new ProblemError('invalid_dpop_proof')
  const method = enrolledMethod(open.challenge)
  const unconfirmed = standing(open, 'email', call.nowMs).find((row) => row.confirmedAtMs === undefined)
  const hint =
    method === 'email' && unconfirmed ? maskEmail(await openContact(open.tenant, unconfirmed)) : undefined
  const view: EnrollmentView = {
    id: open.challenge.id as EnrollmentView['id'],
    method,
    ...(hint !== undefined && { hint }),
    expires_at_ms: open.challenge.expiresAtMs,
    attempts_left: open.challenge.maxAttempts - open.challenge.attempts,
  }
  return withNonce(call, open.tenant, open.challenge.jkt, { body: view })
}

export async function enrollmentStart(call: Call<RouteBody<'enrollmentStart'>>): Promise<Answer> {
  const { op } = call.body
  for (let round = 0; round < rounds; round++) {
    const loaded = await loadOpen(call, 'enrollment', 'start', op)
    if (loaded.repeated) return loaded.repeated
    const { open } = loaded
    const method = enrolledMethod(open.challenge)
    const context = methodContext(call, open, method, standing(open, method, call.nowMs))
    const started = await serverMethods[method].startEnrollment(context)
    if (started === undefined)
      throw new ProblemError('conflict', { detail: 'there is nothing to enrol for this method' })
    const answer = await begin(call, open, { method, state: context.state }, started, op)
    if (answer !== undefined) return answer
  }
  throw new ProblemError('conflict')
}

export async function enrollmentVerify(call: Call<RouteBody<'enrollmentVerify'>>): Promise<Answer> {
  for (let round = 0; round < rounds; round++) {
    const loaded = await loadOpen(call, 'enrollment', 'verify', call.body.op, 'verification_failed')
    if (loaded.repeated) return loaded.repeated
    const method = enrolledMethod(loaded.open.challenge)
    const response = v.safeParse(methods[method].enrollment, call.body.response)
    if (!response.success) throw schemaProblem(response.issues)
    const answer = await judge(call, loaded.open, method, response.output)
    if (answer !== undefined) return answer
  }
  throw new ProblemError('conflict')
}

async function judge<M extends MethodName>(
  call: Call<RouteBody<'enrollmentVerify'>>,
  open: OpenCall,
  method: M,
  response: EnrollmentResponse<M>,
): Promise<Answer | undefined> {
  if (!(await countAttempt(call, open, undefined))) return undefined
  const context = methodContext(call, open, method, standing(open, method, call.nowMs))
  const enrolled = await serverMethods[method].judgeEnrollment(context, response)
  return enrolled.ok ? enrol(call, open, enrolled) : fail(call, open, call.body.op, undefined)
}

async function enrol(
  call: Call<RouteBody<'enrollmentVerify'>>,
  open: OpenCall,
  enrolled: Extract<Enrolled, { ok: true }>,
): Promise<Answer> {
  const { tenant, challenge, subject } = open
  const { nowMs } = call
  const confirmed = 'confirms' in enrolled ? enrolled.confirms : undefined
  const row =
    'row' in enrolled
      ? newRow(call, open, enrolled)
      : { ...enrolled.confirms, confirmedAtMs: nowMs, holdUntilMs: contactHoldMs(call, open) }
  const answer: Answer = { body: { authenticator: authenticatorView(row, nowMs) } }
  const written = await call.store.recordPass({
    tenant: tenant.id,
    id: challenge.id,
    subject: challenge.subject,
    op: await opRow(call, tenant, open.route, call.body.op, answer),
    grant: undefined,
    assurance: undefined,
    authenticator: confirmed && {
      id: confirmed.id,
      expectedCounter: confirmed.counter,
      counter: confirmed.counter,
      data: confirmed.data,
      confirms: { holdUntilMs: row.holdUntilMs },
    },
    enrolled: confirmed === undefined ? row : undefined,
    meets: undefined,
    event: {
      tenant: tenant.id,
      id: newId('event', nowMs, subject.bucket),
      subject: challenge.subject,
      type: 'authenticator.added',
      body: JSON.stringify({ method: row.method, authenticator: row.id, under: challenge.acr }),
      atMs: nowMs,
      folds: false,
      dedupe: undefined,
    },
    outbox: noticeToAll(
      tenant,
      challenge.subject,
      subject.bucket,
      open.context.authenticators,
      'authenticator_added',
      row.method,
      nowMs,
    ),
    nowMs,
  })
  return written.lost ? outrun(call, open, call.body.op) : withNonce(call, tenant, challenge.jkt, answer)
}

/** A session may last for weeks, and its cookie may be stolen by then: the back end vouches for who registers, in this time. */
const registrationMs = 3_600_000

const registering = (call: Call<unknown>, { challenge, subject }: OpenCall): boolean =>
  challenge.session !== undefined &&
  subject.createdSession === challenge.session &&
  call.nowMs < subject.firstSeenMs + registrationMs

const holdEndMs = (call: Call<unknown>, open: OpenCall): number =>
  registering(call, open) ? call.nowMs : call.nowMs + open.tenant.config.holdHours * 3_600_000

/** A first contact serves at once, one beside another after the hold: its confirming says nothing of the old one. */
const contactHoldMs = (call: Call<unknown>, open: OpenCall): number =>
  isFirstContact(open.context.authenticators, call.nowMs) ? call.nowMs : holdEndMs(call, open)

/** It counts for no more than the proof it was enrolled under until the hold has passed, unless the back end vouched. */
function newRow(
  call: Call<RouteBody<'enrollmentVerify'>>,
  open: OpenCall,
  enrolled: Extract<Enrolled, { ok: true; row: object }>,
): AuthenticatorRow {
  const { tenant, challenge, subject } = open
  const { nowMs } = call
  const id = newId('authenticator', nowMs, subject.bucket)
  return {
    tenant: tenant.id,
    id,
    subject: challenge.subject,
    method: enrolledMethod(challenge),
    enrolledUnder: challenge.acr,
    holdUntilMs: holdEndMs(call, open),
    label: call.body.label ?? enrolled.label,
    destination: undefined,
    confirmedAtMs: nowMs,
    createdAtMs: nowMs,
    lastUsedAtMs: undefined,
    removedAtMs: undefined,
    attempts: 0,
    consecutiveFailures: 0,
    lastAttemptAtMs: undefined,
    recentFailuresMs: [],
    ...enrolled.row,
  }
}

export async function enrollmentCancel(call: Call<RouteBody<'enrollmentCancel'>>): Promise<Answer> {
  return cancel(call, 'enrollment')
}
