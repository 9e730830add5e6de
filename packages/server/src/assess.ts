import {
  availableMethods,
  canonicalAction,
  decide,
  highestAcr,
  isDisabled,
  resolveAction,
  type AssessmentContext,
  type AssessmentWrite,
  type ChallengeRow,
  type DecisionOutput,
  type Facts,
  type OutcomeEvent,
} from '@newel/engine'
import type { AssessmentResponse } from '@newel/protocol'
import { requirementOf, responseOf } from './assessment-wire.ts'
import { coinFor } from './audits.ts'
import { authenticatedTenant, claimedTenant, opRow, repeatedAnswer } from './calls.ts'
import { contactChange, putContactChange } from './contacts.ts'
import { counterKeysFor, countersOf, countSensitive, known } from './counters.ts'
import { sha256 } from './crypto.ts'
import { makeFacts } from './facts.ts'
import { bucketOf, newId } from './ids.ts'
import { allowedRow, allowOf } from './outcomes.ts'
import { openChallenge, type AssessInput } from './open-challenge.ts'
import { envelopesOf, judgePresented, liveReceipt, readPresented, tieOf } from './presented.ts'
import { ProblemError } from './problem.ts'
import { profileOf } from './profiles.ts'
import { sessionFacts } from './session-facts.ts'
import type { Answer, Call } from './services.ts'
import { subjectWrite } from './subjects.ts'
import type { Tenant } from './tenants.ts'

export interface Assessed {
  readonly tenant: Tenant
  /** The subject's; 0 without one. */
  readonly bucket: number
  readonly response: AssessmentResponse
  readonly output: DecisionOutput
  /** The device key, where it was proven in this request. */
  readonly jkt: string | undefined
}

/** What an allow opens in the same change, and what the call answers. */
export type Shape = (assessed: Assessed) => { readonly answer: Answer; readonly opens?: ChallengeRow }

const rounds = 4

/**
 * Loads, decides and records: two round trips. Where another call took an op, proof, tie or open challenge between the two,
 * both are done again on what stands by then.
 */
export async function assess(call: Call<unknown>, input: AssessInput, shape: Shape): Promise<Answer> {
  for (let round = 0; round < rounds; round++) {
    const answer = await attempt(call, input, shape)
    if (answer !== undefined) return answer
  }
  throw new ProblemError('conflict', {}, { headers: { 'retry-after': '1' } })
}

