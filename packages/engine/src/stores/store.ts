import type { Acr, Amr, Level, MethodName, Params } from '@newel/protocol'
import type { Assurance, Demand, Grant } from '../facts.ts'

/**
 * What the server remembers. Methods are named by intent, and each is one awaited driver call and one atomic change.
 *
 * A change that must happen once is an append under a unique key (an op, a used proof, a send's number) or an update whose
 * condition must find its row (an attempt's number, the end of a challenge). Where the key is taken or the row is not found,
 * the whole change is refused and nothing of it is kept: the method returns `lost`, and the caller loads and decides again.
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

/** Refused as a whole, because another call came first: load and decide again. */
export interface Lost {
  readonly lost: true
}
export type Won<T = object> = T & { readonly lost: false }

/* Tenants and keys */

export interface TenantRow {
  readonly tenant: string
  /** Rises with every change of what this row, its policy, model, background or keys say. */
  readonly revision: number
  /** JSON, opaque to the store. */
  readonly config: string
  readonly policyVersion: string
  /** JSON of the policy in force. */
  readonly policy: string
  readonly modelVersion: string
  readonly model: string
  readonly backgroundVersion: string
  readonly background: Uint8Array | undefined
  readonly keys: readonly KeyRow[]
}

export interface KeyRow {
  readonly tenant: string
  readonly purpose: 'signing' | 'secret'
  /** 0, 1, 2, …; the row is the only one of its tenant, purpose and epoch. */
  readonly epoch: number
  readonly kid: string
  /** AES-GCM under the master key. */
  readonly sealed: Uint8Array
  /** JSON of the public JWK, for `signing`. */
  readonly publicJwk: string | undefined
  readonly createdAtMs: number
  readonly signsFromMs: number
  /** From then on it neither signs nor verifies. */
  readonly retiredAtMs: number | undefined
}

export interface TenantStore {
  /** Revision of the tenant, to be asked with every request; `undefined` for an unknown one. */
  readTenantRevision(tenant: string): Promise<number | undefined>
  readTenant(tenant: string): Promise<TenantRow | undefined>
  listTenants(): Promise<readonly string[]>
  /**
   * Declares a tenant: inserts it, or writes config and policy where they differ from what is stored (one more
   * revision, and a new policy version kept beside the old ones). Declaring the same again changes nothing.
   */
  declareTenant(declaration: {
    readonly tenant: string
    readonly config: string
    readonly policyVersion: string
    readonly policy: string
    readonly nowMs: number
  }): Promise<void>
  /** Inserts a key unless its tenant, purpose and epoch exist; returns the row that stands. Raises the revision if inserted. */
  createKey(key: KeyRow): Promise<KeyRow>
  /** Ends the use of keys at a time (rotation). Raises the revision. */
  retireKeys(tenant: string, purpose: KeyRow['purpose'], belowEpoch: number, atMs: number): Promise<void>
}

/* Signals */

export interface EnvelopeRow {
  readonly tenant: string
  /** SHA-256 of the compact serialisation. Unique: the same envelope again is the same row. */
  readonly digest: string
  readonly jkt: string
  readonly visit: string
  /** JSON: parsed observations, connection facts, sdk, page, count of dropped. */
  readonly body: string
  /** JSON of the receipt's claims, so that the same envelope gets the same receipt. */
  readonly receipt: string
  readonly atMs: number
  readonly expiresAtMs: number
}

export interface SignalStore {
  /**
   * Stores an envelope and its one-use `jti`; for the same digest returns the row that stands. `lost` when the `jti` was
   * used by another envelope. Keeps the latest `keep` rows of the key.
   */
  recordEnvelope(
    envelope: EnvelopeRow,
    proof: UsedProof,
    keep: number,
  ): Promise<Won<{ readonly envelope: EnvelopeRow }> | Lost>
}

/* Shared pieces */

/** One use of a proof, envelope or DPoP `jti`. `key` is `kind:jkt:jti`. */
export interface UsedProof {
  readonly key: string
  readonly expiresAtMs: number
}

