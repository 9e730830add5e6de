import type { AssessmentContext, EventRow, Grant, OutcomeEvent } from '@newel/engine'
import { extractFeatures } from '@newel/engine'
import { receiptClaims, type Event } from '@newel/protocol'
import { countersFor, envelopesOf, isForeign } from '../assess.ts'
import { proofExpiryMs } from '../browser-calls.ts'
import { authenticatedTenant, claimedTenant, opRow, repeatedAnswer } from '../calls.ts'
import { makeFacts } from '../facts.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'
import { bucketOf, contactChange, newId, subjectWrite } from '../subjects.ts'
import type { Tenant } from '../tenants.ts'
import { decodeUntrusted } from '../tokens/device-jws.ts'
import { readProof, verifyProof, type ReadProof } from '../tokens/proof.ts'
import { verifyReceipt } from '../tokens/receipt.ts'
import type { RouteBody } from './specs.ts'

const rounds = 4

export async function event(call: Call<RouteBody<'event'>>): Promise<Answer> {
  for (let round = 0; round < rounds; round++) {
    const answer = await attempt(call)
    if (answer !== undefined) return answer
  }
  throw new ProblemError('conflict')
}

/** Who is behind an event, as far as receipt and proof show. */
interface Behind {
  readonly jkt: string | undefined
  readonly receipt: string | undefined
  readonly receiptExpiresAtMs: number
  readonly proven: boolean
  readonly proofKey: string | undefined
}

async function attempt(call: Call<RouteBody<'event'>>): Promise<Answer | undefined> {
  const { body, nowMs } = call
  const id = claimedTenant(call)
  const subject = body.subject?.id
  const session = 'session' in body ? body.session : undefined
  const untrusted = body.receipt === undefined ? undefined : decodeUntrusted(body.receipt, receiptClaims)
  const proof = readProof(body.proof)
  const proofKey = untrusted && proof ? `proof:${untrusted.jkt}:${proof.claims.jti}` : undefined
  const counters = await countersFor(call, id, subject, untrusted, body.request?.ip)
  const context = await call.store.loadAssessment({
    tenant: id,
    route: 'events',
    op: body.op,
    subject,
    session,
    jkt: untrusted?.jkt,
    visit: untrusted?.visit,
    receipt: untrusted?.jti,
    proof: proofKey,
    openKey: undefined,
    counters: [],
    nowMs,
  })
  const tenant = await authenticatedTenant(call, id, context.revision)
  const repeated = await repeatedAnswer(call, tenant, context.op)
  if (repeated !== undefined) return repeated

  const behind = await whoIsBehind(call, tenant, context, session, proof, proofKey)
  const bucket = subject === undefined ? 0 : await bucketOf(tenant, subject)
  const answer: Answer = { body: { accepted: true } }
  const vouched = vouches(body) && behind.proven && behind.jkt !== undefined
  const facts = vouched ? await factsBehind(call, tenant, context, behind) : undefined
  const grants = facts !== undefined && !facts.device.ephemeral
  const change =
    subject === undefined
      ? undefined
      : await contactChange(tenant, subject, bucket, body.subject ?? {}, context.authenticators, nowMs)
  const grant: Grant | undefined =
    grants && behind.jkt !== undefined
      ? {
          id: newId('grant', nowMs, bucket),
          jkt: behind.jkt,
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
      facts === undefined || subject === undefined
        ? undefined
        : vouchedRow(tenant, newId('event', nowMs, bucket), subject, nowMs, extractFeatures(facts)),
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
    // Only a first contact comes this way; a change of one is a call of its own, PUT /v1/subjects/{id}.
    authenticators: change?.removes.length === 0 ? change.adds : [],
    session:
      started && session !== undefined && context.session === undefined
        ? { session, jkt: behind.jkt, startedAtMs: nowMs, endedAtMs: undefined }
        : undefined,
    renews: body.type === 'session.renewed' ? { from: body.previous, to: body.session } : undefined,
    ends: body.type === 'session.ended' ? { session: body.session } : undefined,
    ...(body.type === 'session.started' && carriedOver(context, behind, body.session)),
    grant,
    tie: tie(context, behind, subject, session),
    proof:
      behind.proven && proofKey !== undefined
        ? { key: proofKey, expiresAtMs: proofExpiryMs(call) }
        : undefined,
    nowMs,
  })
  if (written.lost) return undefined
  if (body.type === 'login.failed') {
    call.later('count', call.services.store.count(tenant.id, counters, nowMs))
  }
  return answer
}

