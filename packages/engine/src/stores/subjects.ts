import type { Assurance, Grant } from '../facts.ts'
import type { AssessmentRow, AssessmentWrite } from './assessments.ts'
import type { Lost, Won } from './lost.ts'
import type {
  AuthenticatorRow,
  EventRow,
  OpRow,
  OutboxRow,
  SessionWrite,
  SubjectRow,
  SubjectWrite,
  UsedProof,
} from './rows.ts'

/** Sets, moves or calls off the end of an authenticator. */
export interface RemovalWrite {
  readonly id: string
  /** Its end so far. Default: none. */
  readonly fromMs?: number | undefined
  /** Its end from now on; `undefined`: it stays. */
  readonly atMs: number | undefined
}

/** Binds an authenticator, for the first time or again: it is confirmed, and its failures in a row are forgotten. */
export interface BindWrite {
  readonly id: string
  /** When it was confirmed so far. Default: not. */
  readonly fromMs?: number | undefined
  readonly atMs: number
  readonly holdUntilMs: number
}

/** Subjects, events and labels. */
export interface SubjectStore {
  loadSubject(query: {
    readonly tenant: string
    readonly subject: string
    readonly route: string
    readonly op: string | undefined
  }): Promise<{
    readonly revision: number | undefined
    readonly op: OpRow | undefined
    readonly subject: SubjectRow | undefined
    readonly authenticators: readonly AuthenticatorRow[]
    readonly grants: readonly Grant[]
  }>
  /**
   * Writes what changed of a subject and its contacts: new rows, rows that are bound, and when rows stop to serve, each row
   * in one of the three at most. `lost` where a new row's `lookup` is taken, a row's end is another by now, or a row to bind
   * was confirmed at another time or has an end.
   */
  putSubject(write: {
    readonly tenant: string
    readonly subject: SubjectWrite
    readonly authenticators: readonly AuthenticatorRow[]
    readonly binds: readonly BindWrite[]
    readonly removes: readonly RemovalWrite[]
    readonly outbox: readonly OutboxRow[]
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** Appends an event with all it does at once. `lost` where op, proof, tie or session is taken. */
  recordEvent(write: {
    readonly tenant: string
    readonly op: OpRow
    readonly event: EventRow
    readonly outcome?: EventRow | undefined
    readonly subject?: SubjectWrite | undefined
    readonly authenticators?: readonly AuthenticatorRow[] | undefined
    readonly session?: SessionWrite | undefined
    /**
     * Moves session, assurance, demands and ties of receipts to a new session id; the old one ends. `session` is then of no
     * use: the new one has the key and the start of the old.
     */
    readonly renews?: { readonly from: string; readonly to: string } | undefined
    /** Also one that was never seen: it cannot begin afterwards. */
    readonly ends?: { readonly session: string } | undefined
    readonly assurance?: (Assurance & { readonly session: string; readonly jkt: string }) | undefined
    /** Token that `assurance` is taken over from; one session takes it over. `lost` where another has. */
    readonly carries?: string | undefined
    readonly grant?: Grant | undefined
    readonly tie?: AssessmentWrite['tie']
    readonly proof?: UsedProof | undefined
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** An assessment with the events about it and the one that it shares with others, and the first answer to an op. */
  readAssessment(
    tenant: string,
    id: string,
    op?: Pick<OpRow, 'route' | 'op'>,
  ): Promise<{
    readonly revision: number | undefined
    readonly op: OpRow | undefined
    readonly assessment: AssessmentRow | undefined
    readonly events: readonly EventRow[]
  }>
  /** Latest assessments of a tenant, or of one subject, newest first. */
  listAssessments(query: {
    readonly tenant: string
    readonly subject?: string | undefined
    readonly limit: number
  }): Promise<readonly AssessmentRow[]>
  /**
   * A label. Where it is a hard one, the grants of its assessment's challenges are revoked, and what was proven in its
   * session or with its key is forgotten, also what a session would take over from a sign-in. Challenges and enrolments there
   * end, and those that gave a token that may be unspent count as cancelled.
   */
  recordLabel(write: {
    readonly tenant: string
    readonly subject: string | undefined
    readonly op: OpRow
    readonly event: EventRow
    readonly revokesGrantsOf: string | undefined
    readonly nowMs: number
  }): Promise<Won | Lost>
  /**
   * Revokes the grants of one device key and forgets what its sessions had proven, or would take over from a sign-in. `lost`
   * where `event` is there already.
   */
  revokeDevice(write: {
    readonly tenant: string
    readonly subject: string
    readonly jkt: string
    readonly event: EventRow
    readonly nowMs: number
  }): Promise<Won | Lost>
  /**
   * Everything stored about a person, by table, as JSON values; keys and sealed secrets left out. Envelopes are the person's
   * where no other subject had a session with their device key.
   */
  exportSubject(
    tenant: string,
    subject: string,
  ): Promise<Readonly<Record<string, readonly unknown[]>> | undefined>
  /** Deletes all of it. True when there was anything. What was loaded before and is written after is refused. */
  eraseSubject(tenant: string, subject: string): Promise<boolean>
}
