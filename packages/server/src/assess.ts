import {
  availableMethods,
  canonicalAction,
  decide,
  extractFeatures,
  highestAcr,
  resolveAction,
  type AssessmentContext,
  type AssessmentWrite,
  type ChallengeRow,
  type DecisionOutput,
  type EventRow,
  type Facts,
  type OutcomeEvent,
  type Question,
} from '@newel/engine'
import {
  acrSatisfies,
  receiptClaims,
  type ActionDeclaration,
  type AssessmentRequest,
  type AssessmentResponse,
  type Params,
  type ReceiptClaims,
} from '@newel/protocol'
import { proofExpiryMs } from './browser-calls.ts'
import { authenticatedTenant, callDigest, claimedTenant, opRow, repeatedAnswer } from './calls.ts'
import { sha256 } from './crypto.ts'
import { makeFacts, recurringDigest12, type EnvelopeBody } from './facts.ts'
import { normaliseAddress, prefixOf } from './network.ts'
import { ProblemError } from './problem.ts'
import type { Answer, Call } from './services.ts'
import { bucketOf, contactChange, newId, putContactChange, subjectWrite } from './subjects.ts'
import type { Tenant } from './tenants.ts'
import { decodeUntrusted } from './tokens/device-jws.ts'
import { readProof, verifyProof, type ReadProof } from './tokens/proof.ts'
import { verifyReceipt } from './tokens/receipt.ts'

/** A question and where it was asked: the body of an assessment, or of a call that Newel guards by itself. */
export type AssessInput = Omit<AssessmentRequest, 'op'> & { readonly op: string; readonly route: string }

export interface Assessed {
  readonly tenant: Tenant
  readonly response: AssessmentResponse
  readonly context: AssessmentContext
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

/** Digest of the canonical form of an action and its params: what challenge and token are bound to. */
export async function hashAction(action: string, params: Params): Promise<string> {
  return sha256(canonicalAction(action, params))
}

async function attempt(call: Call<unknown>, input: AssessInput, shape: Shape): Promise<Answer | undefined> {
  const { nowMs, services, store } = call
  const id = claimedTenant(call)
  const subject = input.subject?.id
  const params = input.params ?? {}
  const untrusted = input.receipt === undefined ? undefined : decodeUntrusted(input.receipt, receiptClaims)
  const proof = readProof(input.proof)
  const proofKey = untrusted && proof ? `proof:${untrusted.jkt}:${proof.claims.jti}` : undefined
  // A `once` action shares no challenge, so there is none to look for; the policy that says so is checked below.
  const guessedOnce = services.tenants.guess(id)?.policy.actions.get(input.action)?.once === true
  const openKey =
    subject && untrusted && !guessedOnce
      ? await sha256(
          [subject, input.session ?? '', untrusted.jkt, canonicalAction(input.action, params)].join('\n'),
        )
      : undefined
  const counterKeys = await countersFor(call, id, subject, untrusted, input.request.ip)

  const context = await store.loadAssessment({
    tenant: id,
    route: input.route,
    op: input.op,
    subject,
    session: input.session,
    jkt: untrusted?.jkt,
    visit: untrusted?.visit,
    receipt: untrusted?.jti,
    proof: proofKey,
    openKey,
    counters: counterKeys.filter((key) => key !== ''),
    nowMs,
  })
  const tenant = await authenticatedTenant(call, id, context.revision)
  const repeated = await repeatedAnswer(call, tenant, context.op)
  if (repeated !== undefined) return repeated

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

  // Wanted for the record; begun here, it is done beside the proof's signature.
  void callDigest(call)
  const standing = await judgeTokens(call, tenant, input, context, untrusted, proof)
  const bucket = subject === undefined ? 0 : (context.subject?.bucket ?? (await bucketOf(tenant, subject)))
  const facts = await makeFacts({
    nowMs,
    digestKey: tenant.stable.digest,
    lookup: services.lookup,
    receipt: standing.receipt,
    envelopes: standing.receipt === undefined ? [] : envelopesOf(context, standing.receipt),
    proven: standing.flags.proof === 'valid',
    flags: standing.flags,
    counters: countersOf(context, counterKeys),
    request: input.request,
  })

  const change =
    subject === undefined
      ? undefined
      : await contactChange(tenant, subject, bucket, input.subject ?? {}, context.authenticators, nowMs)
  const write =
    subject === undefined ? undefined : subjectWrite(subject, bucket, input.subject ?? {}, context.subject)
  if (subject !== undefined && change && change.confirms.length + change.removes.length > 0) {
    const full = write ?? { subject, bucket, userHandle: context.subject?.userHandle ?? '' }
    await putContactChange(store, tenant, full, change, nowMs)
    return undefined
  }
  const authenticators = [...context.authenticators, ...(change?.adds ?? [])]
  const methods = availableMethods(
    authenticators.filter((row) => row.consecutiveFailures < services.limits.consecutiveFailures),
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
        profile: context.subject?.profile,
        profileVersion: context.subject?.profileVersion,
        events: context.events.map((row) => JSON.parse(row.body) as OutcomeEvent),
      },
    }),
    grants: context.grants,
    demands: context.demands,
    ...(input.session !== undefined && { session: input.session }),
    assurance: context.session?.endedAtMs === undefined ? context.assurance : [],
    methods,
    highestAcr: highestAcr(authenticators, nowMs, tenant.config.holdHours * 3_600_000),
    policy: tenant.policy,
    policyVersion: tenant.policyVersion,
    model: tenant.model,
    modelVersion: tenant.modelVersion,
    background: tenant.background,
    backgroundVersion: tenant.backgroundVersion,
  })

  const assessmentId = newId('assessment', nowMs, bucket)
  const opened = await openChallenge(call, tenant, input, {
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
  const { answer, opens } = shape({ tenant, response, context, output, jkt })

  const event = allowedEvent({
    call,
    tenant,
    input,
    context,
    output,
    facts,
    assessment: assessmentId,
    bucket,
    receipt: standing.receipt,
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
      atMs: nowMs,
    },
    subject: write,
    authenticators: change?.adds,
    session: sessionWrite(input, context, facts, nowMs),
    tie: tieWrite(input, context, standing.receipt),
    proof:
      proofKey !== undefined && standing.flags.proof === 'valid'
        ? { key: proofKey, expiresAtMs: proofExpiryMs(call) }
        : undefined,
    demand: output.demand,
    challenge: opens ?? opened.created,
    event,
  }
  const recorded = await store.recordAssessment(row)
  if (recorded.lost) return undefined
  if (event?.dedupe !== undefined) services.taught.set(`${tenant.id}/${event.dedupe}`, true)
  return answer
}

interface Standing {
  readonly receipt: ReceiptClaims | undefined
  readonly flags: Facts['flags']
}

/** What receipt and proof are worth here, and whether the session is still with its key. */
async function judgeTokens(
  call: Call<unknown>,
  tenant: Tenant,
  input: AssessInput,
  context: AssessmentContext,
  untrusted: ReceiptClaims | undefined,
  read: ReadProof | undefined,
): Promise<Standing> {
  const verified =
    input.receipt === undefined || untrusted === undefined
      ? undefined
      : await verifyReceipt(tenant, input.receipt, call.nowMs)
  if (verified === undefined) {
    return { receipt: undefined, flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false } }
  }
  if (isForeign(input.subject?.id, input.session, context)) {
    return { receipt: undefined, flags: { receipt: 'foreign', proof: 'absent', sessionKeyChanged: false } }
  }
  const proven = await verifyProof(read, {
    jkt: verified.claims.jkt,
    aud: input.aud,
    ath: verified.ath,
    nowMs: call.nowMs,
    toleranceSeconds: call.services.limits.clockToleranceSeconds,
  })
  const proof = !proven ? 'absent' : context.proofUsed ? 'reused' : 'valid'
  const bound = context.session?.jkt
  return {
    receipt: verified.claims,
    flags: {
      receipt: 'valid',
      proof,
      sessionKeyChanged: bound !== undefined && bound !== verified.claims.jkt,
    },
  }
}