/** The first answer to an `op`, for its repeats. Unique by tenant, route and op. */
export interface OpRow {
  readonly route: string
  readonly op: string
  /** SHA-256 of the body: the same op with another body is refused. */
  readonly digest: string
  readonly status: number
  /** JSON, sealed by the server where it holds a secret. */
  readonly response: string
  readonly expiresAtMs: number
}

export interface SubjectRow {
  readonly tenant: string
  readonly subject: string
  readonly bucket: number
  /** When the account was created, as the back end said. */
  readonly sinceMs: number | undefined
  readonly firstSeenMs: number
  /** Session in which the account was created, as the back end said. */
  readonly createdSession: string | undefined
  readonly name: string | undefined
  readonly locale: string | undefined
  /** Random, for WebAuthn: no mail, no hash of mail (WebAuthn L3 §14.6.1). 64 bytes in base64url. */
  readonly userHandle: string
  readonly profile: Uint8Array | undefined
  /** Rises with every fold. */
  readonly profileVersion: number
}

/** What a call may write of a subject; inserts the row where there is none. Members left `undefined` stay as they are. */
export interface SubjectWrite {
  readonly subject: string
  readonly bucket: number
  readonly userHandle: string
  readonly sinceMs?: number | undefined
  readonly createdSession?: string | undefined
  readonly name?: string | undefined
  readonly locale?: string | undefined
}

/** Something that answers challenges. A mail address is one, too: limits then hold alike for all. */
export interface AuthenticatorRow {
  readonly tenant: string
  readonly id: string
  readonly subject: string
  readonly method: MethodName
  /** What a success gives once the hold is over. */
  readonly acr: Acr
  /** What it counts as until `holdUntilMs`: the proof it was enrolled under. */
  readonly enrolledUnder: Acr
  readonly holdUntilMs: number
  readonly label: string
  /**
   * Unique by tenant and method among those not removed: credential id of a passkey; for others a text that a second one of the
   * subject, where it may have one only, would have as well.
   */
  readonly lookup: string
  /** Keyed digest of the address that codes go to, alike for all subjects with that address; for mail contacts only. */
  readonly destination: string | undefined
  /** JSON: public key and flags of a passkey; sealed seed of a TOTP; sealed address of a mail contact. */
  readonly data: string
  /** WebAuthn counter, or last TOTP step accepted: only moves forward. */
  readonly counter: number
  readonly confirmedAtMs: number | undefined
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | undefined
  readonly removedAtMs: number | undefined
  /** Attempts ever: the number of the next one is one more. */
  readonly attempts: number
  /** Attempts since the last success. */
  readonly consecutiveFailures: number
  /** Times of the latest attempts that did not succeed, newest first, 100 at most. */
  readonly recentFailuresMs: readonly number[]
}

export interface SessionRow {
  readonly session: string
  /** Device key that the session was first seen with. */
  readonly jkt: string | undefined
  readonly startedAtMs: number
  readonly endedAtMs: number | undefined
}

export interface ChallengeRow {
  readonly tenant: string
  readonly id: string
  /** `challenge` answers an assessment; `enrollment` adds an authenticator. Both walk the same states. */
  readonly kind: 'challenge' | 'enrollment'
  readonly assessment: string | undefined
  readonly subject: string
  readonly session: string | undefined
  readonly jkt: string
  readonly aud: string
  readonly action: string
  readonly actionHash: string
  /** For texts only; dropped when the challenge ends. */
  readonly params: Params
  /** The acr demanded; for an enrolment, the proof it is opened under. */
  readonly acr: Acr
  readonly methods: readonly MethodName[]
  readonly startsSession: boolean
  readonly once: boolean
  /** Set while open and not `once`: unique by tenant, so that the same question opens one challenge. */
  readonly openKey: string | undefined
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly maxAttempts: number
  /** Attempts made. */
  readonly attempts: number
  /** State of the latest `start` by method, JSON opaque to the store (nonce, code digest, authenticator id). */
  readonly state: string
  /** Times `start` has changed the state: the number of the next change is one more. */
  readonly starts: number
  readonly ended: ChallengeEnd | undefined
}
export type ChallengeEnd = 'passed' | 'cancelled' | 'exhausted'

