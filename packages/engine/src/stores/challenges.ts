import type { Acr } from '@newel/protocol'
import type { Assurance, Grant } from '../facts.ts'
import type { AssessmentRow, SpendRow } from './assessments.ts'
import type { Lost, Won } from './lost.ts'
import type {
  AuthenticatorRow,
  ChallengeRow,
  EventRow,
  OpRow,
  OutboxRow,
  SendsRow,
  SubjectRow,
  UsedProof,
} from './rows.ts'
import type { RemovalWrite } from './subjects.ts'

export interface ChallengeContext {
  readonly revision: number | undefined
  readonly challenge: ChallengeRow | undefined
  readonly op: OpRow | undefined
  readonly proofUsed: boolean
  readonly subject: SubjectRow | undefined
  readonly authenticators: readonly AuthenticatorRow[]
  /** For the subject and for each `destination` of its authenticators; those without a send are left out. */
  readonly sends: readonly SendsRow[]
  /** The assessment that asked: its record holds the facts to learn from. */
  readonly assessment: AssessmentRow | undefined
  /** The session that it was opened in has ended. */
  readonly sessionEnded: boolean
}

/** A removal that a token pays for. */
export interface ConsumedRemoval extends RemovalWrite {
  /** Rows that stay in its place. */
  readonly leaves: readonly AuthenticatorRow[]
  readonly outbox: readonly OutboxRow[]
}

/** Challenges and enrolments, the attempts at them, and the tokens that come of them. */
export interface ChallengeStore {
  loadChallenge(query: {
    readonly tenant: string
    readonly id: string
    readonly route: string
    readonly op: string | undefined
    readonly proof: string
    readonly nowMs: number
  }): Promise<ChallengeContext>
  /** Records a used DPoP proof for a call that changes nothing else. `lost`: it was used before. */
  recordProof(tenant: string, proof: UsedProof): Promise<Won | Lost>
  /** A `start`: replaces the state. `lost` where another `start` or send came between. */
  recordStart(write: {
    readonly tenant: string
    readonly id: string
    /** Number of this change: the loaded `starts` + 1. */
    readonly start: number
    readonly state: string
    readonly proof: UsedProof
    readonly op: OpRow
    /** With each key the number of this send: the loaded `count` + 1. */
    readonly sends: readonly { readonly key: string; readonly number: number }[]
    readonly nowMs: number
  }): Promise<Won | Lost>
  /**
   * Takes back what a `start` counted whose code could not be sent: the answer that its op had, and its sends. The state is
   * replaced where no other `start` came since.
   */
  recordUnsent(write: {
    readonly tenant: string
    readonly id: string
    /** Number of the `start`. */
    readonly start: number
    readonly state: string
    readonly op: Pick<OpRow, 'route' | 'op'>
    readonly sends: readonly { readonly key: string; readonly number: number }[]
  }): Promise<void>
  /**
   * Counts an attempt before it is judged, on the challenge and on the authenticator. `lost` where another came between:
   * load again, so that no limit is passed by racing.
   */
  recordAttempt(write: {
    readonly tenant: string
    readonly id: string
    /** Number of this attempt: the loaded `attempts` + 1. */
    readonly attempt: number
    readonly authenticator: { readonly id: string; readonly attempt: number } | undefined
    readonly proof: UsedProof
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** The answer to an attempt that failed: for repeats of its op, and the end of the challenge where it was the last. */
  recordFailure(write: {
    readonly tenant: string
    readonly id: string
    readonly op: OpRow
    readonly end: 'exhausted' | undefined
    readonly event: EventRow | undefined
    readonly counters: readonly string[]
    readonly outbox: readonly OutboxRow[]
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** Ends a challenge by success: one winner, ever. `lost` where it has ended or the authenticator's counter has moved. */
  recordPass(write: {
    readonly tenant: string
    readonly id: string
    readonly subject: string
    readonly op: OpRow
    readonly grant: Grant | undefined
    /** For subject, session and key of the challenge; absent for `starts_session`, whose token carries it over. */
    readonly assurance: Assurance | undefined
    readonly authenticator:
      | {
          readonly id: string
          readonly expectedCounter: number
          readonly counter: number
          readonly data: string
          /** The success of an enrolment that confirms a contact: sets when it was confirmed and serves, where it was not. */
          readonly confirms: { readonly holdUntilMs: number } | undefined
        }
      | undefined
    /** For an enrolment: the new authenticator. `lost` where its `lookup` is taken. */
    readonly enrolled: AuthenticatorRow | undefined
    /** Demands of these are met. */
    readonly meets:
      | {
          readonly session?: string | undefined
          readonly jkt: string
          readonly acr: Acr
          readonly prefix?: string | undefined
        }
      | undefined
    readonly event: EventRow | undefined
    readonly outbox: readonly OutboxRow[]
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** Ends a challenge without success; `lost` where it has ended. */
  recordCancel(write: {
    readonly tenant: string
    readonly id: string
    readonly proof: UsedProof
    readonly op: OpRow
    readonly event: EventRow | undefined
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** Ahead of spending a token: the first answer of the op, whether proof and token are used, and the token's challenge. */
  loadConsume(query: {
    readonly tenant: string
    readonly route: string
    readonly op: string
    readonly jti: string
    readonly proof: string
    readonly challenge: string
  }): Promise<{
    readonly revision: number | undefined
    readonly op: OpRow | undefined
    readonly spend: SpendRow | undefined
    readonly proofUsed: boolean
    readonly challenge: ChallengeRow | undefined
    /** The session has ended, the subject was erased, or the challenge is gone. */
    readonly sessionEnded: boolean
  }>
  /** Spends a token: true for exactly one op. `lost` where token, proof or op is taken. */
  consume(write: {
    readonly tenant: string
    readonly spend: SpendRow
    readonly expiresAtMs: number
    readonly proof: UsedProof
    readonly op: OpRow
    /** For an enrolment or a removal, opened or done in the same change. */
    readonly challenge?: ChallengeRow | undefined
    readonly removes?: ConsumedRemoval | undefined
    readonly nowMs: number
  }): Promise<Won | Lost>
}
