import type { WorkStore } from '@newel/engine'
import { readToFold, toEvent } from './assessments.ts'
import { first, type Sql } from './context.ts'
import { sqlPurge } from './purge.ts'
import { readSubject } from './shared.ts'
import { byCount, keyed, must, query, type Keyed, type Query } from './statement.ts'
import { tables } from '../tables.ts'

/** An event of a subject that is gone waits for its age, not for a fold. */
const dueFolds = query<{ now: number; limit: number }>((db, p) =>
  db
    .selectFrom('events')
    .innerJoin('subjects', (join) =>
      join.onRef('subjects.tenant', '=', 'events.tenant').onRef('subjects.subject', '=', 'events.subject'),
    )
    .select(['subjects.tenant', 'subjects.subject'])
    .where((eb) => eb('events.due', '=', eb.lit(1)))
    .where('events.at_ms', '<=', p.now)
    .groupBy(['subjects.tenant', 'subjects.subject'])
    .orderBy((eb) => eb.fn.min('events.at_ms'))
    .orderBy('subjects.tenant')
    .orderBy('subjects.subject')
    .limit(p.limit),
)

const setProfile = query<{ tenant: string; subject: string; from: number; profile: Uint8Array }>((db, p) =>
  db
    .updateTable('subjects')
    .set((eb) => ({ profile: p.profile, profile_version: eb('profile_version', '+', eb.lit(1)) }))
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('profile_version', '=', p.from),
)

const setFolded = byCount((names) =>
  query<Keyed>((db, p) =>
    db
      .updateTable('events')
      .set((eb) => ({ due: eb.lit(0) }))
      .where('tenant', '=', p['tenant'] as string)
      .where('subject', '=', p['subject'] as string)
      .where(
        'id',
        'in',
        names.map((name) => p[name] as string),
      ),
  ),
)

/**
 * Due is asked twice: where a second caller waited for the first, only the outer condition is asked again. On Postgres it
 * does not wait, but takes the next rows.
 */
const lease: Query<{ now: number; until: number; limit: number }> = query((db, p, dialect) =>
  db
    .updateTable('outbox')
    .set((eb) => ({ due_at_ms: p.until, tries: eb('tries', '+', eb.lit(1)) }))
    .where('due_at_ms', '<=', p.now)
    .where((eb) => {
      const due = eb
        .selectFrom('outbox')
        .select(['outbox.tenant', 'outbox.id'])
        .where('outbox.due_at_ms', '<=', p.now)
        .orderBy('outbox.due_at_ms')
        .orderBy('outbox.id')
        .limit(p.limit)
      return eb(
        eb.refTuple('tenant', 'id'),
        'in',
        (dialect === 'postgres' ? due.forUpdate().skipLocked() : due).$asTuple('tenant', 'id'),
      )
    })
    .returningAll(),
)

const dropMessage = query<{ tenant: string; id: string }>((db, p) =>
  db.deleteFrom('outbox').where('tenant', '=', p.tenant).where('id', '=', p.id),
)

const delayMessage = query<{ tenant: string; id: string; at: number }>((db, p) =>
  db.updateTable('outbox').set({ due_at_ms: p.at }).where('tenant', '=', p.tenant).where('id', '=', p.id),
)

export const sqlWork = (sql: Sql): WorkStore => {
  const { bind } = sql
  return {
    dueFolds: async (limit, nowMs) => {
      const { rows } = await sql.read({ rows: bind(dueFolds, { now: nowMs, limit }) })
      return rows.map((row) => ({ tenant: row['tenant'] as string, subject: row['subject'] as string }))
    },

    loadFold: async (tenant, subject) => {
      const rows = await sql.read({
        subject: bind(readSubject, { tenant, subject }),
        events: bind(readToFold, { tenant, subject }),
      })
      const row = first(tables.subjects, rows.subject)
      return row && { subject: row, events: rows.events.map(toEvent) }
    },

    learn: async ({ tenant, subject, fromVersion, profile, events }) =>
      sql.write([
        must(bind(setProfile, { tenant, subject, from: fromVersion, profile })),
        events.length > 0 ? bind(setFolded(events.length), keyed(events, { tenant, subject })) : undefined,
      ]),

    leaseOutbox: async (limit, nowMs, untilMs) => {
      const [leased] = await sql.change([bind(lease, { now: nowMs, until: untilMs, limit })])
      return (leased?.rows ?? [])
        .map((row) => tables.outbox.decode(row))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
    },

    settleOutbox: async (tenant, id, result) => {
      await sql.change([
        'delivered' in result
          ? bind(dropMessage, { tenant, id })
          : bind(delayMessage, { tenant, id, at: result.retryAtMs }),
      ])
    },

    purge: sqlPurge(sql),
  }
}
