import type {
  Acr,
  Amr,
  AssessmentResponse,
  ChallengeReference,
  Level,
  ProblemCode,
  Reason,
} from '@newel/protocol'
import { refuse, type Demand, type Refused } from './answers.ts'
import type { Reply } from './client.ts'
import { GuardError } from './error.ts'

type Body = Readonly<Record<string, unknown>>
type AnsweredReply = Extract<Reply, { answered: true }>

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An assessment as far as the guard reads it. */
export interface ReadAssessment {
  readonly id: string
  readonly acr: Acr
  readonly level: Level
  readonly score: number
  readonly reasons: readonly Reason[]
  readonly once: boolean
  /** `undefined`: the request may pass. */
  readonly refusal: Refused | undefined
}

function readDemand(body: Body): Demand | undefined {
  const { acr, max_age_s: maxAge, challenge } = body
  if (typeof acr !== 'string' || !isObject(challenge)) return undefined
  const { id, methods, acr: challengeAcr, expires_at_ms: expiresAtMs } = challenge
  if (typeof id !== 'string' || typeof challengeAcr !== 'string' || typeof expiresAtMs !== 'number')
    return undefined
  if (!Array.isArray(methods) || !methods.every((method) => typeof method === 'string')) return undefined
  const reference: ChallengeReference = { id, methods, acr: challengeAcr, expires_at_ms: expiresAtMs }
  return { acr, maxAgeSeconds: typeof maxAge === 'number' ? maxAge : undefined, challenge: reference }
}

/** What stands in the way; `undefined` where the answer makes no sense. */
function readRefusal(body: Body): Refused | undefined {
  const problem = body['problem'] as AssessmentResponse['problem'] | undefined
  switch (problem) {
    case 'insufficient_user_authentication': {
      const demand = readDemand(body)
      return demand && refuse('insufficient_user_authentication', demand)
    }
    case 'signals_required':
    case 'denied':
    case 'unmet_authentication_requirements':
      return refuse(problem)
    default:
      return body['decision'] === 'deny' ? refuse('denied') : undefined
  }
}

/** Reads an assessment. `undefined` for anything that is none: it then counts as no answer, never as an `allow`. */
export function readAssessment(body: unknown): ReadAssessment | undefined {
  if (!isObject(body) || !isObject(body['risk'])) return undefined
  const { id, decision, acr, reasons, once, risk } = body
  if (typeof id !== 'string' || typeof acr !== 'string' || !Array.isArray(reasons)) return undefined
  const refusal = decision === 'allow' ? undefined : readRefusal(body)
  if (decision !== 'allow' && refusal === undefined) return undefined
  const { level, score } = risk as unknown as AssessmentResponse['risk']
  return { id, acr: acr as Acr, level, score, reasons: reasons as Reason[], once: once === true, refusal }
}

/** A spent token as far as the guard reads it. */
export interface ReadConsumption {
  readonly assessment: string
  readonly challenge: string
  readonly acr: Acr
  readonly amr: readonly Amr[]
  readonly authTimeSeconds: number
}

export function readConsumption(body: Body): ReadConsumption | undefined {
  const { consumed, assessment, challenge, acr, amr, auth_time: authTime } = body
  if (consumed !== true || typeof assessment !== 'string' || typeof challenge !== 'string') return undefined
  if (typeof acr !== 'string' || typeof authTime !== 'number' || !Array.isArray(amr)) return undefined
  return { assessment, challenge, acr: acr as Acr, amr: amr as Amr[], authTimeSeconds: authTime }
}

export const codeOf = (reply: AnsweredReply): ProblemCode | undefined =>
  reply.status >= 400 ? (reply.body['code'] as ProblemCode | undefined) : undefined

/** Where Newel found mistakes in the call's body, as JSON Pointers. */
export function pointersOf(reply: AnsweredReply): readonly string[] {
  const errors = reply.body['errors']
  return Array.isArray(errors) ? errors.map((error) => (isObject(error) ? String(error['pointer']) : '')) : []
}

/** What Newel says is wrong, for the operator: code, detail and where. Newel repeats nothing of what was sent. */
export function describe({ status, body }: AnsweredReply): string {
  const { code, detail, errors } = body
  const where = Array.isArray(errors)
    ? errors
        .filter(isObject)
        .filter((error) => error['detail'] !== detail)
        .map((error) => `${String(error['pointer'])}: ${String(error['detail'])}`)
    : []
  const first = typeof code === 'string' ? code : String(status)
  return [first, ...(typeof detail === 'string' ? [detail] : []), ...where].join('; ')
}

/** A refusal that no browser can bring about, in words that say where to look. */
export function misuse(reply: AnsweredReply, path: string): GuardError {
  const hint =
    reply.body['code'] === 'invalid_api_key' ? '; compare secretKey with the keys of the tenant' : ''
  return new GuardError('refused_by_newel', `Newel refuses ${path}: ${describe(reply)}${hint}`)
}
