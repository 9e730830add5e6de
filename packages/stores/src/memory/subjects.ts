import type { SubjectStore } from '@newel/engine'
import { atMost, longestTokenMs, sessionOwner } from '../bounds.ts'
import { memoryPerson } from './person.ts'
import { newest, readAuthenticators, readGrants, readOp, sorted, toEvent } from './reads.ts'
import { finishSession, renewSession } from './sessions.ts'
import { refused } from './table.ts'
import type { Memory } from './tables.ts'
import {
  addAuthenticator,
  appendEvent,
  endChallenge,
  enqueue,
  keepOp,
  must,
  mustStand,
  recordSession,
  removeAuthenticator,
  tieReceipt,
  useProof,
  write,
  writeSubject,
} from './writes.ts'

/** A sign-in of which no session has begun yet gives none what it proved. */
function forgetSpends(memory: Memory, tenant: string, subject: string, jkt: string | undefined): void {
  for (const row of memory.spends.group('subject', tenant, subject))
    if (row.jkt === jkt) memory.spends.put({ ...row, startsSession: false })
}

export const memorySubjects = (memory: Memory): SubjectStore => ({
  loadSubject: async ({ tenant, subject, route, op }) => ({
    revision: memory.tenants.find(tenant)?.revision,
    op: readOp(memory, tenant, route, op),
    subject: memory.subjects.find(tenant, subject),
    authenticators: readAuthenticators(memory, tenant, subject, 0),
    grants: readGrants(memory, tenant, subject),
  }),

  putSubject: async ({ tenant, subject: given, authenticators, binds, removes, outbox, nowMs }) =>
    write(memory, () => {
      const { subject } = given
      writeSubject(memory, tenant, given, nowMs)
      for (const { id, fromMs, atMs, holdUntilMs } of binds) {
        const row = must(memory.authenticators.find(tenant, id))
        if (row.subject !== subject || row.confirmedAtMs !== fromMs || row.removedAtMs !== undefined)
          throw refused
        memory.authenticators.put({ ...row, confirmedAtMs: atMs, holdUntilMs, consecutiveFailures: 0 })
      }
      for (const removal of removes) removeAuthenticator(memory, tenant, subject, removal)
      for (const row of authenticators) addAuthenticator(memory, row)
      for (const message of outbox) enqueue(memory, message)
    }),

  recordEvent: async (given) => {
    const { tenant, event, session, renews, ends, assurance, grant, nowMs } = given
    const subject = sessionOwner(event.subject)
    return write(memory, () => {
      keepOp(memory, tenant, event.subject, given.op)
      if (given.proof) useProof(memory, tenant, given.proof)
      if (given.tie) tieReceipt(memory, tenant, given.tie)
      if (given.subject) writeSubject(memory, tenant, given.subject, nowMs)
      else mustStand(memory, tenant, event.subject)
      for (const row of given.authenticators ?? []) addAuthenticator(memory, row)
      if (session && session.session !== ends?.session) recordSession(memory, tenant, event.subject, session)
      if (renews) renewSession(memory, { tenant, subject, ...renews, nowMs })
      if (ends) finishSession(memory, { tenant, subject, session: ends.session, row: session, nowMs })
      if (given.carries !== undefined) {
        const spend = must(memory.spends.find(tenant, given.carries))
        memory.spends.put({ ...must(spend.startsSession && spend), startsSession: false })
      }
      if (assurance) memory.assurances.put({ tenant, subject, ...assurance })
      if (grant) {
        memory.grants.insert({
          ...grant,
          tenant,
          subject,
          challenge: grant.challenge,
          assessment: undefined,
          revokedAtMs: grant.revokedAtMs,
        })
      }
      appendEvent(memory, event)
      if (given.outcome) appendEvent(memory, given.outcome)
    })
  },

  readAssessment: async (tenant, id, op) => {
    const assessment = memory.assessments.find(tenant, id)
    const events =
      assessment?.subject === undefined ? [] : memory.events.group('subject', tenant, assessment.subject)
    return {
      revision: memory.tenants.find(tenant)?.revision,
      op: op && readOp(memory, tenant, op.route, op.op),
      assessment,
      events: sorted(
        events.filter(
          ({ assessment: about, dedupe }) =>
            about === id || (dedupe !== undefined && dedupe === assessment?.shares),
        ),
        (event) => [event.id],
      )
        .slice(0, atMost.eventsAbout)
        .map(toEvent),
    }
  },

  listAssessments: async ({ tenant, subject, limit }) =>
    newest(
      subject === undefined
        ? memory.assessments.group('tenant', tenant)
        : memory.assessments.group('subject', tenant, subject),
      limit,
    ),

  recordLabel: async ({ tenant, subject, op, event, revokesGrantsOf, nowMs }) =>
    write(memory, () => {
      keepOp(memory, tenant, subject, op)
      mustStand(memory, tenant, subject)
      appendEvent(memory, event)
      if (subject === undefined || revokesGrantsOf === undefined) return
      for (const grant of memory.grants.group('subject', tenant, subject)) {
        if (grant.assessment !== revokesGrantsOf || grant.revokedAtMs !== undefined) continue
        memory.grants.put({ ...grant, revokedAtMs: nowMs })
      }
      const assessed = memory.assessments.find(tenant, revokesGrantsOf)
      for (const row of memory.assurances.group('subject', tenant, subject)) {
        if (row.session === assessed?.session || row.jkt === assessed?.jkt) memory.assurances.remove(row)
      }
      forgetSpends(memory, tenant, subject, assessed?.jkt)
      for (const row of memory.challenges.group('subject', tenant, subject)) {
        const there =
          (row.session !== undefined && row.session === assessed?.session) || row.jkt === assessed?.jkt
        const live = row.ended === undefined || row.ended === 'passed'
        if (there && live && row.expiresAtMs > nowMs - longestTokenMs) endChallenge(memory, row, 'cancelled')
      }
    }),

  revokeDevice: async ({ tenant, subject, jkt, event, nowMs }) =>
    write(memory, () => {
      mustStand(memory, tenant, subject)
      appendEvent(memory, event)
      for (const grant of memory.grants.group('subject', tenant, subject)) {
        if (grant.jkt === jkt && grant.revokedAtMs === undefined)
          memory.grants.put({ ...grant, revokedAtMs: nowMs })
      }
      for (const row of memory.assurances.group('subject', tenant, subject)) {
        if (row.jkt === jkt) memory.assurances.remove(row)
      }
      forgetSpends(memory, tenant, subject, jkt)
    }),

  ...memoryPerson(memory),
})
