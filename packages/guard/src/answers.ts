import type { ChallengeReference, Problem, ProblemCode, problemStatus, problemType } from '@newel/protocol'

/** What the guard may answer instead of the handler. */
const answers = {
  invalid_request: { status: 400, title: 'The request cannot be read.' },
  invalid_params: { status: 400, title: 'The action does not take these values.' },
  payload_too_large: { status: 413, title: 'The request is too large.' },
  unsupported_media_type: {
    status: 415,
    title: 'Send JSON or an urlencoded form (URLSearchParams) in UTF-8; multipart is not read.',
  },
  not_found: { status: 404, title: 'There is no such thing.' },
  conflict: { status: 409, title: 'This is not possible as things are.' },
  insufficient_user_authentication: { status: 401, title: 'A stronger proof of identity is needed.' },
  signals_required: { status: 401, title: 'Signals of the browser are needed first.' },
  invalid_token: { status: 401, title: 'The step-up token does not serve here.' },
  denied: { status: 403, title: 'The action is denied.' },
  unmet_authentication_requirements: {
    status: 403,
    title: 'The account has no way to give the proof that is needed.',
  },
  internal_error: { status: 500, title: 'The request cannot be served.' },
  newel_unavailable: { status: 503, title: 'The action cannot be checked at the moment.' },
} as const satisfies { [C in ProblemCode]?: { status: (typeof problemStatus)[C]; title: string } }

export type RefusalCode = keyof typeof answers

/** The request goes no further: send `response` on as it is. */
export interface Refused {
  readonly ok: false
  readonly problem: Problem & { readonly code: RefusalCode }
  readonly response: Response
}

/** What would satisfy (RFC 9470 §3). */
export interface Demand {
  readonly acr: string
  readonly maxAgeSeconds: number | undefined
  readonly challenge: ChallengeReference
}

/** Quoted-string of RFC 9110 §5.6.4, for what Newel said. */
const quote = (value: string): string => `"${value.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')}"`

function authenticate(code: RefusalCode, demand: Demand | undefined): string {
  const parts = [`error=${quote(code)}`]
  if (demand !== undefined) parts.push(`acr_values=${quote(demand.acr)}`)
  if (demand?.maxAgeSeconds !== undefined) parts.push(`max_age=${demand.maxAgeSeconds}`)
  return `Newel ${parts.join(', ')}`
}

/**
 * A refusal, as a problem and as the response to send. The body repeats what the header says, because a page of another
 * origin cannot read the header.
 */
export function refuse(code: RefusalCode, demand?: Demand): Refused {
  const { status, title } = answers[code]
  const type: ReturnType<typeof problemType> = `urn:newel:problem:${code}`
  const problem = {
    type,
    title,
    status,
    code,
    ...(demand !== undefined && { acr_values: demand.acr, challenge: demand.challenge }),
    ...(demand?.maxAgeSeconds !== undefined && { max_age: demand.maxAgeSeconds }),
  }
  const response = new Response(JSON.stringify(problem), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': authenticate(code, demand) }),
    },
  })
  return { ok: false, problem, response }
}
