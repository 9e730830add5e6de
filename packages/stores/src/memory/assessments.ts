import type { AssessmentContext, AssessmentQuery, AssessmentStore, Assurance, Demand } from '@newel/engine'
import { atMost, inUseMs, longestHoldMs, sessionOwner, spendsLiveMs } from '../bounds.ts'
import { compact } from '../columns.ts'
import { readCounter } from '../counter.ts'
import { noTenant } from '../no-tenant.ts'
import { readAuthenticators, readDue, readGrants, readOp, sorted } from './reads.ts'
import type { Memory } from './tables.ts'
import {
  addAuthenticator,
  addToCounters,
  appendEvent,
  keepDemand,
  keepOp,
  mustStand,
  openChallenge,
  recordSession,
  tieReceipt,
  useProof,
  write,
  writeSubject,
} from './writes.ts'

/** The latest of each level. */
function readAssurance(
  memory: Memory,
  { tenant, subject, session, jkt }: AssessmentQuery,
): readonly Assurance[] {
  if (subject === undefined || session === undefined || jkt === undefined) return []
  const latest = new Map<string, Assurance>()
  for (const row of memory.assurances.group('subject', tenant, subject)) {
    if (row.session !== session || row.jkt !== jkt) continue
    const { acr, authTimeMs } = row
    if (authTimeMs > (latest.get(acr)?.authTimeMs ?? -1)) latest.set(acr, { acr, authTimeMs })
  }
  return sorted([...latest.values()], ({ acr }) => [acr])
}

/** Those of this session and key first, so that demands made from elsewhere cannot push them out of what is read. */
function readDemands(
  memory: Memory,
  { tenant, subject, session, jkt, nowMs }: AssessmentQuery,
): readonly Demand[] {
  if (subject === undefined) return []
  const own = (demand: { session: string | undefined; jkt: string | undefined }) =>
    (demand.session !== undefined && demand.session === session) ||
    (demand.jkt !== undefined && demand.jkt === jkt)
  const live = memory.demands.group('subject', tenant, subject).filter(({ untilMs }) => untilMs > nowMs)
  return sorted(live, (row) => [own(row) ? 0 : 1, -row.nats, row.action, row.scope])
    .slice(0, atMost.demands)
    .map(({ tenant: _t, subject: _s, scope: _c, ...demand }) => compact(demand))
}

function readOpen(memory: Memory, { tenant, openKey, nowMs }: AssessmentQuery) {
  const open = openKey === undefined ? undefined : memory.open_challenges.find(tenant, openKey)
  const challenge = open && memory.challenges.find(tenant, open.challenge)
  const answerable =
    challenge !== undefined &&
    challenge.ended === undefined &&
    challenge.expiresAtMs > nowMs &&
    challenge.attempts < challenge.maxAttempts
  return answerable ? challenge : undefined
}

function readSession(memory: Memory, { tenant, session, subject }: AssessmentQuery) {
  const row = session === undefined ? undefined : memory.sessions.find(tenant, session, sessionOwner(subject))
  if (row === undefined) return undefined
  const { tenant: _t, subject: _s, ...rest } = row
  return rest
}

/** Other sessions of the subject that are in use, the latest first. */
function readOthers(memory: Memory, { tenant, session, subject, nowMs }: AssessmentQuery) {
  if (subject === undefined) return []
  const used = memory.sessions
    .group('subject', tenant, subject)
    .filter((row) => row.session !== session && row.endedAtMs === undefined && row.seenAtMs > nowMs - inUseMs)
  return sorted(used, ({ seenAtMs, session: id }) => [-seenAtMs, id])
    .slice(0, atMost.otherSessions)
    .map(({ tenant: _t, subject: _s, ...rest }) => rest)
}

const readEnvelopes = (memory: Memory, { tenant, jkt, visit, nowMs }: AssessmentQuery) =>
  jkt === undefined || visit === undefined
    ? []
    : sorted(
        memory.envelopes
          .group('jkt', tenant, jkt)
          .filter((row) => row.visit === visit && row.expiresAtMs > nowMs),
        ({ atMs, digest }) => [-atMs, digest],
      ).slice(0, atMost.envelopes)

