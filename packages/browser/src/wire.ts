import type { headers as wireHeaders, ProblemCode } from '@newel/protocol'
import { NewelError, type NewelErrorCode } from './errors.ts'

/** Header names, written again here because a page takes types only from the protocol; the compiler compares them. */
export const headers = {
  receipt: 'Newel-Receipt',
  proof: 'Newel-Proof',
  token: 'Newel-Token',
  key: 'Newel-Key',
  time: 'Newel-Time',
  dpop: 'DPoP',
  dpopNonce: 'DPoP-Nonce',
} as const satisfies typeof wireHeaders

/** What Newel answered: the value, or a problem by its code. */
export type Answer<T> = { readonly ok: true; readonly value: T } | Refusal
export interface Refusal {
  readonly ok: false
  readonly status: number
  /** A problem code (RFC 9457), or empty where the answer was none of Newel's. */
  readonly code: string
  /** What Newel says of it to developers. */
  readonly detail?: string | undefined
}

const codes: Partial<Record<string, NewelErrorCode>> = {
  challenge_unavailable: 'expired',
  too_many_requests: 'rate_limited',
  unmet_authentication_requirements: 'no_method',
  denied: 'denied',
} satisfies Partial<Record<ProblemCode, NewelErrorCode>>

/** A refusal as the error that it means to the caller. */
export function errorOf({ code, status, detail }: Omit<Refusal, 'ok'>, response?: Response): NewelError {
  const kind = codes[code] ?? (status >= 500 ? 'network' : status === 429 ? 'rate_limited' : 'config')
  const said = `The server answered ${status} ${code}`.trimEnd()
  return new NewelError(kind, detail === undefined ? said : `${said}: ${detail}`, { response })
}

/** The value of an answer, or the error that it means. */
export function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw errorOf(answer)
  return answer.value
}

/** The code of a problem document, or empty: other servers' bodies look as they like. */
export const problemCode = (body: unknown): string => {
  const code = (body as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
