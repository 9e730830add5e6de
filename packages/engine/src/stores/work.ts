import type { Lost, Won } from './lost.ts'
import type { EventRow, OutboxRow, SubjectRow } from './rows.ts'

/** Work without an answer: `tick`. */
export interface WorkStore {
  /** Subjects that have unfolded events up to now, oldest first; a subject that is not there is left out. */
  dueFolds(
    limit: number,
    nowMs: number,
  ): Promise<readonly { readonly tenant: string; readonly subject: string }[]>
  loadFold(
    tenant: string,
    subject: string,
  ): Promise<{ readonly subject: SubjectRow; readonly events: readonly EventRow[] } | undefined>
  /** Writes a fold under the version it was made from, and marks its events, or neither. */
  learn(write: {
    readonly tenant: string
    readonly subject: string
    readonly fromVersion: number
    readonly profile: Uint8Array
    readonly events: readonly string[]
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** Leases due messages to one caller until `untilMs`. */
  leaseOutbox(
    limit: number,
    nowMs: number,
    untilMs: number,
  ): Promise<readonly (OutboxRow & { readonly tries: number })[]>
  settleOutbox(
    tenant: string,
    id: string,
    result: { readonly delivered: true } | { readonly retryAtMs: number },
  ): Promise<void>
  /**
   * Deletes what retention says, at most `limit` rows of each table. Returns how many went. What carries an expiry goes by
   * it; challenges, sends and attempts a day later; assurance after 31 days; sessions and removed authenticators with events
   * and assessments, which go by the time in their ids.
   */
  purge(before: {
    readonly nowMs: number
    readonly assessmentsBeforeMs: number
    readonly eventsBeforeMs: number
    readonly limit: number
  }): Promise<number>
}
