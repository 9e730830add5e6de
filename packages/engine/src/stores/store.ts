import type { AssessmentStore } from './assessments.ts'
import type { ChallengeStore } from './challenges.ts'
import type { SignalStore } from './signals.ts'
import type { SubjectStore } from './subjects.ts'
import type { TenantStore } from './tenants.ts'
import type { WorkStore } from './work.ts'

/**
 * What the server remembers. Methods are named by intent, and each is one awaited driver call and one atomic change.
 *
 * A change that must happen once is an append under a unique key (an op, a used proof, a send's number) or an update whose
 * condition must find its row (an attempt's number, the end of a challenge). Where the key is taken or the row is not found,
 * the whole change is refused and nothing of it is kept: the method returns `lost`, and the caller loads and decides again.
 * A change about a subject whose row it does not write is refused as well where the subject is gone, as after an erasure.
 * So one rule holds on every driver, with or without transactions that span round trips (design, section 6).
 *
 * Times are milliseconds; `nowMs` comes from the caller, never from the database.
 */
export interface Store
  extends TenantStore, SignalStore, AssessmentStore, ChallengeStore, SubjectStore, WorkStore {
  /** Brings the schema up. Forward only; safe when several servers call it together. */
  migrate(): Promise<void>
  /** Version of the schema found and the one this build knows; throws where the database cannot be reached. */
  health(): Promise<{ readonly found: number; readonly minReader: number; readonly known: number }>
  close(): Promise<void>
}
