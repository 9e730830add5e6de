import type { Acr } from '@newel/protocol'
import type {
  AssessmentRow,
  Assurance,
  AuthenticatorRow,
  ChallengeRow,
  Demand,
  EnvelopeRow,
  EventRow,
  Grant,
  KeyRow,
  OpRow,
  OutboxRow,
  SessionRow,
  SpendRow,
  SubjectRow,
  TenantRow,
  UsedProof,
} from '@newel/engine'
import { blob, boolean, integer, json, oneOf, optional, real, table, text, type Table } from './columns.ts'

export interface Tenanted {
  readonly tenant: string
}

/**
 * Every table, one row type each. A member that is missing here, or of another kind than in the store interface, does
 * not compile; `migrations.ts` says how the columns came to be.
 */
export const tables = {
  tenants: table<Omit<TenantRow, 'keys'>>({
    tenant: text,
    revision: integer,
    config: text,
    policyVersion: text,
    policy: text,
    modelVersion: text,
    model: text,
    backgroundVersion: text,
    background: optional(blob),
  }),
  policies: table<Tenanted & { readonly version: string; readonly policy: string; readonly atMs: number }>({
    tenant: text,
    version: text,
    policy: text,
    atMs: integer,
  }),
  tenant_keys: table<KeyRow>({
    tenant: text,
    purpose: oneOf(),
    epoch: integer,
    kid: text,
    sealed: blob,
    publicJwk: optional(text),
    createdAtMs: integer,
    signsFromMs: integer,
    retiredAtMs: optional(integer),
  }),
  envelopes: table<EnvelopeRow>({
    tenant: text,
    digest: text,
    jkt: text,
    visit: text,
    body: text,
    receipt: text,
    atMs: integer,
    expiresAtMs: integer,
  }),
  used_proofs: table<Tenanted & UsedProof>({ tenant: text, key: text, expiresAtMs: integer }),
  /** `subject`: of calls that left no assessment; of one that did, it is the assessment's. */
  ops: table<Tenanted & OpRow & { readonly subject: string | undefined }>({
    tenant: text,
    route: text,
    op: text,
    digest: text,
    status: integer,
    response: text,
    expiresAtMs: integer,
    subject: optional(text),
  }),
  subjects: table<SubjectRow>({
    tenant: text,
    subject: text,
    bucket: integer,
    sinceMs: optional(integer),
    firstSeenMs: integer,
    createdSession: optional(text),
    name: optional(text),
    locale: optional(text),
    userHandle: text,
    profile: optional(blob),
    profileVersion: integer,
  }),
  authenticators: table<Omit<AuthenticatorRow, 'recentFailuresMs'>>({
    tenant: text,
    id: text,
    subject: text,
    method: oneOf(),
    acr: oneOf(),
    enrolledUnder: oneOf(),
    holdUntilMs: integer,
    label: text,
    lookup: text,
    destination: optional(text),
    data: text,
    counter: integer,
    confirmedAtMs: optional(integer),
    createdAtMs: integer,
    lastUsedAtMs: optional(integer),
    removedAtMs: optional(integer),
    attempts: integer,
    consecutiveFailures: integer,
    lastAttemptAtMs: optional(integer),
  }),
  attempts: table<
    Tenanted & {
      readonly authenticator: string
      readonly number: number
      readonly challenge: string
      readonly subject: string
      readonly atMs: number
    }
  >({ tenant: text, authenticator: text, number: integer, challenge: text, subject: text, atMs: integer }),
  sessions: table<Tenanted & SessionRow & { readonly subject: string }>({
    tenant: text,
    session: text,
    subject: text,
    jkt: optional(text),
    startedAtMs: integer,
    endedAtMs: optional(integer),
    seenAtMs: integer,
  }),
  assurances: table<
    Tenanted & Assurance & { readonly subject: string; readonly session: string; readonly jkt: string }
  >({
    tenant: text,
    subject: text,
    session: text,
    jkt: text,
    acr: oneOf<Acr>(),
    authTimeMs: integer,
  }),
  challenges: table<ChallengeRow>({
    tenant: text,
    id: text,
    kind: oneOf(),
    assessment: optional(text),
    subject: text,
    session: optional(text),
    jkt: text,
    aud: text,
    action: text,
    actionHash: text,
    params: json(),
    acr: oneOf(),
    methods: json(),
    startsSession: boolean,
    once: boolean,
    openKey: optional(text),
    createdAtMs: integer,
    expiresAtMs: integer,
    maxAttempts: integer,
    attempts: integer,
    state: text,
    starts: integer,
    ended: optional(oneOf()),
  }),
  /** Which challenge stands open under a question; its key is what makes it one. */
  open_challenges: table<
    Tenanted & {
      readonly openKey: string
      readonly challenge: string
      readonly subject: string
      readonly expiresAtMs: number
    }
  >({ tenant: text, openKey: text, challenge: text, subject: text, expiresAtMs: integer }),
  assessments: table<AssessmentRow>({
    tenant: text,
    id: text,
    subject: optional(text),
    session: optional(text),
    jkt: optional(text),
    action: text,
    level: oneOf(),
    decision: oneOf(),
    record: text,
    shares: optional(text),
    op: text,
    atMs: integer,
  }),
  /** `due`: to be folded and not folded yet. */
  events: table<EventRow & { readonly due: boolean }>({
    tenant: text,
    id: text,
    subject: optional(text),
    assessment: optional(text),
    type: text,
    body: text,
    atMs: integer,
    folds: boolean,
    dedupe: optional(text),
    due: boolean,
  }),
  outbox: table<OutboxRow & { readonly tries: number }>({
    tenant: text,
    id: text,
    kind: text,
    subject: optional(text),
    body: text,
    dueAtMs: integer,
    tries: integer,
  }),
  /** See `decay.ts` for what `epoch` and `value` say, `crowd.ts` for the rest. */
  counters: table<
    Tenanted & {
      readonly key: string
      readonly epoch: number
      readonly value: number
      readonly span: number
      readonly failed: number
      readonly failedBefore: number
      readonly passed: number
      readonly passedBefore: number
    }
  >({
    tenant: text,
    key: text,
    epoch: integer,
    value: real,
    span: integer,
    failed: integer,
    failedBefore: integer,
    passed: integer,
    passedBefore: integer,
  }),
  sends: table<
    Tenanted & {
      readonly key: string
      readonly number: number
      readonly subject: string
      readonly atMs: number
    }
  >({
    tenant: text,
    key: text,
    number: integer,
    subject: text,
    atMs: integer,
  }),
  /** `scope`: session, key and prefix in one text, so that asking again from one place is one row. */
  demands: table<Tenanted & Optionals<Demand> & { readonly subject: string; readonly scope: string }>({
    tenant: text,
    subject: text,
    action: text,
    scope: text,
    acr: oneOf<Acr>(),
    nats: real,
    atMs: integer,
    untilMs: integer,
    session: optional(text),
    jkt: optional(text),
    prefix: optional(text),
  }),
  grants: table<
    Tenanted & Optionals<Grant> & { readonly subject: string; readonly assessment: string | undefined }
  >({
    tenant: text,
    subject: text,
    id: text,
    jkt: text,
    method: oneOf(),
    acr: oneOf<Acr>(),
    challenge: optional(text),
    assessment: optional(text),
    atMs: integer,
    revokedAtMs: optional(integer),
  }),
  ties: table<
    Tenanted & {
      readonly receipt: string
      readonly subject: string
      readonly session: string | undefined
      readonly expiresAtMs: number
    }
  >({ tenant: text, receipt: text, subject: text, session: optional(text), expiresAtMs: integer }),
  spends: table<Tenanted & SpendRow & { readonly expiresAtMs: number }>({
    tenant: text,
    jti: text,
    op: text,
    subject: text,
    jkt: text,
    acr: oneOf(),
    amr: json(),
    authTimeMs: integer,
    startsSession: boolean,
    atMs: integer,
    expiresAtMs: integer,
  }),
} satisfies Record<string, Pick<Table<never>, 'columns'>>

/** Optional members as members that may be `undefined`: a table has all its columns. */
type Optionals<T> = { readonly [K in keyof T]-?: undefined extends T[K] ? T[K] | undefined : T[K] }

type Tables = typeof tables
export type TableName = keyof Tables
export type RowOf<N extends TableName> = Tables[N] extends Table<infer Row> ? Row : never

/** Tables whose rows name a subject. */
export type SubjectTable = { [N in TableName]: 'subject' extends keyof RowOf<N> ? N : never }[TableName]
