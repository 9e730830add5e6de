import type { SessionWrite } from '@newel/engine'
import type { Memory } from './tables.ts'

interface Renewal {
  readonly tenant: string
  readonly subject: string
  readonly from: string
  readonly to: string
  readonly nowMs: number
}

/** The old id ends, so that whoever still has it starts from nothing. Refuses where the new one is taken. */
export function renewSession(memory: Memory, { tenant, subject, from, to, nowMs }: Renewal): void {
  const session = memory.sessions.find(tenant, from, subject)
  if (session !== undefined) {
    memory.sessions.insert({ ...session, session: to })
    memory.sessions.put({ ...session, endedAtMs: session.endedAtMs ?? nowMs })
  }
  for (const row of memory.assurances.group('subject', tenant, subject)) {
    if (row.session !== from) continue
    memory.assurances.remove(row)
    memory.assurances.put({ ...row, session: to })
  }
  for (const row of memory.demands.group('subject', tenant, subject)) {
    if (row.session === from) memory.demands.put({ ...row, session: to })
  }
  for (const row of memory.ties.group('subject', tenant, subject)) {
    if (row.session === from) memory.ties.put({ ...row, session: to })
  }
  // Those that are open: a token says which session it is for, and keeps saying so.
  for (const row of memory.challenges.group('subject', tenant, subject)) {
    if (row.session === from && row.ended === undefined) memory.challenges.put({ ...row, session: to })
  }
}

/** Ends a session, also one that was never seen: it must not begin afterwards. */
export function finishSession(
  memory: Memory,
  ends: { tenant: string; subject: string; session: string; row: SessionWrite | undefined; nowMs: number },
): void {
  const { tenant, subject, session, nowMs } = ends
  const standing = memory.sessions.find(tenant, session, subject)
  if (standing === undefined) {
    const startedAtMs = ends.row?.startedAtMs ?? nowMs
    const row = { tenant, subject, session, jkt: ends.row?.jkt, startedAtMs, endedAtMs: nowMs }
    memory.sessions.insert({ ...row, seenAtMs: nowMs })
  } else {
    memory.sessions.put({ ...standing, endedAtMs: standing.endedAtMs ?? nowMs })
  }
  for (const row of memory.assurances.group('subject', tenant, subject)) {
    if (row.session === session) memory.assurances.remove(row)
  }
}