/** A receipt serves the subject and the session that first named it, and no other (design, section 3). */
export function isForeign(
  subject: string | undefined,
  session: string | undefined,
  { tie }: Pick<AssessmentContext, 'tie'>,
): boolean {
  if (tie === undefined || subject === undefined) return false
  const otherSession = tie.session !== undefined && session !== undefined && tie.session !== session
  return tie.subject !== subject || otherSession
}

/** Bodies of the visit's envelopes, the receipt's own first. */
export function envelopesOf(context: AssessmentContext, receipt: ReceiptClaims): EnvelopeBody[] {
  const rows = [...context.envelopes].sort(
    (a, b) => Number(b.digest === receipt.env) - Number(a.digest === receipt.env),
  )
  return rows.map((row) => JSON.parse(row.body) as EnvelopeBody)
}

/** Keys of the decayed counters that a decision reads: subject, device and prefix, in this order, as far as known. */
export async function countersFor(
  call: Call<unknown>,
  tenant: string,
  subject: string | undefined,
  receipt: ReceiptClaims | undefined,
  backEndIp: string | undefined,
): Promise<string[]> {
  const key = await call.services.tenants.digestKey(tenant)
  const ip = receipt?.seen.ip ?? normaliseAddress(backEndIp)
  return [
    subject === undefined ? '' : `subject:${subject}`,
    receipt === undefined ? '' : `device:${receipt.jkt}`,
    ip === undefined ? '' : `prefix:${await recurringDigest12(key, 'prefix', prefixOf(ip))}`,
  ]
}

function countersOf(context: AssessmentContext, keys: readonly string[]): Facts['counters'] {
  const value = (index: number): number => context.counters.find(({ key }) => key === keys[index])?.value ?? 0
  return { subjectFailures: value(0), deviceFailures: value(1), prefixFailures: value(2) }
}

/** What the caller asks beyond the policy. */
function requirementOf({ require }: AssessInput): Pick<Question, 'require'> {
  if (require === undefined) return {}
  const { acr, max_age_s: maxAgeSeconds } = require
  return {
    require: { ...(acr !== undefined && { acr }), ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) },
  }
}

