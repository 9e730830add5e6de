import type { Acr, MethodName, Params } from '@newel/protocol'

/* Rows that more than one interface reads or writes. */

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
  /** Time of the latest attempt, right or wrong. Kept where attempts themselves are forgotten after a day. */
  readonly lastAttemptAtMs: number | undefined
  /** Times of the latest attempts that did not succeed, newest first, 100 at most. */
  readonly recentFailuresMs: readonly number[]
}

export interface SessionRow {
  readonly session: string
  /** Device key that the session was first seen with. */
  readonly jkt: string | undefined
  readonly startedAtMs: number
  readonly endedAtMs: number | undefined
  /** When it was last used, as far as that was told: see `seeSession`. */
  readonly seenAtMs: number
}
export type SessionWrite = Omit<SessionRow, 'seenAtMs'>

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
  /** The assessment that it is about: `readAssessment` finds it by this. */
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
  /** About how many different accounts failed to sign in under this key within the last hours, and how many signed in. */
  readonly failed: number
  readonly passed: number
  readonly atMs: number
}

/** What moves a counter. */
export interface CounterMark {
  readonly key: string
  /** How many are counted; 0 where accounts are marked and nothing is. */
  readonly adds: number
  /** Place of the account among those that failed, or signed in: 0 to 51, the same whenever it comes again. */
  readonly failed?: number
  readonly passed?: number
}

/** Codes sent to one key, `subject:{subject}` or `destination:{destination}`; `count` is the number of the latest. */
export interface SendsRow {
  readonly key: string
  readonly count: number
  /** Newest first, 200 at most. */
  readonly latestMs: readonly number[]
}
