import type { Acr } from '@newel/protocol'
import type { Assurance, AuthenticatorRow, Demand, Grant, SessionRow, SubjectRow } from '@newel/engine'
import { blob, integer, oneOf, optional, real, table, text } from '../columns.ts'
import type { Optionals, Tenanted } from './members.ts'

/** Subjects, with what answers for them and what was proven. */
export const personTables = {
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
}