/** An outcome event as stored; `dedupe` unique by tenant where present. */
export interface EventRow {
  readonly tenant: string
  readonly id: string
  readonly subject: string | undefined
  /** The assessment that it is about: {@link SubjectStore.readAssessment} finds it by this. */
  readonly assessment?: string | undefined
  readonly type: string
  /** JSON of an `OutcomeEvent` for outcomes, else of the event as received without tokens. */
  readonly body: string
  readonly atMs: number
  /** The profile has to fold it. */
  readonly folds: boolean
  readonly dedupe: string | undefined
}

/** A message that leaves later by `tick`: notices, never codes. */
export interface OutboxRow {
  readonly tenant: string
  readonly id: string
  readonly kind: string
  readonly subject: string | undefined
  readonly body: string
  readonly dueAtMs: number
}

/**
 * A decayed count: `value` as of `atMs`, half-life of one hour. Keys are `kind:value`; one that names a subject is
 * `subject:{subject}`, and is erased with it.
 */
export interface CounterRow {
  readonly key: string
  readonly value: number
  readonly atMs: number
}

/** Codes sent to one key, `subject:{subject}` or `destination:{destination}`; `count` is the number of the latest. */
export interface SendsRow {
  readonly key: string
  readonly count: number
  /** Newest first, 200 at most. */
  readonly latestMs: readonly number[]
}

/* Assessments */

export interface AssessmentRow {
  readonly tenant: string
  readonly id: string
  readonly subject: string | undefined
  readonly session: string | undefined
  readonly jkt: string | undefined
  readonly action: string
  readonly level: Level
  readonly decision: 'allow' | 'challenge' | 'deny'
  /** JSON of the engine's record, 4 KiB at most. */
  readonly record: string
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
  /** `starts_session` tokens spent by this key for this subject, not older than five minutes. */
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
  readonly assessment: AssessmentRow
  readonly subject?: SubjectWrite | undefined
  /** Contacts of a subject that had none; every other change of contacts goes through {@link SubjectStore.putSubject}. */
  readonly authenticators?: readonly AuthenticatorRow[] | undefined
  /** Inserts the session, or sets its key where none is known yet; `lost` where another call did either meanwhile. */
  readonly session?: SessionRow | undefined
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
  /** Adds to decayed counters after the answer; may lag, never blocks an answer. */
  count(tenant: string, keys: readonly string[], nowMs: number): Promise<void>
}

/* Challenges and enrolments */

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
}

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
          /** Sets `confirmedAtMs`: the success of an enrolment that confirms a contact. */
          readonly confirms: boolean
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
    readonly removes?: (RemovalWrite & { readonly outbox: readonly OutboxRow[] }) | undefined
    readonly nowMs: number
  }): Promise<Won | Lost>
}

/* Subjects, events, feedback */

/** Sets, moves or calls off the end of an authenticator. */
export interface RemovalWrite {
  readonly id: string
  /** Its end so far. Default: none. */
  readonly fromMs?: number | undefined
  /** Its end from now on; `undefined`: it stays. */
  readonly atMs: number | undefined
}

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
   * Writes what changed of a subject and its contacts: new rows, rows the back end has confirmed, and when rows that were
   * replaced stop to serve. `lost` where a new row's `lookup` is taken, or a row's end is another by now.
   */
  putSubject(write: {
    readonly tenant: string
    readonly subject: SubjectWrite
    readonly authenticators: readonly AuthenticatorRow[]
    readonly confirms: readonly { readonly id: string; readonly atMs: number }[]
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
    readonly session?: SessionRow | undefined
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
  readAssessment(
    tenant: string,
    id: string,
  ): Promise<{
    readonly revision: number | undefined
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
   * session or with its key is forgotten.
   */
  recordLabel(write: {
    readonly tenant: string
    readonly subject: string | undefined
    readonly op: OpRow
    readonly event: EventRow
    readonly revokesGrantsOf: string | undefined
    readonly nowMs: number
  }): Promise<Won | Lost>
  /** Revokes the grants of one device key and forgets what its sessions had proven. `lost` where `event` is there already. */
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
  /** Deletes all of it. True when there was anything. */
  eraseSubject(tenant: string, subject: string): Promise<boolean>
}

/* Work without an answer: `tick` */

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