const readSpends = (memory: Memory, { tenant, subject, jkt, spends, nowMs }: AssessmentQuery) =>
  !spends || subject === undefined || jkt === undefined
    ? []
    : sorted(
        memory.spends
          .group('subject', tenant, subject)
          .filter((row) => row.jkt === jkt && row.startsSession && row.atMs >= nowMs - spendsLiveMs),
        ({ atMs, jti }) => [-atMs, jti],
      )
        .slice(0, atMost.spends)
        .map(({ tenant: _t, expiresAtMs: _e, ...spend }) => spend)

function readTie(memory: Memory, { tenant, receipt }: AssessmentQuery) {
  const tie = receipt === undefined ? undefined : memory.ties.find(tenant, receipt)
  return tie && { subject: tie.subject, session: tie.session }
}

function readCounters(memory: Memory, { tenant, counters, nowMs }: AssessmentQuery) {
  return counters.flatMap((key) => {
    const row = memory.counters.find(tenant, key)
    return row === undefined ? [] : [readCounter(row, nowMs)]
  })
}

function load(memory: Memory, asked: AssessmentQuery): AssessmentContext {
  const { tenant, subject, nowMs } = asked
  const revision = memory.tenants.find(tenant)?.revision
  if (revision === undefined) return noTenant
  const known = subject !== undefined
  return {
    revision,
    op: readOp(memory, tenant, asked.route, asked.op),
    subject: known ? memory.subjects.find(tenant, subject) : undefined,
    events: known ? readDue(memory, tenant, subject, atMost.dueEvents) : [],
    authenticators: known ? readAuthenticators(memory, tenant, subject, nowMs - longestHoldMs) : [],
    grants: known ? readGrants(memory, tenant, subject) : [],
    session: readSession(memory, asked),
    others: readOthers(memory, asked),
    assurance: readAssurance(memory, asked),
    demands: readDemands(memory, asked),
    envelopes: readEnvelopes(memory, asked),
    tie: readTie(memory, asked),
    proofUsed: asked.proof !== undefined && memory.used_proofs.find(tenant, asked.proof) !== undefined,
    openChallenge: readOpen(memory, asked),
    counters: readCounters(memory, asked),
    spends: readSpends(memory, asked),
  }
}

export const memoryAssessments = (memory: Memory): AssessmentStore => ({
  loadAssessment: async (asked) => load(memory, asked),

  recordAssessment: async (given) => {
    const { tenant, assessment, nowMs } = given
    const { subject } = assessment
    return write(memory, () => {
      keepOp(memory, tenant, undefined, given.op)
      memory.assessments.insert({ ...assessment, op: given.op.op })
      if (given.proof) useProof(memory, tenant, given.proof)
      if (given.tie) tieReceipt(memory, tenant, given.tie)
      if (given.subject) writeSubject(memory, tenant, given.subject, nowMs)
      else mustStand(memory, tenant, given.assessment.subject)
      for (const row of given.authenticators ?? []) addAuthenticator(memory, row)
      if (given.session) recordSession(memory, tenant, subject, given.session)
      if (given.demand && subject !== undefined) keepDemand(memory, tenant, subject, given.demand)
      if (given.challenge) openChallenge(memory, given.challenge, nowMs)
      if (given.event) appendEvent(memory, given.event)
    })
  },

  count: async (tenant, marks, nowMs) => {
    memory.change(() => addToCounters(memory, tenant, marks, nowMs))
  },

  seeSession: async (tenant, subject, session, nowMs) => {
    const row = memory.sessions.find(tenant, session, sessionOwner(subject))
    if (row !== undefined && row.seenAtMs < nowMs)
      memory.change(() => {
        memory.sessions.put({ ...row, seenAtMs: nowMs })
      })
  },
})
