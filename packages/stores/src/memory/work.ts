import type { WorkStore } from '@newel/engine'
import { atMost } from '../bounds.ts'
import { boundsOf, type Bounds } from '../retention.ts'
import type { RowOf, TableName } from '../tables.ts'
import { readDue, sorted } from './reads.ts'
import { refused, type MemoryTable } from './table.ts'
import type { Memory } from './tables.ts'
import { must, write } from './writes.ts'

const expired = (row: { readonly expiresAtMs: number }, bounds: Bounds) => row.expiresAtMs <= bounds.expired

/** Which rows are past their time; what stays for good is not named. */
const old: { readonly [N in TableName]?: (row: RowOf<N>, bounds: Bounds) => boolean } = {
  ops: expired,
  used_proofs: expired,
  envelopes: expired,
  ties: expired,
  spends: expired,
  open_challenges: expired,
  demands: (row, bounds) => row.untilMs <= bounds.expired,
  challenges: (row, bounds) => row.expiresAtMs <= bounds.dayAgo,
  sends: (row, bounds) => row.atMs <= bounds.dayAgo,
  attempts: (row, bounds) => row.atMs <= bounds.dayAgo,
  assurances: (row, bounds) => row.authTimeMs <= bounds.monthAgo,
  sessions: (row, bounds) =>
    row.startedAtMs <= bounds.events &&
    ((row.endedAtMs ?? Infinity) <= bounds.events || row.startedAtMs <= bounds.assessments),
  authenticators: (row, bounds) => (row.removedAtMs ?? Infinity) <= Math.min(bounds.events, bounds.monthAgo),
  counters: (row, bounds) => row.epoch <= bounds.deadEpoch,
  assessments: (row, bounds) => row.id < bounds.assessmentId,
  events: (row, bounds) => row.id < bounds.eventId,
  outbox: (row, bounds) => row.id < bounds.messageId,
}

function dueFolds(memory: Memory, limit: number, nowMs: number) {
  const oldest = new Map<string, { tenant: string; subject: string; atMs: number }>()
  for (const { tenant, subject, atMs } of memory.events.group('due')) {
    if (subject === undefined || atMs > nowMs || memory.subjects.find(tenant, subject) === undefined) continue
    const key = JSON.stringify([tenant, subject])
    if (atMs < (oldest.get(key)?.atMs ?? Infinity)) oldest.set(key, { tenant, subject, atMs })
  }
  return sorted([...oldest.values()], ({ atMs, tenant, subject }) => [atMs, tenant, subject])
    .slice(0, limit)
    .map(({ tenant, subject }) => ({ tenant, subject }))
}

export const memoryWork = (memory: Memory): WorkStore => ({
  dueFolds: async (limit, nowMs) => dueFolds(memory, limit, nowMs),

  loadFold: async (tenant, subject) => {
    const row = memory.subjects.find(tenant, subject)
    return row && { subject: row, events: readDue(memory, tenant, subject, atMost.foldedEvents) }
  },

  learn: async ({ tenant, subject, fromVersion, profile, events }) =>
    write(memory, () => {
      const row = must(memory.subjects.find(tenant, subject))
      if (row.profileVersion !== fromVersion) throw refused
      memory.subjects.put({ ...row, profile, profileVersion: fromVersion + 1 })
      for (const id of events) {
        const event = memory.events.find(tenant, id)
        if (event?.subject === subject) memory.events.put({ ...event, due: false })
      }
    }),

  leaseOutbox: async (limit, nowMs, untilMs) =>
    memory.change(() => {
      const due = memory.outbox.all().filter(({ dueAtMs }) => dueAtMs <= nowMs)
      const leased = sorted(due, ({ dueAtMs, id }) => [dueAtMs, id])
        .slice(0, limit)
        .map((row) => ({ ...row, dueAtMs: untilMs, tries: row.tries + 1 }))
      for (const row of leased) memory.outbox.put(row)
      return sorted(leased, ({ id }) => [id])
    }) ?? [],

  settleOutbox: async (tenant, id, result) => {
    memory.change(() => {
      const row = memory.outbox.find(tenant, id)
      if (row === undefined) return
      if ('delivered' in result) memory.outbox.remove(row)
      else memory.outbox.put({ ...row, dueAtMs: result.retryAtMs })
    })
  },

  purge: async ({ limit, ...before }) =>
    memory.change(() => {
      const bounds = boundsOf(before)
      let purged = 0
      for (const [name, isOld] of Object.entries(old)) {
        const table = memory[name as TableName] as MemoryTable<object>
        const rows = table
          .all()
          .filter((row) => (isOld as (row: object, bounds: Bounds) => boolean)(row, bounds))
        for (const row of rows.slice(0, limit)) table.remove(row)
        purged += Math.min(rows.length, limit)
      }
      return purged
    }) ?? 0,
})
