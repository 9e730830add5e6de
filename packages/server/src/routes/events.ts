import type { AssessmentContext, CounterMark, EventRow, Facts, Grant } from '@newel/engine'
import type { Event } from '@newel/protocol'
import { authenticatedTenant, claimedTenant, opRow, repeatedAnswer } from '../calls.ts'
import { counterKeysFor, failureMarks, startMarks } from '../counters.ts'
import { makeFacts } from '../facts.ts'
import { vouchedRow } from '../outcomes.ts'
import {
  envelopesOf,
  judgePresented,
  liveReceipt,
  readPresented,
  tieOf,
  type Standing,
} from '../presented.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'
import { contactChange } from '../contacts.ts'
import { bucketOf, newId } from '../ids.ts'
import { subjectWrite } from '../subjects.ts'
import type { Tenant } from '../tenants.ts'
import type { RouteBody } from './specs/index.ts'

const rounds = 4

export async function event(call: Call<RouteBody<'event'>>): Promise<Answer> {
  for (let round = 0; round < rounds; round++) {
    const answer = await attempt(call)
    if (answer !== undefined) return answer
  }
  throw new ProblemError('conflict')
}

async function attempt(call: Call<RouteBody<'event'>>): Promise<Answer | undefined> {
  const { body, nowMs } = call
  const id = claimedTenant(call)
  const subject = body.subject?.id
  const session = 'session' in body ? body.session : undefined
  const presentation = { ...body, session }
  const presented = readPresented(presentation, call.services.tenants.guess(id))
  const untrusted = presented.receipt
  const context = await call.store.loadAssessment({
    tenant: id,
    route: 'events',
    op: body.op,
    subject,
    session,
    jkt: untrusted?.jkt,
    visit: untrusted?.visit,
    receipt: untrusted?.jti,
    proof: presented.proofKey,
    openKey: undefined,
    counters: [],
    spends: body.type === 'session.started',
    nowMs,
  })
  const tenant = await authenticatedTenant(call, id, context.revision)
  const repeated = await repeatedAnswer(call, tenant, context.op)
  if (repeated !== undefined) return repeated

  const standing = await judgePresented(call, tenant, presentation, presented, context)
  const jkt = standing.receipt?.jkt
  const bucket = subject === undefined ? 0 : await bucketOf(tenant, subject)
  const answer: Answer = { body: { accepted: true } }
  const facts =
    vouches(body) && standing.used !== undefined ? await factsOf(call, tenant, context, standing) : undefined
  const grants = facts !== undefined && !facts.device.ephemeral
  const change =
    subject === undefined
      ? undefined
      : await contactChange(call, tenant, subject, bucket, body.subject ?? {}, context.authenticators)
  const grant: Grant | undefined =
    grants && jkt !== undefined
      ? {
          id: newId('grant', nowMs, bucket),
          jkt,
          method: 'vouched',
          acr: 'newel:contact',
          atMs: nowMs,
        }
      : undefined
  const started = body.type === 'session.started' || body.type === 'subject.created'
  const written = await call.store.recordEvent({
    tenant: tenant.id,
    op: await opRow(call, tenant, 'events', body.op, answer),
    event: eventRow(tenant, body, newId('event', nowMs, bucket), subject, nowMs),
    outcome:
      facts === undefined || subject === undefined ? undefined : vouchedRow(tenant, subject, bucket, facts),
    subject:
      subject === undefined
        ? undefined
        : subjectWrite(
            subject,
            bucket,
            body.subject ?? {},
            context.subject,
            body.type === 'subject.created' ? body.session : undefined,
          ),
    // Only one that takes nobody's place comes this way; a change is a call of its own, PUT /v1/subjects/{id}.
    authenticators: change?.removes.length === 0 ? change.adds : [],
    session:
      started && session !== undefined && context.session === undefined
        ? { session, jkt, startedAtMs: nowMs, endedAtMs: undefined }
        : undefined,
    renews: body.type === 'session.renewed' ? { from: body.previous, to: body.session } : undefined,
    ends: body.type === 'session.ended' ? { session: body.session } : undefined,
    ...(body.type === 'session.started' && carriedOver(context, jkt, body.session)),
    grant,
    tie: tieOf(presentation, context, standing.receipt),
    proof: standing.used,
    nowMs,
  })
  if (written.lost) return undefined
  const marks = await marksOf(call, tenant, context)
  if (marks.length > 0) call.later('count', call.services.store.count(tenant.id, marks, nowMs))
  return answer
}

/** Counters that an event moves. */
async function marksOf(
  call: Call<RouteBody<'event'>>,
  tenant: Tenant,
  context: AssessmentContext,
): Promise<readonly CounterMark[]> {
  const { body, nowMs } = call
  if (body.type === 'session.ended')
    return body.reason === 'idle' || body.reason === 'overall'
      ? [{ key: `timeouts:${body.subject.id}`, adds: 1 }]
      : []
  if (body.type !== 'login.failed' && body.type !== 'session.started') return []
  const receipt = await liveReceipt(tenant, body, nowMs)
  const subject = body.subject?.id
  const keys = await counterKeysFor(call, tenant, subject, receipt, body.request)
  if (body.type === 'login.failed') return failureMarks(tenant, keys, subject ?? body.op)
  return startMarks(tenant, keys, body.subject.id, belongs(context, nowMs))
}

const dayMs = 86_400_000

/** Whether an account is older than a day: those made by the dozen to hide failures are not. */
function belongs({ subject }: Pick<AssessmentContext, 'subject'>, nowMs: number): boolean {
  if (subject === undefined) return false
  const { firstSeenMs, sinceMs = firstSeenMs } = subject
  return nowMs - Math.min(firstSeenMs, sinceMs) >= dayMs
}

/** Whether the back end says that it knows the person at this device: account created here, or a federated login. */
const vouches = (body: Event): boolean =>
  body.type === 'subject.created' || (body.type === 'session.started' && body.vouched === true)

function factsOf(
  { body, nowMs, services }: Call<RouteBody<'event'>>,
  tenant: Tenant,
  context: AssessmentContext,
  { receipt, used, flags }: Standing,
): Promise<Facts> {
  return makeFacts({
    nowMs,
    digestKey: tenant.stable.digest,
    lookup: services.lookup,
    receipt,
    envelopes: receipt === undefined ? [] : envelopesOf(context, receipt),
    proven: used !== undefined,
    flags,
    counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
    request: body.request ?? {},
  })
}

/**
 * The session that the spender of a `starts_session` token starts takes over what the token proved, for that key. One does:
 * whoever signs in next on that device, after a sign-out, has proven nothing.
 */
function carriedOver(context: AssessmentContext, jkt: string | undefined, session: string) {
  const [spend] = context.spends
  if (spend === undefined || jkt === undefined || spend.jkt !== jkt) return undefined
  return { carries: spend.jti, assurance: { acr: spend.acr, authTimeMs: spend.authTimeMs, session, jkt } }
}

/** The event as it came, without tokens and contacts. */
function eventRow(
  tenant: Tenant,
  body: Event,
  id: string,
  subject: string | undefined,
  nowMs: number,
): EventRow {
  const kept = Object.entries(body).filter(
    ([key]) => !['op', 'receipt', 'proof', 'subject', 'request', 'aud'].includes(key),
  )
  return {
    tenant: tenant.id,
    id,
    subject,
    type: body.type,
    body: JSON.stringify(Object.fromEntries(kept)),
    atMs: nowMs,
    folds: false,
    dedupe: undefined,
  }
}
