import type { ChallengeRow, ChallengeStore, SendsRow } from '@newel/engine'
import { acrLadder } from '@newel/protocol'
import { atMost, longestHoldMs } from '../bounds.ts'
import { countOne } from '../counter.ts'
import { readAuthenticators, readOp, sorted } from './reads.ts'
import { refused } from './table.ts'
import type { Memory } from './tables.ts'
import {
  addAuthenticator,
  addToCounters,
  appendEvent,
  endChallenge,
  enqueue,
  keepOp,
  must,
  mustStand,
  openChallenge,
  removeAuthenticator,
  useProof,
  write,
} from './writes.ts'

/** The count is the highest number, however old its row is. */
function readSends(memory: Memory, tenant: string, subject: string): readonly SendsRow[] {
  const destinations = memory.authenticators
    .group('subject', tenant, subject)
    .flatMap(({ destination }) => (destination === undefined ? [] : [`destination:${destination}`]))
  const keys = [...new Set([`subject:${subject}`, ...destinations])].sort()
  return keys.flatMap((key) => {
    const rows = sorted(memory.sends.group('key', tenant, key), ({ number }) => [-number])
    const latest = rows.slice(0, atMost.recentSends).map(({ atMs }) => atMs)
    return rows[0] === undefined ? [] : [{ key, count: rows[0].number, latestMs: latest }]
  })
}

/** A challenge that can still be answered, or the end of the change. */
function answerable(memory: Memory, tenant: string, id: string, nowMs: number) {
  const challenge = must(memory.challenges.find(tenant, id))
  if (challenge.ended !== undefined || challenge.expiresAtMs <= nowMs) throw refused
  return challenge
}

const hasEnded = (
  memory: Memory,
  { tenant, session, subject }: Pick<ChallengeRow, 'tenant' | 'session' | 'subject'>,
): boolean => session !== undefined && memory.sessions.find(tenant, session, subject)?.endedAtMs !== undefined

type Pass = Parameters<ChallengeStore['recordPass']>[0]

function useAuthenticator(
  memory: Memory,
  { tenant, id, subject, nowMs }: Pass,
  used: NonNullable<Pass['authenticator']>,
) {
  const row = must(memory.authenticators.find(tenant, used.id))
  const serves = row.removedAtMs === undefined || row.removedAtMs > nowMs
  if (row.subject !== subject || row.counter !== used.expectedCounter || !serves) throw refused
  memory.authenticators.put({
    ...row,
    counter: used.counter,
    data: used.data,
    lastUsedAtMs: nowMs,
    consecutiveFailures: 0,
    ...(used.confirms &&
      row.confirmedAtMs === undefined && { confirmedAtMs: nowMs, holdUntilMs: used.confirms.holdUntilMs }),
  })
  // The attempt that succeeded is no failure: the latest of this challenge leaves the list.
  const attempts = memory.attempts
    .group('subject', tenant, subject)
    .filter(({ authenticator, challenge }) => authenticator === used.id && challenge === id)
  const latest = sorted(attempts, ({ number }) => [-number])[0]
  if (latest !== undefined) memory.attempts.remove(latest)
}

function meetDemands(memory: Memory, { tenant, subject }: Pass, met: NonNullable<Pass['meets']>): void {
  for (const demand of memory.demands.group('subject', tenant, subject)) {
    const here =
      (demand.session !== undefined && demand.session === met.session) ||
      demand.jkt === met.jkt ||
      (demand.prefix !== undefined && demand.prefix === met.prefix)
    if (here && acrLadder.indexOf(demand.acr) <= acrLadder.indexOf(met.acr)) memory.demands.remove(demand)
  }
}

function pass(memory: Memory, given: Pass): void {
  const { tenant, id, subject, grant, assurance } = given
  const challenge = must(memory.challenges.find(tenant, id))
  if (challenge.ended !== undefined || challenge.subject !== subject) throw refused
  const { session, jkt, assessment } = challenge
  endChallenge(memory, challenge, 'passed')
  keepOp(memory, tenant, subject, given.op)
  if (grant) {
    memory.grants.insert({
      ...grant,
      tenant,
      subject,
      challenge: grant.challenge,
      assessment,
      revokedAtMs: undefined,
    })
  }
  if (assurance && session !== undefined) {
    memory.assurances.put({
      tenant,
      subject,
      session,
      jkt,
      acr: assurance.acr,
      authTimeMs: assurance.authTimeMs,
    })
  }
  if (given.authenticator) useAuthenticator(memory, given, given.authenticator)
  if (given.enrolled) addAuthenticator(memory, given.enrolled)
  if (given.meets) meetDemands(memory, given, given.meets)
  if (given.event) appendEvent(memory, given.event)
  for (const message of given.outbox) enqueue(memory, message)
}

