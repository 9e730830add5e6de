import type { Acr, Amr, Level } from '@newel/protocol'
import type { Assurance, Demand, Grant } from '../facts.ts'
import type { Lost, Won } from './lost.ts'
import type {
  AuthenticatorRow,
  ChallengeRow,
  CounterMark,
  CounterRow,
  EventRow,
  OpRow,
  SessionRow,
  SessionWrite,
  SubjectRow,
  SubjectWrite,
  UsedProof,
} from './rows.ts'
import type { EnvelopeRow } from './signals.ts'

export interface AssessmentRow {
  readonly tenant: string
  readonly id: string
  readonly subject: string | undefined
  readonly session: string | undefined
  readonly jkt: string | undefined
  readonly action: string
  readonly level: Level
  readonly decision: 'allow' | 'challenge' | 'deny'
  /** JSON of the engine's record, 8 KiB at most. */
  readonly record: string
  /** `dedupe` of the event that it shares with others: the silent allow of its visit. */
  readonly shares: string | undefined
  /** Of the call that asked: its answer is kept under it for a while, and is erased with the assessment's subject. */
  readonly op: string
  readonly atMs: number
}

export interface AssessmentQuery {
  readonly tenant: string
  readonly route: string
  readonly op: string
  readonly subject: string | undefined
  readonly session: string | undefined
  readonly jkt: string | undefined
  readonly visit: string | undefined
  readonly receipt: string | undefined
  /** Key of the used proof. */
  readonly proof: string | undefined
  readonly openKey: string | undefined
  readonly counters: readonly string[]
  /** Whether the spends are wanted, as the start of a session does. */
  readonly spends: boolean
  readonly nowMs: number
}

export interface AssessmentContext {
  /** `undefined`: no such tenant, and nothing else is filled. */
  readonly revision: number | undefined
  readonly op: OpRow | undefined
  readonly subject: SubjectRow | undefined
  /** Due events that the profile has not folded, oldest first, 32 at most. */
  readonly events: readonly EventRow[]
  /** Not removed, or removed (`removedAtMs`) not longer than 30 days ago: the longest hold. */
  readonly authenticators: readonly AuthenticatorRow[]
  /** Not revoked; the latest 64. */
  readonly grants: readonly Grant[]
  readonly session: SessionRow | undefined
  /** Other sessions of the subject that were used within half an hour and have not ended; the latest eight. */
  readonly others: readonly SessionRow[]
  /** Of this subject, session and key. */
  readonly assurance: readonly Assurance[]
  /** Of this subject, unexpired. */
  readonly demands: readonly Demand[]
  /** Of this key and visit, unexpired, newest first, eight at most. */
  readonly envelopes: readonly EnvelopeRow[]
  readonly tie: { readonly subject: string; readonly session: string | undefined } | undefined
  readonly proofUsed: boolean
  /** Under this `openKey`: neither ended nor expired nor out of attempts. */
  readonly openChallenge: ChallengeRow | undefined
  readonly counters: readonly CounterRow[]
  /** Where they are wanted: `starts_session` tokens spent by this key for this subject, not older than five minutes. */
  readonly spends: readonly SpendRow[]
}

export interface SpendRow {
  readonly jti: string
  readonly op: string
  readonly subject: string
  readonly jkt: string
  readonly acr: Acr
  readonly amr: readonly Amr[]
  readonly authTimeMs: number
  readonly startsSession: boolean
  readonly atMs: number
}

export interface AssessmentWrite {
  readonly tenant: string
  readonly nowMs: number
  readonly op: OpRow
  readonly assessment: Omit<AssessmentRow, 'op'>
  /** Left out where the subject is there; `lost` where it is not any more. */
  readonly subject?: SubjectWrite | undefined
  /** Contacts of a subject that had none; every other change of contacts goes through `putSubject`. */
  readonly authenticators?: readonly AuthenticatorRow[] | undefined
  /** Inserts the session, or sets its key where none is known yet; `lost` where another call did either meanwhile. */
  readonly session?: SessionWrite | undefined
  /**
   * Ties the receipt to the subject, and to the session where there is one; a receipt that is tied to this subject but to
   * no session yet gets the session. `lost` where it is tied to another subject or session.
   */
  readonly tie?:
    | {
        readonly receipt: string
        readonly subject: string
        readonly session: string | undefined
        readonly expiresAtMs: number
      }
    | undefined
  readonly proof?: UsedProof | undefined
  readonly demand?: Demand | undefined
  readonly challenge?: ChallengeRow | undefined
  readonly event?: EventRow | undefined
}

export interface AssessmentStore {
  /** One read of all that a decision needs. */
  loadAssessment(query: AssessmentQuery): Promise<AssessmentContext>
  /**
   * Appends it all, or nothing: `lost` where op, proof, tie, session or open challenge is taken. A challenge that expired
   * or ended has given its `openKey` up. An event whose `dedupe` is taken is left out in silence.
   */
  recordAssessment(write: AssessmentWrite): Promise<Won | Lost>
  /** Moves counters after the answer, each key once; may lag, never blocks an answer. */
  count(tenant: string, marks: readonly CounterMark[], nowMs: number): Promise<void>
  /** Remembers when a session was last used; after the answer, and never back. */
  seeSession(tenant: string, subject: string | undefined, session: string, nowMs: number): Promise<void>
}
