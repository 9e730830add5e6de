import type { SubjectStore } from '@newel/engine'
import { personalTables, subjectCounters, toExport } from '../personal.ts'
import type { MemoryTable } from './table.ts'
import type { Memory } from './tables.ts'

/** Envelopes of keys that no other subject's session has: what such a key observed is about one person. */
const ownEnvelopes = (memory: Memory, tenant: string, subject: string) => {
  const keys = new Set(
    memory.sessions.group('subject', tenant, subject).flatMap(({ jkt }) => (jkt === undefined ? [] : [jkt])),
  )
  const own = [...keys].filter((jkt) =>
    memory.sessions.group('jkt', tenant, jkt).every((row) => row.subject === subject || row.subject === ''),
  )
  return own.flatMap((jkt) => memory.envelopes.group('jkt', tenant, jkt))
}

/** Answers to what was assessed about the subject. */
const answersOf = (memory: Memory, tenant: string, subject: string) =>
  memory.assessments
    .group('subject', tenant, subject)
    .flatMap(({ op }) => memory.ops.group('op', tenant, op))
    .filter((row) => row.subject === undefined)

const countersOf = (memory: Memory, tenant: string, subject: string) =>
  subjectCounters(subject).flatMap((key) => memory.counters.find(tenant, key) ?? [])

export const memoryPerson = (memory: Memory): Pick<SubjectStore, 'exportSubject' | 'eraseSubject'> => ({
  exportSubject: async (tenant, subject) => {
    return toExport({
      ...Object.fromEntries(
        personalTables.map((name) => [name, memory[name].group('subject', tenant, subject)]),
      ),
      envelopes: ownEnvelopes(memory, tenant, subject),
      counters: countersOf(memory, tenant, subject),
    })
  },

  eraseSubject: async (tenant, subject) =>
    memory.change(() => {
      let erased = 0
      const erase = <Row>(table: MemoryTable<Row>, rows: readonly Row[]) => {
        for (const row of rows) table.remove(row)
        erased += rows.length
      }
      erase(memory.envelopes, ownEnvelopes(memory, tenant, subject))
      erase(memory.ops, answersOf(memory, tenant, subject))
      for (const name of personalTables) {
        const table = memory[name] as MemoryTable<object>
        erase(table, table.group('subject', tenant, subject))
      }
      erase(memory.counters, countersOf(memory, tenant, subject))
      return erased > 0
    }) ?? false,
})
