import type { SubjectStore } from '@newel/engine'
import type { ExpressionBuilder } from 'kysely'
import { personalTables, subjectCounters, toExport } from '../personal.ts'
import type { Sql } from './context.ts'
import { byCount, keyed, query, type Keyed, type Query } from './statement.ts'
import { tables, type SubjectTable, type TableName } from '../tables.ts'
import type { Database } from './database.ts'

interface Person {
  tenant: string
  subject: string
}

const selectAll = Object.fromEntries(
  personalTables.map((name) => [
    name,
    query<Person>((db, p) =>
      db
        .selectFrom(name as 'sessions')
        .selectAll()
        .where('tenant', '=', p.tenant)
        .where('subject', '=', p.subject),
    ),
  ]),
) as Record<SubjectTable, Query<Person>>

const deleteAll = personalTables.map((name) =>
  query<Person>((db, p) =>
    db
      .deleteFrom(name as 'sessions')
      .where('tenant', '=', p.tenant)
      .where('subject', '=', p.subject),
  ),
)

/** Keys of the subject's sessions that no other subject's session has: what such a key observed is about one person. */
const ownKeys = (eb: ExpressionBuilder<Database, 'envelopes'>, p: Readonly<Person>) =>
  eb
    .selectFrom('sessions as own')
    .select('own.jkt')
    .where('own.tenant', '=', p.tenant)
    .where('own.subject', '=', p.subject)
    .where((own) =>
      own.not(
        own.exists(
          own
            .selectFrom('sessions as other')
            .select('other.jkt')
            .whereRef('other.tenant', '=', 'own.tenant')
            .whereRef('other.jkt', '=', 'own.jkt')
            .whereRef('other.subject', '<>', 'own.subject')
            .where('other.subject', '<>', own.val('')),
        ),
      ),
    )

const selectEnvelopes = query<Person>((db, p) =>
  db
    .selectFrom('envelopes')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('jkt', 'in', (eb) => ownKeys(eb, p)),
)

const deleteEnvelopes = query<Person>((db, p) =>
  db
    .deleteFrom('envelopes')
    .where('tenant', '=', p.tenant)
    .where('jkt', 'in', (eb) => ownKeys(eb, p)),
)

/** Answers to what was assessed about the subject. */
const deleteAnswers = query<Person>((db, p) =>
  db
    .deleteFrom('ops')
    .where('tenant', '=', p.tenant)
    .where('subject', 'is', null)
    .where('op', 'in', (eb) =>
      eb
        .selectFrom('assessments')
        .select('op')
        .where('tenant', '=', p.tenant)
        .where('subject', '=', p.subject),
    ),
)

const namedIn = (names: readonly string[], p: Keyed): string[] => names.map((name) => p[name] as string)

const selectCounters = byCount((names) =>
  query<Keyed>((db, p) =>
    db
      .selectFrom('counters')
      .selectAll()
      .where('tenant', '=', p['tenant'] as string)
      .where('key', 'in', namedIn(names, p)),
  ),
)

const deleteCounters = byCount((names) =>
  query<Keyed>((db, p) =>
    db
      .deleteFrom('counters')
      .where('tenant', '=', p['tenant'] as string)
      .where('key', 'in', namedIn(names, p)),
  ),
)

export const sqlPerson = (sql: Sql): Pick<SubjectStore, 'exportSubject' | 'eraseSubject'> => {
  const { bind } = sql
  const countersOf = (named: ReturnType<typeof byCount>, tenant: string, subject: string) => {
    const keys = subjectCounters(subject)
    return bind(named(keys.length), keyed(keys, { tenant }))
  }
  return {
    exportSubject: async (tenant, subject) => {
      const person = { tenant, subject }
      const rows = await sql.read({
        ...(Object.fromEntries(personalTables.map((name) => [name, bind(selectAll[name], person)])) as Record<
          SubjectTable,
          ReturnType<typeof bind>
        >),
        envelopes: bind(selectEnvelopes, person),
        counters: countersOf(selectCounters, tenant, subject),
      })
      return toExport(
        Object.fromEntries(
          Object.entries(rows).map(([name, found]) => [
            name,
            found.map((row) => tables[name as TableName].decode(row)),
          ]),
        ),
      )
    },

    eraseSubject: async (tenant, subject) => {
      // Envelopes and answers first: the sessions and the assessments say which they are.
      const erase = async (): Promise<boolean> => {
        const results = await sql.change([
          bind(deleteEnvelopes, { tenant, subject }),
          bind(deleteAnswers, { tenant, subject }),
          ...deleteAll.map((deletes) => bind(deletes, { tenant, subject })),
          countersOf(deleteCounters, tenant, subject),
        ])
        return results.some(({ touched }) => touched > 0)
      }
      const erased = await erase()
      // On Postgres a batch sees what stood when it began: of a change that it has waited for, only the next one does.
      return sql.dialect === 'postgres' ? (await erase()) || erased : erased
    },
  }
}