interface Opening {
  readonly context: AssessmentContext
  readonly output: DecisionOutput
  readonly facts: Facts
  readonly openKey: string | undefined
  readonly assessmentId: string
  readonly bucket: number
  readonly once: boolean
  readonly startsSession: boolean
}

/** The challenge to answer: the one that is open for the same question and asks enough, or a new one. */
async function openChallenge(
  call: Call<unknown>,
  tenant: Tenant,
  input: AssessInput,
  opening: Opening,
): Promise<{ challenge?: ChallengeRow; created?: ChallengeRow }> {
  const { output, context, facts } = opening
  const { required } = output
  const jkt = facts.device.jkt
  if (
    output.decision !== 'challenge' ||
    required === undefined ||
    jkt === undefined ||
    input.subject === undefined
  )
    return {}
  if (output.problem === 'signals_required') return {}
  const standing = opening.once ? undefined : context.openChallenge
  if (standing !== undefined && acrSatisfies(standing.acr, required.acr)) return { challenge: standing }
  const created: ChallengeRow = {
    tenant: tenant.id,
    id: newId('challenge', call.nowMs, opening.bucket),
    kind: 'challenge',
    assessment: opening.assessmentId,
    subject: input.subject.id,
    session: input.session,
    jkt,
    aud: input.aud,
    action: input.action,
    actionHash: await hashAction(input.action, input.params ?? {}),
    params: input.params ?? {},
    acr: required.acr,
    methods: required.methods,
    startsSession: opening.startsSession && input.session === undefined,
    once: opening.once,
    // One that asks less still holds the key; the new one then stands beside it and is not shared.
    openKey: opening.once || standing !== undefined ? undefined : opening.openKey,
    createdAtMs: call.nowMs,
    expiresAtMs: call.nowMs + call.services.limits.challengeSeconds * 1000,
    maxAttempts: call.services.limits.attemptsPerChallenge,
    attempts: 0,
    state: '{}',
    starts: 0,
    ended: undefined,
  }
  return { challenge: created, created }
}

function responseOf(
  tenant: Tenant,
  id: string,
  action: ActionDeclaration,
  output: DecisionOutput,
  challenge: ChallengeRow | undefined,
): AssessmentResponse {
  return {
    id: id as AssessmentResponse['id'],
    risk: {
      score: output.score,
      nats: output.nats,
      level: output.level,
      calibration: output.calibration,
    },
    decision: output.decision,
    ...(output.problem !== undefined && { problem: output.problem }),
    ...(action.once === true && { once: true }),
    reasons: [...output.reasons],
    acr: output.acr,
    ...(output.required !== undefined && { max_age_s: output.required.maxAgeSeconds }),
    ...(challenge !== undefined && {
      challenge: {
        id: challenge.id as NonNullable<AssessmentResponse['challenge']>['id'],
        methods: [...challenge.methods],
        acr: challenge.acr,
        expires_at_ms: challenge.expiresAtMs,
      },
    }),
    policy_version: tenant.policyVersion,
    model_version: tenant.modelVersion,
  }
}

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

function tieWrite(
  input: AssessInput,
  { tie }: AssessmentContext,
  receipt: ReceiptClaims | undefined,
): AssessmentWrite['tie'] {
  if (receipt === undefined || input.subject === undefined) return undefined
  if (tie !== undefined && (tie.session !== undefined || input.session === undefined)) return undefined
  return {
    receipt: receipt.jti,
    subject: input.subject.id,
    session: input.session,
    expiresAtMs: receipt.exp * 1000 + 120_000,
  }
}

interface Allowing {
  readonly call: Call<unknown>
  readonly tenant: Tenant
  readonly input: AssessInput
  readonly context: AssessmentContext
  readonly output: DecisionOutput
  readonly facts: Facts
  readonly assessment: string
  readonly bucket: number
  readonly receipt: ReceiptClaims | undefined
}

/** A silent allow is an outcome too: once a visit, so that a busy page does not teach more than a quiet one. */
function allowedEvent(allowing: Allowing): EventRow | undefined {
  const { call, tenant, input, context, output, facts, assessment, bucket, receipt } = allowing
  if (
    output.decision !== 'allow' ||
    input.subject === undefined ||
    receipt === undefined ||
    !facts.device.proven
  ) {
    return undefined
  }
  const dedupe = `allowed:${input.subject.id}:${receipt.visit}`
  // The store would leave it out just the same; a subject that was erased meanwhile begins anew.
  if (context.subject !== undefined && call.services.taught.get(`${tenant.id}/${dedupe}`)) return undefined
  const id = newId('event', facts.nowMs, bucket)
  const outcome: OutcomeEvent = {
    id,
    atMs: facts.nowMs,
    kind: 'allowed',
    assessment,
    features: extractFeatures(facts),
  }
  return {
    tenant: tenant.id,
    id,
    subject: input.subject.id,
    type: 'outcome',
    body: JSON.stringify(outcome),
    atMs: facts.nowMs,
    folds: true,
    dedupe,
  }
}
