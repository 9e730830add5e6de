import type { AuthenticatorRow, ChallengeRow, SubjectRow } from '@newel/engine'
import type {
  Acr,
  Amr,
  EnrollmentResponse,
  EnrollmentStartResponse,
  MethodName,
  MethodResponse,
  StartResponse,
} from '@newel/protocol'
import type { Limits, Mailer } from '../options.ts'
import type { Tenant } from '../tenants.ts'

/** What a method works on. It decides and never stores: counting, limits and ends are the caller's. */
export interface MethodContext {
  readonly tenant: Tenant
  readonly challenge: ChallengeRow
  readonly subject: SubjectRow
  /** Those of this method that may answer this challenge; for an enrolment, all of this method that are not removed. */
  readonly authenticators: readonly AuthenticatorRow[]
  /** What `start` left, of this method. */
  readonly state: unknown
  readonly nowMs: number
  readonly limits: Limits
  readonly mailer: Mailer | undefined
  /** What is being proven for, in the person's language where the policy has it. */
  readonly actionText: string
}

export interface Started<Response> {
  /** Replaces the method's state; JSON. */
  readonly state: unknown
  readonly response: Response
  /** Where a code goes; it is counted and limited before `deliver` is called. */
  readonly send?: { readonly destination: string; readonly deliver: () => Promise<void> }
}

export type Judged =
  | {
      readonly ok: true
      readonly acr: Acr
      readonly amr: readonly [Amr, ...Amr[]]
      /** Only moves forward. */
      readonly counter: number
      /** The authenticator's data from now on. */
      readonly data: string
    }
  | { readonly ok: false }

export type Enrolled =
  | {
      readonly ok: true
      readonly row: Pick<AuthenticatorRow, 'acr' | 'lookup' | 'data' | 'counter'>
      readonly label: string
    }
  /** The address is confirmed; the row has been there. */
  | { readonly ok: true; readonly confirms: AuthenticatorRow }
  | { readonly ok: false }

/** One way to prove, on the server. */
export interface ServerMethod<M extends MethodName> {
  /** Prepares an answer. `undefined` where the subject has nothing to answer with. */
  start(context: MethodContext): Promise<Started<Extract<StartResponse, { method: M }>> | undefined>
  /** The authenticator that an answer is by, so that the attempt is counted on it before it is judged. */
  target(context: MethodContext, response: MethodResponse<M>): AuthenticatorRow | undefined
  judge(context: MethodContext, authenticator: AuthenticatorRow, response: MethodResponse<M>): Promise<Judged>
  startEnrollment(
    context: MethodContext,
  ): Promise<Started<Extract<EnrollmentStartResponse, { method: M }>> | undefined>
  judgeEnrollment(context: MethodContext, response: EnrollmentResponse<M>): Promise<Enrolled>
}

export const maskEmail = (address: string): string => {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, 1)}•••${address.slice(at)}`
}
