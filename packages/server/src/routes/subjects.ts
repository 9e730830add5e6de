import { isActive, type AuthenticatorRow, type ChallengeRow, type RemovalWrite } from '@newel/engine'
import {
  builtInActions,
  removeAuthenticatorResponse,
  strongerAcr,
  subjectId,
  type Acr,
  type DeviceView,
  type OpenEnrollmentRequest,
  type Params,
  type RemoveAuthenticatorRequest,
} from '@newel/protocol'
import * as v from 'valibot'
import { assess, type Assessed } from '../assess.ts'
import { authenticatorView } from '../authenticators.ts'
import { authenticatedTenant, claimedTenant } from '../calls.ts'
import { hashAction } from '../open-challenge.ts'
import { ProblemError } from '../problem.ts'
import { redeem } from '../redeem.ts'
import type { Answer, Call } from '../services.ts'
import { contactChange, putContactChange, removalMark } from '../contacts.ts'
import { forgetCounted } from '../counters.ts'
import { bucketOf, newId } from '../ids.ts'
import { noticeToAll } from '../notices.ts'
import { subjectWrite } from '../subjects.ts'
import type { Tenant } from '../tenants.ts'
import type { RouteBody } from './specs/index.ts'

const rounds = 4

/** The subject that the path names. */
function namedSubject(call: Call<unknown>): string {
  const result = v.safeParse(subjectId, call.params['id'])
  if (!result.success)
    throw new ProblemError('invalid_request', {
      errors: [{ pointer: '', detail: 'the subject id is malformed' }],
    })
  return result.output
}

async function load(call: Call<unknown>, subject: string) {
  const id = claimedTenant(call)
  const context = await call.store.loadSubject({ tenant: id, subject, route: 'subjects', op: undefined })
  return { context, tenant: await authenticatedTenant(call, id, context.revision) }
}

export async function subjectPut(call: Call<RouteBody<'subjectPut'>>): Promise<Answer> {
  const subject = namedSubject(call)
  for (let round = 0; round < rounds; round++) {
    const { context, tenant } = await load(call, subject)
    const bucket = await bucketOf(tenant, subject)
    const change = await contactChange(call, tenant, subject, bucket, call.body, context.authenticators)
    const write = subjectWrite(subject, bucket, call.body, context.subject)
    const unchanged = change.adds.length + change.binds.length + change.removes.length === 0
    if (write === undefined && unchanged) return { body: { stored: true } }
    const full = write ?? { subject, bucket, userHandle: context.subject?.userHandle ?? '' }
    if (await putContactChange(call.store, tenant, full, change, call.nowMs))
      return { body: { stored: true } }
  }
  throw new ProblemError('conflict')
}

export async function subjectExport(call: Call): Promise<Answer> {
  const subject = namedSubject(call)
  const { tenant } = await load(call, subject)
  const exported = await call.store.exportSubject(tenant.id, subject)
  if (exported === undefined) throw new ProblemError('not_found')
  return { body: exported }
}

export async function subjectErase(call: Call): Promise<Answer> {
  const subject = namedSubject(call)
  const { tenant } = await load(call, subject)
  forgetCounted(call.services, tenant.id, subject)
  return { body: { erased: await call.store.eraseSubject(tenant.id, subject) } }
}

export async function authenticators(call: Call): Promise<Answer> {
  const { context } = await load(call, namedSubject(call))
  const active = context.authenticators.filter((row) => isActive(row, call.nowMs))
  return { body: { authenticators: active.map((row) => authenticatorView(row, call.nowMs)) } }
}

export async function devices(call: Call): Promise<Answer> {
  const { context } = await load(call, namedSubject(call))
  const byKey = new Map<string, DeviceView>()
  for (const { jkt, acr, atMs } of context.grants) {
    const seen = byKey.get(jkt)
    byKey.set(jkt, {
      jkt,
      acr: seen === undefined ? acr : strongerAcr(seen.acr, acr),
      first_granted_at_ms: Math.min(seen?.first_granted_at_ms ?? atMs, atMs),
      last_granted_at_ms: Math.max(seen?.last_granted_at_ms ?? atMs, atMs),
    })
  }
  const list = [...byKey.values()].sort((a, b) => b.last_granted_at_ms - a.last_granted_at_ms)
  return { body: { devices: list } }
}

export async function deviceRevoke(call: Call): Promise<Answer> {
  const { nowMs } = call
  const subject = namedSubject(call)
  const { context, tenant } = await load(call, subject)
  const jkt = call.params['jkt'] ?? ''
  if (!context.grants.some((grant) => grant.jkt === jkt)) throw new ProblemError('not_found')
  const bucket = await bucketOf(tenant, subject)
  const written = await call.store.revokeDevice({
    tenant: tenant.id,
    subject,
    jkt,
    event: {
      tenant: tenant.id,
      id: newId('event', nowMs, bucket),
      subject,
      type: 'device.revoked',
      body: JSON.stringify({ jkt }),
      atMs: nowMs,
      folds: false,
      dedupe: undefined,
    },
    nowMs,
  })
  if (written.lost) throw new ProblemError('conflict')
  return { body: { revoked: true } }
}

/** What a guarded call is about, in the terms of the built-in action. */
interface Guarded {
  readonly subject: string
  readonly action: (typeof builtInActions)[keyof typeof builtInActions]
  readonly params: Params
  readonly route: string
}

