import type { EventRow, Grant, OpRow, OutboxRow, SubjectWrite, UsedProof } from '@newel/engine'
import { sql as template } from 'kysely'
import { atMost, sessionOwner } from '../bounds.ts'
import { compact } from '../columns.ts'
import { first, insert, without } from './context.ts'
import type { StoredRecord } from './driver.ts'
import { must, query, type Bind, type Statement } from './statement.ts'
import { tables } from '../tables.ts'

/* Reads that several calls share */

export const readOp = query<{ tenant: string; route: string; op: string }>((db, p) =>
  db
    .selectFrom('ops')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('route', '=', p.route)
    .where('op', '=', p.op),
)

export const readProof = query<{ tenant: string; key: string }>((db, p) =>
  db.selectFrom('used_proofs').select('key').where('tenant', '=', p.tenant).where('key', '=', p.key),
)

export const readSubject = query<{ tenant: string; subject: string }>((db, p) =>
  db.selectFrom('subjects').selectAll().where('tenant', '=', p.tenant).where('subject', '=', p.subject),
)

export const readGrants = query<{ tenant: string; subject: string }>((db, p) =>
  db
    .selectFrom('grants')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('revoked_at_ms', 'is', null)
    .orderBy('id', 'desc')
    .limit((eb) => eb.lit(atMost.grants)),
)

export const toOp = (rows: readonly StoredRecord[]): OpRow | undefined => {
  const row = first(tables.ops, rows)
  return row && without(row, 'tenant', 'subject')
}

export const toGrants = (rows: readonly StoredRecord[]): readonly Grant[] =>
  rows.map((row) => compact(without(tables.grants.decode(row), 'tenant', 'subject', 'assessment')))

/* Writes that several calls share */

const refuseGone = query<{ tenant: string; subject: string }>((db, p) =>
  db
    .insertInto('guards')
    .columns(['held'])
    .expression(
      db
        .selectNoFrom(template<null>`cast(null as bigint)`.as('held'))
        .where((eb) =>
          eb.not(
            eb.exists(
              db
                .selectFrom('subjects')
                .select('subject')
                .where('tenant', '=', p.tenant)
                .where('subject', '=', p.subject),
            ),
          ),
        ),
    ),
)

/** Refuses the batch where the subject is gone: it was erased since it was loaded, and nothing about it is to be kept. */
export const mustStand = (bind: Bind, tenant: string, subject: string): Statement =>
  bind(refuseGone, { tenant, subject })

export const useProof = (bind: Bind, tenant: string, proof: UsedProof): Statement =>
  insert(bind, 'used_proofs', { tenant, ...proof })

export const keepOp = (bind: Bind, tenant: string, subject: string | undefined, op: OpRow): Statement =>
  insert(bind, 'ops', { tenant, ...op, subject })

const insertEvent = query<Record<string, string | number | null>>((db, p) =>
  db
    .insertInto('events')
    .values(Object.fromEntries(tables.events.columns.map(({ name }) => [name, p[name]])) as never)
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'dedupe']).where('dedupe', 'is not', null).doNothing(),
    ),
)

/** Appends an event; one whose `dedupe` is taken is left out in silence. */
export const appendEvent = (bind: Bind, event: EventRow): Statement =>
  bind(
    insertEvent,
    tables.events.encode({
      ...event,
      assessment: event.assessment,
      due: event.folds && event.subject !== undefined,
    }) as Record<string, string | number | null>,
  )

const upsertSubject = query<{
  tenant: string
  subject: string
  bucket: number
  since: number | undefined
  now: number
  session: string | undefined
  name: string | undefined
  locale: string | undefined
  userHandle: string
}>((db, p) =>
  db
    .insertInto('subjects')
    .values((eb) => ({
      tenant: p.tenant,
      subject: p.subject,
      bucket: p.bucket,
      since_ms: p.since,
      first_seen_ms: p.now,
      created_session: p.session,
      name: p.name,
      locale: p.locale,
      user_handle: p.userHandle,
      profile_version: eb.lit(0),
    }))
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'subject']).doUpdateSet((eb) => ({
        since_ms: eb.fn.coalesce('excluded.since_ms', 'subjects.since_ms'),
        created_session: eb.fn.coalesce('excluded.created_session', 'subjects.created_session'),
        name: eb.fn.coalesce('excluded.name', 'subjects.name'),
        locale: eb.fn.coalesce('excluded.locale', 'subjects.locale'),
      })),
    ),
)

export const writeSubject = (bind: Bind, tenant: string, write: SubjectWrite, nowMs: number): Statement =>
  bind(upsertSubject, {
    tenant,
    subject: write.subject,
    bucket: write.bucket,
    since: write.sinceMs,
    now: nowMs,
    session: write.createdSession,
    name: write.name,
    locale: write.locale,
    userHandle: write.userHandle,
  })

export const enqueue = (bind: Bind, message: OutboxRow): Statement =>
  insert(bind, 'outbox', { ...message, tries: 0 })

const upsertTie = query<{
  tenant: string
  receipt: string
  subject: string
  session: string | undefined
  expires: number
}>((db, p) =>
  db
    .insertInto('ties')
    .values({
      tenant: p.tenant,
      receipt: p.receipt,
      subject: p.subject,
      session: p.session,
      expires_at_ms: p.expires,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'receipt'])
        .doUpdateSet((eb) => ({ session: eb.ref('excluded.session') }))
        .whereRef('ties.subject', '=', 'excluded.subject')
        .where('ties.session', 'is', null)
        .where('excluded.session', 'is not', null),
    ),
)

export interface Tie {
  readonly receipt: string
  readonly subject: string
  readonly session: string | undefined
  readonly expiresAtMs: number
}

export const tieReceipt = (bind: Bind, tenant: string, tie: Tie): Statement =>
  must(
    bind(upsertTie, {
      tenant,
      receipt: tie.receipt,
      subject: tie.subject,
      session: tie.session,
      expires: tie.expiresAtMs,
    }),
  )

const upsertSession = query<{
  tenant: string
  session: string
  subject: string
  jkt: string | undefined
  started: number
  ended: number | undefined
}>((db, p) =>
  db
    .insertInto('sessions')
    .values({
      tenant: p.tenant,
      session: p.session,
      subject: p.subject,
      jkt: p.jkt,
      started_at_ms: p.started,
      ended_at_ms: p.ended,
      seen_at_ms: p.started,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'session', 'subject'])
        .doUpdateSet((eb) => ({ jkt: eb.ref('excluded.jkt') }))
        .where('sessions.jkt', 'is', null)
        .where('excluded.jkt', 'is not', null),
    ),
)

export const recordSession = (
  bind: Bind,
  tenant: string,
  subject: string | undefined,
  session: { session: string; jkt: string | undefined; startedAtMs: number; endedAtMs: number | undefined },
): Statement =>
  must(
    bind(upsertSession, {
      tenant,
      session: session.session,
      subject: sessionOwner(subject),
      jkt: session.jkt,
      started: session.startedAtMs,
      ended: session.endedAtMs,
    }),
  )
