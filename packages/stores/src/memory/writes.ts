import type {
  AssessmentWrite,
  AuthenticatorRow,
  ChallengeEnd,
  ChallengeRow,
  CounterMark,
  Demand,
  EventRow,
  Lost,
  OpRow,
  OutboxRow,
  RemovalWrite,
  SessionWrite,
  SubjectWrite,
  UsedProof,
  Won,
} from '@newel/engine'
import { acrLadder } from '@newel/protocol'
import { demandScope, sessionOwner } from '../bounds.ts'
import { moveCounter } from '../counter.ts'
import { refused } from './table.ts'
import type { Memory } from './tables.ts'

/** Runs a change whose refusal is an answer. */
export const write = (memory: Memory, work: () => void): Won | Lost =>
  memory.change(() => {
    work()
    return true
  })
    ? { lost: false }
    : { lost: true }

/** The row, or the end of the change. */
export function must<Row>(row: Row | undefined | false): Row {
  if (row === undefined || row === false) throw refused
  return row
}

/** Refuses the change where the subject is gone: it was erased since it was loaded, and nothing about it is to be kept. */
export const mustStand = (memory: Memory, tenant: string, subject: string | undefined): void => {
  if (subject !== undefined) must(memory.subjects.find(tenant, subject))
}

export const useProof = (memory: Memory, tenant: string, proof: UsedProof) =>
  memory.used_proofs.insert({ tenant, ...proof })

export const keepOp = (memory: Memory, tenant: string, subject: string | undefined, op: OpRow) =>
  memory.ops.insert({ tenant, ...op, subject })

export function appendEvent(memory: Memory, event: EventRow): void {
  const { tenant, dedupe } = event
  const taken = dedupe !== undefined && memory.events.taken('dedupe', tenant, dedupe)
  if (!taken)
    memory.events.insert({
      ...event,
      assessment: event.assessment,
      due: event.folds && event.subject !== undefined,
    })
}

export function writeSubject(memory: Memory, tenant: string, given: SubjectWrite, nowMs: number): void {
  const standing = memory.subjects.find(tenant, given.subject)
  if (standing === undefined) {
    memory.subjects.insert({
      tenant,
      subject: given.subject,
      bucket: given.bucket,
      sinceMs: given.sinceMs,
      firstSeenMs: nowMs,
      createdSession: given.createdSession,
      name: given.name,
      locale: given.locale,
      userHandle: given.userHandle,
      profile: undefined,
      profileVersion: 0,
    })
  } else {
    memory.subjects.put({
      ...standing,
      sinceMs: given.sinceMs ?? standing.sinceMs,
      createdSession: given.createdSession ?? standing.createdSession,
      name: given.name ?? standing.name,
      locale: given.locale ?? standing.locale,
    })
  }
}

export function addAuthenticator(memory: Memory, row: AuthenticatorRow): void {
  const { recentFailuresMs: _, ...authenticator } = row
  memory.authenticators.insert(authenticator)
}

export function removeAuthenticator(
  memory: Memory,
  tenant: string,
  subject: string,
  { id, fromMs, atMs }: RemovalWrite,
): void {
  const row = must(memory.authenticators.find(tenant, id))
  if (row.subject !== subject || row.removedAtMs !== fromMs) throw refused
  memory.authenticators.put({ ...row, removedAtMs: atMs })
}

export const enqueue = (memory: Memory, message: OutboxRow) => memory.outbox.insert({ ...message, tries: 0 })

export function tieReceipt(memory: Memory, tenant: string, tie: NonNullable<AssessmentWrite['tie']>): void {
  const standing = memory.ties.find(tenant, tie.receipt)
  if (standing === undefined) memory.ties.insert({ tenant, ...tie })
  else if (standing.subject !== tie.subject || standing.session !== undefined || tie.session === undefined)
    throw refused
  else memory.ties.put({ ...standing, session: tie.session })
}

export function recordSession(
  memory: Memory,
  tenant: string,
  subject: string | undefined,
  session: SessionWrite,
): void {
  const owner = sessionOwner(subject)
  const standing = memory.sessions.find(tenant, session.session, owner)
  if (standing === undefined)
    memory.sessions.insert({ tenant, subject: owner, ...session, seenAtMs: session.startedAtMs })
  else if (standing.jkt !== undefined || session.jkt === undefined) throw refused
  else memory.sessions.put({ ...standing, jkt: session.jkt })
}

/** Asking again from one place raises the demand that stands there; nothing lowers it. */
export function keepDemand(memory: Memory, tenant: string, subject: string, demand: Demand): void {
  const { session, jkt, prefix } = demand
  const scope = demandScope(demand)
  const standing = memory.demands.find(tenant, subject, demand.action, scope)
  if (standing === undefined) {
    memory.demands.insert({ ...demand, tenant, subject, scope, session, jkt, prefix })
  } else {
    const stricter = acrLadder.indexOf(demand.acr) > acrLadder.indexOf(standing.acr)
    memory.demands.put({
      ...standing,
      acr: stricter ? demand.acr : standing.acr,
      nats: Math.max(standing.nats, demand.nats),
      untilMs: Math.max(standing.untilMs, demand.untilMs),
    })
  }
}

export function addToCounters(
  memory: Memory,
  tenant: string,
  marks: readonly CounterMark[],
  nowMs: number,
): void {
  for (const mark of new Map(marks.map((each) => [each.key, each])).values())
    memory.counters.put({
      tenant,
      key: mark.key,
      ...moveCounter(memory.counters.find(tenant, mark.key), mark, nowMs),
    })
}

/** Opens a challenge; refuses where another one stands open under its key. */
export function openChallenge(memory: Memory, challenge: ChallengeRow, nowMs: number): void {
  const { tenant, id, subject, openKey, expiresAtMs } = challenge
  if (openKey !== undefined) {
    const standing = memory.open_challenges.find(tenant, openKey)
    if (standing !== undefined && standing.expiresAtMs > nowMs) {
      const open = memory.challenges.find(tenant, standing.challenge)
      if (open === undefined || open.attempts < open.maxAttempts) throw refused
    }
    memory.open_challenges.put({ tenant, openKey, challenge: id, subject, expiresAtMs })
  }
  memory.challenges.insert(challenge)
}

/** What only answering needs goes with the end: texts, codes' digests, nonces. */
export function endChallenge(memory: Memory, challenge: ChallengeRow, ended: ChallengeEnd): void {
  const { tenant, id, openKey } = challenge
  const open = openKey === undefined ? undefined : memory.open_challenges.find(tenant, openKey)
  if (open?.challenge === id) memory.open_challenges.remove(open)
  memory.challenges.put({ ...challenge, ended, params: {}, state: '{}', openKey: undefined })
}
