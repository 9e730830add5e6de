import type { AssessmentRow, ChallengeRow, EnvelopeRow, OpRow, SpendRow, UsedProof } from '@newel/engine'
import { boolean, integer, json, oneOf, optional, table, text } from '../columns.ts'
import type { Tenanted } from './members.ts'

/** What calls leave: signals, assessments, challenges, and what may happen once. */
export const callTables = {
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
  ties: table<
    Tenanted & {
      readonly receipt: string
      readonly subject: string
      readonly session: string | undefined
      readonly expiresAtMs: number
    }
  >({ tenant: text, receipt: text, subject: text, session: optional(text), expiresAtMs: integer }),
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
}
