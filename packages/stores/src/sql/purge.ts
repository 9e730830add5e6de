import type { WorkStore } from '@newel/engine'
import { sql as template, type Kysely, type RawBuilder } from 'kysely'
import { boundsOf, type Bounds } from '../retention.ts'
import type { Sql } from './context.ts'
import { query, type Query } from './statement.ts'
import type { TableName } from '../tables.ts'
import type { Database } from './database.ts'

type Values = { readonly [K in keyof Bounds]: Bounds[K] } & { readonly limit: number }

type Condition = (p: Values, db: Kysely<Database>) => RawBuilder<boolean>

/** Deletes some rows by key. On Postgres those that another caller deletes just now are left to it. */
function deleteSome(table: TableName, key: readonly string[], old: Condition): Query<Values> {
  // Every table is deleted from alike; the types of one stand for all.
  const name = table as 'used_proofs'
  const columns = key as unknown as ['tenant', 'key']
  return query<Values>((db, p, dialect) => {
    const found = db.selectFrom(name).select(columns).where(old(p, db)).limit(p.limit)
    const some = dialect === 'postgres' ? found.forUpdate().skipLocked() : found
    return db.deleteFrom(name).where((eb) => eb(eb.refTuple(...columns), 'in', some.$asTuple(...columns)))
  })
}

const expired: Condition = (p) => template`expires_at_ms <= ${p.expired}`

/** One range of the key for each tenant. */
const ofAnyTenant =
  (bound: (p: Values) => string): Condition =>
  (p, db) =>
    template`tenant in ${db.selectFrom('tenants').select('tenant')} and id < ${bound(p)}`

const deletes: readonly Query<Values>[] = [
  deleteSome('ops', ['tenant', 'op', 'route'], expired),
  deleteSome('used_proofs', ['tenant', 'key'], expired),
  deleteSome('envelopes', ['tenant', 'digest'], expired),
  deleteSome('ties', ['tenant', 'receipt'], expired),
  deleteSome('spends', ['tenant', 'jti'], expired),
  deleteSome('open_challenges', ['tenant', 'open_key'], expired),
  deleteSome('demands', ['tenant', 'subject', 'action', 'scope'], (p) => template`until_ms <= ${p.expired}`),
  deleteSome('challenges', ['tenant', 'id'], (p) => template`expires_at_ms <= ${p.dayAgo}`),
  deleteSome('sends', ['tenant', 'key', 'number'], (p) => template`at_ms <= ${p.dayAgo}`),
  deleteSome('attempts', ['tenant', 'authenticator', 'number'], (p) => template`at_ms <= ${p.dayAgo}`),
  deleteSome(
    'assurances',
    ['tenant', 'subject', 'session', 'jkt', 'acr', 'auth_time_ms'],
    (p) => template`auth_time_ms <= ${p.monthAgo}`,
  ),
  deleteSome(
    'sessions',
    ['tenant', 'session', 'subject'],
    (p) =>
      template`started_at_ms <= ${p.events} and (ended_at_ms <= ${p.events} or started_at_ms <= ${p.assessments})`,
  ),
  deleteSome(
    'authenticators',
    ['tenant', 'id'],
    (p) =>
      template`removed_at_ms is not null and removed_at_ms <= ${p.events} and removed_at_ms <= ${p.monthAgo}`,
  ),
  deleteSome('counters', ['tenant', 'key'], (p) => template`epoch <= ${p.deadEpoch}`),
  deleteSome(
    'assessments',
    ['tenant', 'id'],
    ofAnyTenant((p) => p.assessmentId),
  ),
  deleteSome(
    'events',
    ['tenant', 'id'],
    ofAnyTenant((p) => p.eventId),
  ),
  deleteSome(
    'outbox',
    ['tenant', 'id'],
    ofAnyTenant((p) => p.messageId),
  ),
]

export const sqlPurge =
  (sql: Sql): WorkStore['purge'] =>
  async ({ limit, ...before }) => {
    const bounds = { ...boundsOf(before), limit }
    const results = await sql.change(deletes.map((some) => sql.bind(some, bounds)))
    return results.reduce((sum, { touched }) => sum + touched, 0)
  }
