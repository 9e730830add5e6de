import type {
  AssessmentQuery,
  AssessmentRow,
  AssessmentWrite,
  AuthenticatorRow,
  ChallengeRow,
  CounterMark,
  EnvelopeRow,
  EventRow,
  KeyRow,
  OpRow,
  OutboxRow,
  SpendRow,
  Store,
  SubjectWrite,
  UsedProof,
} from '@newel/engine'
import { formatId, type IdKind } from '@newel/protocol'

/** Noon of a winter day: all tests happen then. */
export const now = Date.UTC(2026, 0, 15, 12)
export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const tenant = 'acme'
export const subject = 'user-1'

/** An id that says its time and its number. */
export function id(kind: IdKind, number: number, atMs = now): string {
  const random = new Uint8Array(16)
  random[14] = number >> 8
  random[15] = number & 255
  return formatId(kind, atMs, 7, random)
}

export const declaration = {
  tenant,
  config: '{"name":"Acme"}',
  policyVersion: 'p1',
  policy: '{"a":1}',
  nowMs: now,
}

/** Declares the tenant of the tests. */
export const declare = (store: Store, name = tenant) => store.declareTenant({ ...declaration, tenant: name })

export const key = (epoch: number, more: Partial<KeyRow> = {}): KeyRow => ({
  tenant,
  purpose: 'signing',
  epoch,
  kid: `kid-${epoch}`,
  sealed: Uint8Array.of(0, 1, 127, 128, 255),
  publicJwk: '{"kty":"EC"}',
  createdAtMs: now,
  signsFromMs: now,
  retiredAtMs: undefined,
  ...more,
})

export const envelope = (number: number, more: Partial<EnvelopeRow> = {}): EnvelopeRow => ({
  tenant,
  digest: `digest-${number}`,
  jkt: 'jkt-1',
  visit: 'visit-1',
  body: `{"number":${number}}`,
  receipt: `{"jti":"receipt-${number}"}`,
  atMs: now + number,
  expiresAtMs: now + 7 * day,
  ...more,
})

/** Adds one to each of these counters. */
export const ones = (...keys: readonly string[]): CounterMark[] => keys.map((key) => ({ key, adds: 1 }))

export const proof = (name: string): UsedProof => ({ key: `dpop:${name}`, expiresAtMs: now + hour })

export const op = (name: string, more: Partial<OpRow> = {}): OpRow => ({
  route: 'route',
  op: `op-${name}`,
  digest: `digest-${name}`,
  status: 200,
  response: `{"answer":"${name}"}`,
  expiresAtMs: now + day,
  ...more,
})

export const writeOf = (more: Partial<SubjectWrite> = {}): SubjectWrite => ({
  subject,
  bucket: 7,
  userHandle: 'handle',
  ...more,
})

export const authenticator = (number: number, more: Partial<AuthenticatorRow> = {}): AuthenticatorRow => ({
  tenant,
  id: id('authenticator', number),
  subject,
  method: 'totp',
  acr: 'newel:otp',
  enrolledUnder: 'newel:contact',
  holdUntilMs: now,
  label: 'App',
  lookup: `lookup-${number}`,
  destination: undefined,
  data: '{"seed":"sealed-seed"}',
  counter: 0,
  confirmedAtMs: now,
  createdAtMs: now,
  lastUsedAtMs: undefined,
  removedAtMs: undefined,
  attempts: 0,
  consecutiveFailures: 0,
  lastAttemptAtMs: undefined,
  recentFailuresMs: [],
  ...more,
})

export const challenge = (number: number, more: Partial<ChallengeRow> = {}): ChallengeRow => ({
  tenant,
  id: id('challenge', number),
  kind: 'challenge',
  assessment: id('assessment', number),
  subject,
  session: 'session-1',
  jkt: 'jkt-1',
  aud: 'https://bank.example',
  action: 'transfer',
  actionHash: 'hash',
  params: { amount: '100.00', urgent: true, count: 3 },
  acr: 'newel:otp',
  methods: ['totp', 'passkey'],
  startsSession: false,
  once: false,
  openKey: undefined,
  createdAtMs: now,
  expiresAtMs: now + 5 * minute,
  maxAttempts: 5,
  attempts: 0,
  state: '{}',
  starts: 0,
  ended: undefined,
  ...more,
})

export const assessment = (number: number, more: Partial<AssessmentRow> = {}): AssessmentRow => ({
  tenant,
  id: id('assessment', number),
  subject,
  session: 'session-1',
  jkt: 'jkt-1',
  action: 'transfer',
  level: 'medium',
  decision: 'challenge',
  record: '{"score":0.5}',
  shares: undefined,
  op: `op-assess-${number}`,
  atMs: now,
  ...more,
})

export const event = (number: number, more: Partial<EventRow> = {}): EventRow => ({
  tenant,
  id: id('event', number),
  subject,
  type: 'outcome',
  body: `{"number":${number}}`,
  atMs: now,
  folds: false,
  dedupe: undefined,
  ...more,
})

export const message = (number: number, more: Partial<OutboxRow> = {}): OutboxRow => ({
  tenant,
  id: id('message', number),
  kind: 'notice',
  subject,
  body: '{"text":"sealed-text"}',
  dueAtMs: now,
  ...more,
})

export const spend = (number: number, more: Partial<SpendRow> = {}): SpendRow => ({
  jti: `token-${number}`,
  op: `op-spend-${number}`,
  subject,
  jkt: 'jkt-1',
  acr: 'newel:otp',
  amr: ['otp'],
  authTimeMs: now,
  startsSession: false,
  atMs: now,
  ...more,
})

/** A recorded assessment of the subject; parts are added by name. */
export const record = (number: number, more: Partial<AssessmentWrite> = {}): AssessmentWrite => ({
  tenant,
  nowMs: now,
  op: op(`assess-${number}`),
  assessment: assessment(number),
  subject: writeOf(),
  ...more,
})

export const query = (more: Partial<AssessmentQuery> = {}): AssessmentQuery => ({
  tenant,
  route: 'route',
  op: 'op-none',
  subject,
  session: 'session-1',
  jkt: 'jkt-1',
  visit: 'visit-1',
  receipt: 'receipt-1',
  proof: 'proof-none',
  openKey: 'open-1',
  counters: [],
  spends: true,
  nowMs: now,
  ...more,
})

/** Everything that a load finds of a subject and its session, for comparing before and after. */
export const loadAll = (store: Store, more: Partial<AssessmentQuery> = {}) =>
  store.loadAssessment(query(more))

/** Records a challenge as an assessment does, with the subject it belongs to. */
export const open = (store: Store, given: ChallengeRow, more: Partial<AssessmentWrite> = {}) =>
  store.recordAssessment({
    tenant: given.tenant,
    nowMs: given.createdAtMs,
    op: op(`open-${given.id}`),
    assessment: assessment(0, {
      tenant: given.tenant,
      id: given.assessment ?? id('assessment', 999),
      subject: given.subject,
    }),
    subject: writeOf({ subject: given.subject }),
    challenge: given,
    ...more,
  })

export const loadChallenge = (store: Store, given: ChallengeRow, name = 'none', nowMs = now) =>
  store.loadChallenge({
    tenant: given.tenant,
    id: given.id,
    route: 'route',
    op: `op-${name}`,
    proof: `dpop:${name}`,
    nowMs,
  })
