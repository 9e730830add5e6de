import type {
  Acr,
  Amr,
  AssessmentRequest,
  ConsumeRequest,
  Level,
  Params,
  Reason,
  Subject,
} from '@newel/protocol'
import { refuse, type Refused } from './answers.ts'
import { refuseUnanswered, type Core } from './core.ts'
import { newOp } from './encoding.ts'
import { GuardError } from './error.ts'
import { logHint } from './hint.ts'
import { readParams } from './params.ts'
import { codeOf, describe, misuse, readAssessment, readConsumption } from './replies.ts'
import { chooseAudience, readCredential, readFacts, type Credentials, type GuardRequest } from './request.ts'
import { hashSession } from './session.ts'

/** What the caller asks beyond the policy; the stricter wins. */
export interface Require {
  readonly acr?: Acr | undefined
  /** How old a proof may be, in seconds, 0 to 86 400. */
  readonly maxAgeSeconds?: number | undefined
}

/**
 * What happens while Newel does not answer. Default: `503 newel_unavailable`. `allow` lets requests of this action
 * through unchecked, never one with a token. It has to be written together with `once: false`, as the policy declares
 * the action: an action that needs a proof for each run never passes unchecked.
 */
export type WhenUnavailable =
  | { readonly whenUnavailable?: never; readonly once?: never }
  | { readonly whenUnavailable: 'allow'; readonly once: false }

export type CheckInput = Credentials & {
  /** As the policy declares it. */
  readonly action: string
  /** Values of the declared params: strings, booleans, safe integers. Default: none. */
  readonly params?: Readonly<Record<string, unknown>> | undefined
  /** Absent before the account is known; the answer is then allow or deny only. */
  readonly subject?: Subject | undefined
  /** Any string stable for one login; only its hash leaves this process. Absent before a session exists. */
  readonly session?: string | undefined
  readonly request: GuardRequest
  readonly require?: Require | undefined
} & WhenUnavailable

interface Passed {
  readonly ok: true
  /** What was hashed: act on these values and on no other reading of the request. */
  readonly params: Params
}

/** The request may go on. */
export type Allowed =
  /** Newel decided so. `acr` is what the session holds. */
  | (Passed & {
      readonly via: 'assessment'
      readonly assessment: string
      readonly acr: Acr
      readonly level: Level
      /** Probability of attack, 0 to 1. */
      readonly score: number
      readonly reasons: readonly Reason[]
    })
  /** A step-up token was spent on exactly this request. */
  | (Passed & {
      readonly via: 'token'
      readonly assessment: string
      readonly challenge: string
      readonly acr: Acr
      readonly amr: readonly Amr[]
      readonly authTimeSeconds: number
    })
  /** Newel did not answer, and the caller had said `whenUnavailable: 'allow'`. */
  | (Passed & { readonly via: 'unchecked'; readonly assessment: undefined; readonly acr: 'newel:base' })

export type CheckOutcome = Allowed | Refused

async function consume(core: Core, input: CheckInput, params: Params, token: string): Promise<CheckOutcome> {
  const proof = readCredential('proof', input, input.request)
  // A token without a proof by its key, or before anybody is known, cannot be right: not worth a call.
  if (proof.is !== 'given' || input.subject === undefined) return refuse('invalid_token')
  const path = '/v1/tokens/consume'
  const body: ConsumeRequest = {
    op: newOp(),
    token,
    proof: proof.value,
    aud: chooseAudience(core.audiences, input.request),
    subject: input.subject,
    session: input.session === undefined ? undefined : await hashSession(core.audiences[0], input.session),
    action: input.action,
    params,
    acr: input.require?.acr,
  }
  const reply = await core.call('POST', path, body)
  if (!reply.answered) return refuseUnanswered(core, path, reply)
  const code = codeOf(reply)
  if (code === 'invalid_token' || code === 'invalid_params') return refuse(code)
  if (code === 'conflict') return refuseUnanswered(core, path, reply)
  if (code !== undefined) throw misuse(reply, path)
  const spent = readConsumption(reply.body)
  return spent === undefined
    ? refuseUnanswered(core, path, reply)
    : { ok: true, via: 'token', ...spent, params }
}

async function assess(core: Core, input: CheckInput, params: Params): Promise<CheckOutcome> {
  const receipt = readCredential('receipt', input, input.request)
  const proof = readCredential('proof', input, input.request)
  const path = '/v1/assessments'
  const body: AssessmentRequest = {
    op: newOp(),
    action: input.action,
    params,
    subject: input.subject,
    session: input.session === undefined ? undefined : await hashSession(core.audiences[0], input.session),
    receipt: receipt.is === 'given' ? receipt.value : undefined,
    proof: proof.is === 'given' ? proof.value : undefined,
    aud: chooseAudience(core.audiences, input.request),
    request: readFacts(input.request, core),
    require: input.require && { acr: input.require.acr, max_age_s: input.require.maxAgeSeconds },
  }
  const reply = await core.call('POST', path, body)
  if (!reply.answered) {
    const refused = refuseUnanswered(core, path, reply)
    if (input.whenUnavailable !== 'allow' || core.onceActions.has(input.action)) return refused
    core.outage.countAllowed(input.action)
    return { ok: true, via: 'unchecked', assessment: undefined, acr: 'newel:base', params }
  }
  const code = codeOf(reply)
  if (code === 'invalid_params') {
    core.logger.log('warn', 'invalid_params', { action: input.action, says: describe(reply) })
    return refuse('invalid_params')
  }
  if (code !== undefined && code !== 'conflict') throw misuse(reply, path)
  const assessment = readAssessment(reply.body)
  // Newel is there and has not decided: a conflict is a race, which requests in parallel can bring about, so that no
  // leniency for outages applies.
  if (assessment === undefined) return refuseUnanswered(core, path, reply)
  if (assessment.once) core.onceActions.add(input.action)
  if (assessment.refusal !== undefined) {
    logHint(core, input.action, assessment.refusal, body)
    return assessment.refusal
  }
  const { id, acr, level, score, reasons } = assessment
  return { ok: true, via: 'assessment', assessment: id, acr, level, score, reasons, params }
}

/** One call to Newel for a guarded request: `assess` without a token, `consume` with one (design, section 3). */
export async function check(core: Core, input: CheckInput): Promise<CheckOutcome> {
  const declared: { once?: boolean } = input
  if (input.whenUnavailable === 'allow' && declared.once !== false) {
    throw new GuardError(
      'invalid_configuration',
      "whenUnavailable: 'allow' is for actions that are not once: say once: false with it",
    )
  }
  const params = readParams(input.params ?? {})
  if (params === undefined) return refuse('invalid_params')
  const token = readCredential('token', input, input.request)
  if (token.is === 'malformed') return refuse('invalid_token')
  return token.is === 'given' ? consume(core, input, params, token.value) : assess(core, input, params)
}
