import { problemStatus, problemType, type Problem, type ProblemCode } from '@newel/protocol'
import type { Answer } from './services.ts'

const titles: Record<ProblemCode, string> = {
  invalid_request: 'The request is malformed.',
  unsupported_media_type: 'Send application/json.',
  payload_too_large: 'The body is too large.',
  invalid_api_key: 'The API key is missing, unknown or of the wrong kind.',
  origin_not_allowed: 'This origin may not call Newel with this key.',
  invalid_dpop_proof: 'The DPoP proof is missing or does not verify.',
  use_dpop_nonce: 'Repeat with a fresh DPoP nonce.',
  invalid_envelope: 'The envelope does not verify.',
  unknown_action: 'The policy declares no such action.',
  invalid_params: 'The params are not those that the policy declares.',
  invalid_policy: 'The policy has mistakes.',
  op_reused: 'This op was used with another body.',
  challenge_unavailable: 'This challenge cannot be answered.',
  verification_failed: 'The answer was not accepted.',
  not_found: 'Not found.',
  conflict: 'The state has changed; load it again.',
  method_not_allowed: 'This method is not allowed here.',
  signals_required: 'Send an envelope of signals first.',
  insufficient_user_authentication: 'A stronger or fresher authentication is needed.',
  invalid_token: 'The token is not valid here.',
  denied: 'The request is denied.',
  unmet_authentication_requirements: 'The account has no way to meet what is asked.',
  too_many_requests: 'Too many requests.',
  newel_unavailable: 'Newel cannot answer now.',
  internal_error: 'Something went wrong.',
}

/** An answer that is a problem document. Thrown by routes, turned into a response in one place. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly members: Partial<Problem>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ProblemCode,
    members: Partial<Problem> = {},
    options: { headers?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(code, { cause: options.cause })
    this.name = 'ProblemError'
    this.code = code
    this.members = members
    this.headers = options.headers ?? {}
  }
}

export const problemBody = (code: ProblemCode, members: Partial<Problem> = {}): Problem => ({
  type: problemType(code),
  title: titles[code],
  status: problemStatus[code],
  code,
  ...members,
})

export const problemAnswer = (error: ProblemError): Answer => ({
  status: problemStatus[error.code],
  body: problemBody(error.code, error.members),
  headers: error.headers,
})