const assessmentOf = (guarded: Guarded, body: OpenEnrollmentRequest | RemoveAuthenticatorRequest) => ({
  op: body.op,
  route: guarded.route,
  action: guarded.action,
  params: guarded.params,
  subject: { ...body.subject, id: guarded.subject },
  session: body.session,
  receipt: body.receipt,
  proof: body.proof,
  aud: body.aud,
  request: body.request,
})

const redemptionOf = (
  guarded: Guarded,
  body: OpenEnrollmentRequest | RemoveAuthenticatorRequest,
  token: string,
) => ({
  route: guarded.route,
  op: body.op,
  token,
  proof: body.proof ?? '',
  aud: body.aud,
  subject: guarded.subject,
  session: body.session,
  action: guarded.action,
  params: guarded.params,
})

export async function enrollmentOpen(call: Call<RouteBody<'enrollmentOpen'>>): Promise<Answer> {
  const { body, nowMs } = call
  const subject = namedSubject(call)
  const params = { method: body.method }
  const guarded: Guarded = { subject, action: builtInActions.enroll, params, route: `enroll/${subject}` }
  const actionHash = hashAction(guarded.action, params)
  const open = (tenant: Tenant, bucket: number, jkt: string, under: Acr): ChallengeRow => ({
    tenant: tenant.id,
    id: newId('enrollment', nowMs, bucket),
    kind: 'enrollment',
    assessment: undefined,
    subject,
    session: body.session,
    jkt,
    aud: body.aud,
    action: guarded.action,
    actionHash,
    params,
    acr: under,
    methods: [body.method],
    startsSession: false,
    once: true,
    openKey: undefined,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + call.services.limits.challengeSeconds * 1000,
    maxAttempts: call.services.limits.attemptsPerChallenge,
    attempts: 0,
    state: '{}',
    starts: 0,
    ended: undefined,
  })
  const answerOf = (row: ChallengeRow): Answer => ({
    body: { enrollment: { id: row.id, method: body.method, expires_at_ms: row.expiresAtMs } },
  })
  if (body.token !== undefined) {
    return redeem(call, redemptionOf(guarded, body, body.token), async ({ tenant, claims }) => {
      const row = open(tenant, await bucketOf(tenant, subject), claims.cnf.jkt, claims.acr)
      return { answer: answerOf(row), challenge: row }
    })
  }
  return assess(call, assessmentOf(guarded, body), (assessed) => {
    const { output, response, jkt } = assessed
    // Without a proven key there is nothing to bind the enrolment to, whatever the risk.
    if (output.decision !== 'allow') return { answer: { body: { assessment: response } } }
    if (jkt === undefined) return { answer: { body: { assessment: signalsRequired(assessed) } } }
    const row = open(assessed.tenant, assessed.bucket, jkt, output.acr)
    return { answer: answerOf(row), opens: row }
  })
}

const signalsRequired = ({ response }: Assessed): Assessed['response'] => ({
  ...response,
  decision: 'challenge',
  problem: 'signals_required',
})

export async function authenticatorRemove(call: Call<RouteBody<'authenticatorRemove'>>): Promise<Answer> {
  const { body, nowMs } = call
  const subject = namedSubject(call)
  const authenticator = call.params['authenticator'] ?? ''
  const { context, tenant } = await load(call, subject)
  const target = context.authenticators.find((row) => row.id === authenticator)
  const params = { authenticator }
  const guarded: Guarded = { subject, action: builtInActions.remove, params, route: `remove/${subject}` }
  const removed: Answer = { body: { removed: true } }
  const removalOf = ({ id, removedAtMs }: AuthenticatorRow): RemovalWrite => ({
    id,
    fromMs: removedAtMs,
    atMs: nowMs,
  })
  const bucket = await bucketOf(tenant, subject)
  const leaves = target?.method === 'email' ? [removalMark(tenant, target, bucket, nowMs)] : []
  const outbox =
    target === undefined
      ? []
      : noticeToAll(
          tenant,
          subject,
          bucket,
          context.authenticators,
          'authenticator_removed',
          target.method,
          nowMs,
        )
  if (body.token !== undefined) {
    return redeem(call, redemptionOf(guarded, body, body.token), async () => {
      if (target === undefined || !isActive(target, nowMs)) throw new ProblemError('not_found')
      return { answer: removed, removes: { ...removalOf(target), leaves, outbox } }
    })
  }
  // Who has an authenticator has an assurance above base, so that an allow comes from `observe` mode or a hold only.
  const answer = await assess(call, assessmentOf(guarded, body), ({ output, response }) => {
    if (target === undefined || !isActive(target, nowMs)) throw new ProblemError('not_found')
    return { answer: output.decision === 'allow' ? removed : { body: { assessment: response } } }
  })
  // A repeat whose first try was cut off here does it now.
  if (
    v.is(removeAuthenticatorResponse.options[0], answer.body) &&
    target !== undefined &&
    isActive(target, nowMs)
  ) {
    await call.store.putSubject({
      tenant: tenant.id,
      subject: { subject, bucket, userHandle: context.subject?.userHandle ?? '' },
      authenticators: leaves,
      binds: [],
      removes: [removalOf(target)],
      outbox,
      nowMs,
    })
  }
  return answer
}
