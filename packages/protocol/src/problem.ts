/** Stable problem codes and their HTTP status (RFC 9457). Hosts branch on `code`, never on text. */
export const problemStatus = {
  invalid_request: 400,
  unsupported_media_type: 415,
  payload_too_large: 413,
  invalid_api_key: 401,
  origin_not_allowed: 403,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  invalid_envelope: 400,
  unknown_action: 400,
  invalid_params: 400,
  invalid_policy: 400,
  op_reused: 409,
  /** Uniform: unknown, foreign, expired, spent, out of attempts, wrong key. */
  challenge_unavailable: 404,
  /** Uniform: whatever was wrong with the answer. */
  verification_failed: 422,
  not_found: 404,
  conflict: 409,
  method_not_allowed: 405,
  signals_required: 401,
  insufficient_user_authentication: 401,
  invalid_token: 401,
  denied: 403,
  unmet_authentication_requirements: 403,
  too_many_requests: 429,
  newel_unavailable: 503,
  internal_error: 500,
} as const
export type ProblemCode = keyof typeof problemStatus

/** `application/problem+json` body. `detail` never carries caller text, tokens, codes or personal data. */
export interface Problem {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail?: string
  /** Where in the body the mistake is, as a JSON Pointer (RFC 6901), with what was expected. */
  errors?: { pointer: string; detail: string }[]
  /** With `insufficient_user_authentication`: what would satisfy (RFC 9470 §3). */
  acr_values?: string
  max_age?: number
  challenge?: ChallengeReference
}

/** What a page needs to open the prompt. */
export interface ChallengeReference {
  id: string
  methods: string[]
  acr: string
  expires_at_ms: number
}

/** Base of the problem `type` URIs; a URN, so that no host has to answer for it. */
export const problemType = (code: ProblemCode): string => `urn:newel:problem:${code}`
