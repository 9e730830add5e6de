import type { SubjectStore } from '@newel/engine'
import type { ExpressionBuilder } from 'kysely'
import type { Sql } from './context.ts'
import type { StoredRecord } from './driver.ts'
import { query, type Query } from './statement.ts'
import { tables, type Database, type SubjectTable, type TableName } from './tables.ts'

interface Person {
  tenant: string
  subject: string
}

/**
 * Every table that names a subject, with the members that an export leaves out: what is sealed, what would help to answer
 * a challenge, and what only repeats. A table that is missing here does not compile.
 */
const personal: Record<SubjectTable, readonly string[]> = {
  subjects: ['userHandle'],
  authenticators: ['data', 'lookup', 'destination'],
  attempts: [],
  sends: ['key'],
  sessions: [],
  assurances: [],
  grants: [],
  demands: ['scope'],
  ties: [],
  assessments: [],
  events: [],
  challenges: ['state', 'openKey'],
  open_challenges: ['openKey'],
  spends: [],
  ops: ['response', 'digest'],
  outbox: ['body'],
}

const names = Object.keys(personal) as SubjectTable[]

const selectAll = Object.fromEntries(
  names.map((name) => [
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

const deleteAll = names.map((name) =>
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
    .where('own.jkt', 'is not', null)
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

const selectCounter = query<{ tenant: string; key: string }>((db, p) =>
  db.selectFrom('counters').selectAll().where('tenant', '=', p.tenant).where('key', '=', p.key),
)

const deleteCounter = query<{ tenant: string; key: string }>((db, p) =>
  db.deleteFrom('counters').where('tenant', '=', p.tenant).where('key', '=', p.key),
)

/** A row as JSON: tenant and left-out members gone, bytes as base64. */
function toExport(
  name: TableName,
  stored: StoredRecord,
  leftOut: readonly string[],
): Record<string, unknown> {
  const row = Object.entries(tables[name].decode(stored)).filter(
    ([member]) => member !== 'tenant' && !leftOut.includes(member),
  )
  return Object.fromEntries(
    row.map(([member, value]: [string, unknown]) => [
      member,
      value instanceof Uint8Array ? toBase64(value) : value,
    ]),
  )
}

const toBase64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

export const sqlPerson = (sql: Sql): Pick<SubjectStore, 'exportSubject' | 'eraseSubject'> => {
  const { bind } = sql
  return {
    exportSubject: async (tenant, subject) => {
      const person = { tenant, subject }
      const rows = await sql.read({
        ...(Object.fromEntries(names.map((name) => [name, bind(selectAll[name], person)])) as Record<
          SubjectTable,
          ReturnType<typeof bind>
        >),
        envelopes: bind(selectEnvelopes, person),
        counters: bind(selectCounter, { tenant, key: `subject:${subject}` }),
      })
      const tablesWithRows = Object.entries(rows).filter(([, found]) => found.length > 0)
      if (tablesWithRows.length === 0) return undefined
      return Object.fromEntries(
        tablesWithRows.map(([name, found]) => [
          name,
          found.map((row) => toExport(name as TableName, row, personal[name as SubjectTable] ?? [])),
        ]),
      )
    },

    // Envelopes first: the sessions say which they are.
    eraseSubject: async (tenant, subject) => {
      const results = await sql.change([
        bind(deleteEnvelopes, { tenant, subject }),
        ...deleteAll.map((deletes) => bind(deletes, { tenant, subject })),
        bind(deleteCounter, { tenant, key: `subject:${subject}` }),
      ])
      return results.some(({ touched }) => touched > 0)
    },
  }
}