export const memoryChallenges = (memory: Memory): ChallengeStore => ({
  loadChallenge: async ({ tenant, id, route, op, proof, nowMs }) => {
    const challenge = memory.challenges.find(tenant, id)
    const subject = challenge?.subject
    return {
      revision: memory.tenants.find(tenant)?.revision,
      challenge,
      op: readOp(memory, tenant, route, op),
      proofUsed: memory.used_proofs.find(tenant, proof) !== undefined,
      subject: subject === undefined ? undefined : memory.subjects.find(tenant, subject),
      authenticators:
        subject === undefined ? [] : readAuthenticators(memory, tenant, subject, nowMs - longestHoldMs),
      sends: subject === undefined ? [] : readSends(memory, tenant, subject),
      assessment:
        challenge?.assessment === undefined
          ? undefined
          : memory.assessments.find(tenant, challenge.assessment),
      sessionEnded: challenge !== undefined && hasEnded(memory, challenge),
    }
  },

  recordProof: async (tenant, proof) => write(memory, () => useProof(memory, tenant, proof)),

  recordStart: async ({ tenant, id, start, state, proof, op, sends, nowMs }) =>
    write(memory, () => {
      const challenge = answerable(memory, tenant, id, nowMs)
      if (challenge.starts !== start - 1) throw refused
      memory.challenges.put({ ...challenge, state, starts: start })
      useProof(memory, tenant, proof)
      keepOp(memory, tenant, challenge.subject, op)
      for (const { key, number } of sends) {
        memory.sends.insert({ tenant, key, number, subject: challenge.subject, atMs: nowMs })
      }
    }),

  recordUnsent: async ({ tenant, id, start, state, op, sends }) => {
    write(memory, () => {
      const challenge = memory.challenges.find(tenant, id)
      if (challenge?.starts === start) memory.challenges.put({ ...challenge, state })
      const kept = memory.ops.find(tenant, op.op, op.route)
      if (kept !== undefined) memory.ops.remove(kept)
      for (const { key, number } of sends) {
        const sent = memory.sends.find(tenant, key, number)
        if (sent !== undefined) memory.sends.remove(sent)
      }
    })
  },

  recordAttempt: async ({ tenant, id, attempt, authenticator, proof, nowMs }) =>
    write(memory, () => {
      const challenge = answerable(memory, tenant, id, nowMs)
      if (challenge.attempts !== attempt - 1 || attempt > challenge.maxAttempts) throw refused
      memory.challenges.put({ ...challenge, attempts: attempt })
      useProof(memory, tenant, proof)
      if (authenticator === undefined) return
      const { subject } = challenge
      const row = must(memory.authenticators.find(tenant, authenticator.id))
      if (row.subject !== subject || row.attempts !== authenticator.attempt - 1) throw refused
      const number = authenticator.attempt
      memory.authenticators.put({
        ...row,
        attempts: number,
        consecutiveFailures: row.consecutiveFailures + 1,
        lastAttemptAtMs: nowMs,
      })
      memory.attempts.insert({ tenant, authenticator: row.id, number, challenge: id, subject, atMs: nowMs })
    }),

  recordFailure: async ({ tenant, id, op, end, event, counters, outbox, nowMs }) =>
    write(memory, () => {
      const challenge = memory.challenges.find(tenant, id)
      keepOp(memory, tenant, challenge?.subject, op)
      if (end && challenge && challenge.ended === undefined) endChallenge(memory, challenge, end)
      if (event) {
        mustStand(memory, tenant, event.subject)
        appendEvent(memory, event)
      }
      addToCounters(memory, tenant, counters.map(countOne), nowMs)
      for (const message of outbox) enqueue(memory, message)
    }),

  recordPass: async (given) => write(memory, () => pass(memory, given)),

  recordCancel: async ({ tenant, id, proof, op, event }) =>
    write(memory, () => {
      const challenge = must(memory.challenges.find(tenant, id))
      if (challenge.ended !== undefined) throw refused
      useProof(memory, tenant, proof)
      keepOp(memory, tenant, challenge.subject, op)
      endChallenge(memory, challenge, 'cancelled')
      if (event) appendEvent(memory, event)
    }),

  loadConsume: async ({ tenant, route, op, jti, proof, challenge: id }) => {
    const challenge = memory.challenges.find(tenant, id)
    const row = memory.spends.find(tenant, jti)
    const spend = row && (({ tenant: _t, expiresAtMs: _e, ...rest }) => rest)(row)
    return {
      revision: memory.tenants.find(tenant)?.revision,
      op: readOp(memory, tenant, route, op),
      spend,
      proofUsed: memory.used_proofs.find(tenant, proof) !== undefined,
      challenge,
      sessionEnded:
        challenge === undefined ||
        memory.subjects.find(tenant, challenge.subject) === undefined ||
        hasEnded(memory, challenge),
    }
  },

  consume: async ({ tenant, spend, expiresAtMs, proof, op, challenge, removes, nowMs }) =>
    write(memory, () => {
      mustStand(memory, tenant, spend.subject)
      memory.spends.insert({ tenant, ...spend, expiresAtMs })
      useProof(memory, tenant, proof)
      keepOp(memory, tenant, spend.subject, op)
      if (challenge) openChallenge(memory, challenge, nowMs)
      if (removes) removeAuthenticator(memory, tenant, spend.subject, removes)
      for (const row of removes?.leaves ?? []) addAuthenticator(memory, row)
      for (const message of removes?.outbox ?? []) enqueue(memory, message)
    }),
})