async function attempt(call: Call<unknown>, input: AssessInput, shape: Shape): Promise<Answer | undefined> {
  const { nowMs, services, store } = call
  const id = claimedTenant(call)
  const subject = input.subject?.id
  const params = input.params ?? {}
  const guess = services.tenants.guess(id)
  const presented = readPresented(input, guess)
  const untrusted = presented.receipt
  // A `once` action shares no challenge, so there is none to look for; the policy that says so is checked below.
  const guessedOnce = guess?.policy.actions.get(input.action)?.once === true
  const openKey =
    subject && untrusted && !guessedOnce
      ? sha256(
          [subject, input.session ?? '', untrusted.jkt, canonicalAction(input.action, params)].join('\n'),
        )
      : undefined
  // Anybody may name a tenant: of one that is not known here nothing is worked out before its secret key is shown.
  const counterKeys =
    guess &&
    (await counterKeysFor(call, guess, subject, await liveReceipt(guess, input, nowMs), input.request))

  const context = await store.loadAssessment({
    tenant: id,
    route: input.route,
    op: input.op,
    subject,
    session: input.session,
    jkt: untrusted?.jkt,
    visit: untrusted?.visit,
    receipt: untrusted?.jti,
    proof: presented.proofKey,
    openKey,
    counters: known(counterKeys ?? {}),
    spends: false,
    nowMs,
  })
  const tenant = await authenticatedTenant(call, id, context.revision)
  const repeated = await repeatedAnswer(call, tenant, context.op)
  if (repeated !== undefined) return repeated

  // With the tenant at hand, the next round reads what is counted.
  if (counterKeys === undefined) return undefined

  const declared = resolveAction(tenant.policy, input.action, params)
  if (!declared.ok) {
    throw new ProblemError(declared.problem, { detail: declared.detail, errors: [...declared.errors] })
  }
  const action = declared.declaration
  if (guessedOnce && action.once !== true) return undefined
  if (subject !== undefined && input.session === undefined && action.starts_session !== true) {
    throw new ProblemError('invalid_params', {
      detail: 'this action needs a session; declare starts_session if it starts one',
    })
  }

  const standing = await judgePresented(call, tenant, input, presented, context)
  const bucket = subject === undefined ? 0 : (context.subject?.bucket ?? (await bucketOf(tenant, subject)))
  const facts = await makeFacts({
    nowMs,
    digestKey: tenant.stable.digest,
    lookup: services.lookup,
    receipt: standing.receipt,
    envelopes: standing.receipt === undefined ? [] : envelopesOf(context, standing.receipt),
    proven: standing.used !== undefined,
    flags: standing.flags,
    counters: countersOf(services, tenant.id, context.counters, counterKeys),
    request: input.request,
    ...(subject !== undefined && {
      session: sessionFacts(context, standing.receipt?.jkt, nowMs),
      alike: (fingerprint) => services.collisions.count(tenant.id, subject, fingerprint),
    }),
  })

  const change =
    subject === undefined
      ? undefined
      : await contactChange(call, tenant, subject, bucket, input.subject ?? {}, context.authenticators)
  const write =
    subject === undefined ? undefined : subjectWrite(subject, bucket, input.subject ?? {}, context.subject)
  if (subject !== undefined && change && change.binds.length + change.removes.length > 0) {
    const full = write ?? { subject, bucket, userHandle: context.subject?.userHandle ?? '' }
    await putContactChange(store, tenant, full, change, nowMs)
    return undefined
  }
  const authenticators = [...context.authenticators, ...(change?.adds ?? [])]
  const methods = availableMethods(
    authenticators.filter((row) => !isDisabled(row, services.limits.consecutiveFailures)),
    nowMs,
    services.usable,
  )
  const output = decide({
    question: { action: input.action, params, ...requirementOf(input) },
    facts,
    ...(subject !== undefined && {
      subject: {
        id: subject,
        createdInThisSession:
          input.session !== undefined && context.subject?.createdSession === input.session,
        sinceMs: context.subject?.sinceMs,
        profile: context.subject?.profile && profileOf(tenant.id, subject, context.subject.profile),
        profileVersion: context.subject?.profileVersion,
        events: context.events.map((row) => JSON.parse(row.body) as OutcomeEvent),
      },
    }),
    grants: context.grants,
    demands: context.demands,
    ...(input.session !== undefined && { session: input.session }),
    assurance: context.session?.endedAtMs === undefined ? context.assurance : [],
    methods,
    highestAcr: highestAcr(authenticators, nowMs, {
      holdMs: tenant.config.holdHours * 3_600_000,
      consecutiveFailures: services.limits.consecutiveFailures,
    }),
    ...(subject !== undefined && { coin: coinFor(tenant.stable.audits, subject) }),
    policy: tenant.policy,
    policyVersion: tenant.policyVersion,
    model: tenant.model,
    modelVersion: tenant.modelVersion,
    background: tenant.background,
    backgroundVersion: tenant.backgroundVersion,
  })

  const assessmentId = newId('assessment', nowMs, bucket)
  const opened = openChallenge(call, tenant, input, {
    context,
    output,
    facts,
    openKey,
    assessmentId,
    bucket,
    once: action.once === true,
    startsSession: action.starts_session === true,
  })
  const response = responseOf(tenant, assessmentId, action, output, opened.challenge)
  const jkt = facts.device.proven ? facts.device.jkt : undefined
  const { answer, opens } = shape({ tenant, bucket, response, output, jkt })

  const event = allowedRow(call, {
    tenant,
    context,
    facts,
    receipt: standing.receipt,
    subject: output.decision === 'allow' ? subject : undefined,
    assessment: assessmentId,
    bucket,
  })
  const row: AssessmentWrite = {
    tenant: tenant.id,
    nowMs,
    op: await opRow(call, tenant, input.route, input.op, answer),
    assessment: {
      tenant: tenant.id,
      id: assessmentId,
      subject,
      session: input.session,
      jkt: standing.receipt?.jkt,
      action: input.action,
      level: output.level,
      decision: output.decision,
      record: output.record,
      shares: allowOf(subject, standing.receipt, facts),
      atMs: nowMs,
    },
    subject: write,
    authenticators: change?.adds,
    session: sessionWrite(input, context, facts, nowMs),
    tie: tieOf(input, context, standing.receipt),
    proof: standing.used,
    demand: output.demand,
    challenge: opens ?? opened.created,
    event,
  }
  const recorded = await store.recordAssessment(row)
  if (recorded.lost) return undefined
  if (output.decision === 'allow' && subject !== undefined)
    countSensitive(call, tenant, input.action, subject)
  const { session } = context
  if (session !== undefined && nowMs - session.seenAtMs >= seenEveryMs)
    call.later('see', services.store.seeSession(tenant.id, subject, session.session, nowMs))
  if (event?.dedupe !== undefined) services.taught.set(`${tenant.id}/${event.dedupe}`, true)
  return answer
}

/** How exactly a session's last use is told: a write a minute at most. */
const seenEveryMs = 60_000

function sessionWrite(
  input: AssessInput,
  context: AssessmentContext,
  facts: Facts,
  nowMs: number,
): AssessmentWrite['session'] {
  if (input.session === undefined || input.subject === undefined) return undefined
  const jkt = facts.device.proven ? facts.device.jkt : undefined
  if (context.session !== undefined && (context.session.jkt !== undefined || jkt === undefined))
    return undefined
  return { session: input.session, jkt, startedAtMs: nowMs, endedAtMs: undefined }
}