/** Whether the back end says that it knows the person at this device: account created here, or a federated login. */
const vouches = (body: Event): boolean =>
  body.type === 'subject.created' || (body.type === 'session.started' && body.vouched === true)

async function whoIsBehind(
  call: Call<RouteBody<'event'>>,
  tenant: Tenant,
  context: AssessmentContext,
  session: string | undefined,
  proof: ReadProof | undefined,
  proofKey: string | undefined,
): Promise<Behind> {
  const { body, nowMs } = call
  const verified = body.receipt === undefined ? undefined : await verifyReceipt(tenant, body.receipt, nowMs)
  if (verified === undefined || isForeign(body.subject?.id, session, context)) {
    return { jkt: undefined, receipt: undefined, receiptExpiresAtMs: 0, proven: false, proofKey: undefined }
  }
  const { claims, ath } = verified
  const proven =
    body.aud !== undefined &&
    !context.proofUsed &&
    (await verifyProof(proof, {
      jkt: claims.jkt,
      aud: body.aud,
      ath,
      nowMs,
      toleranceSeconds: call.services.limits.clockToleranceSeconds,
    }))
  return {
    jkt: claims.jkt,
    receipt: claims.jti,
    receiptExpiresAtMs: claims.exp * 1000,
    proven,
    proofKey,
  }
}

async function factsBehind(
  call: Call<RouteBody<'event'>>,
  tenant: Tenant,
  context: AssessmentContext,
  behind: Behind,
) {
  const { body, nowMs, services } = call
  const verified = body.receipt === undefined ? undefined : await verifyReceipt(tenant, body.receipt, nowMs)
  const receipt = verified?.claims
  return makeFacts({
    nowMs,
    digestKey: tenant.stable.digest,
    lookup: services.lookup,
    receipt,
    envelopes: receipt === undefined ? [] : envelopesOf(context, receipt),
    proven: behind.proven,
    flags: { receipt: 'valid', proof: behind.proven ? 'valid' : 'absent', sessionKeyChanged: false },
    counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
    request: body.request ?? {},
  })
}

/**
 * The session that the spender of a `starts_session` token starts takes over what the token proved, for that key. One does:
 * whoever signs in next on that device, after a sign-out, has proven nothing.
 */
function carriedOver(context: AssessmentContext, { jkt }: Behind, session: string) {
  const [spend] = context.spends
  if (spend === undefined || jkt === undefined || spend.jkt !== jkt) return undefined
  return { carries: spend.jti, assurance: { acr: spend.acr, authTimeMs: spend.authTimeMs, session, jkt } }
}

function tie(
  context: AssessmentContext,
  behind: Behind,
  subject: string | undefined,
  session: string | undefined,
) {
  if (behind.receipt === undefined || subject === undefined) return undefined
  if (context.tie !== undefined && (context.tie.session !== undefined || session === undefined))
    return undefined
  return { receipt: behind.receipt, subject, session, expiresAtMs: behind.receiptExpiresAtMs + 120_000 }
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

function vouchedRow(
  tenant: Tenant,
  id: string,
  subject: string,
  nowMs: number,
  features: OutcomeEvent['features'],
): EventRow {
  const outcome: OutcomeEvent = { id, atMs: nowMs, kind: 'vouched', ...(features && { features }) }
  return {
    tenant: tenant.id,
    id,
    subject,
    type: 'outcome',
    body: JSON.stringify(outcome),
    atMs: nowMs,
    folds: true,
    dedupe: undefined,
  }
}
