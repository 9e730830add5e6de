import type { SubjectStore } from '@newel/engine'
import { atMost, sessionOwner } from '../bounds.ts'
import { toEvent } from './assessments.ts'
import { first, insert, type Sql } from './context.ts'
import { recordLabel } from './labels.ts'
import { finishSession, renewSession } from './sessions.ts'
import {
  addAuthenticator,
  readAttempts,
  readAuthenticators,
  removeAuthenticator,
  toAuthenticators,
} from './authenticators.ts'
import {
  appendEvent,
  enqueue,
  keepOp,
  mustStand,
  readGrants,
  readOp,
  readSubject,
  recordSession,
  tieReceipt,
  toGrants,
  toOp,
  useProof,
  writeSubject,
} from './shared.ts'
import { must, query } from './statement.ts'
import { tables } from '../tables.ts'
import { readRevision } from './tenants.ts'

const never = -1

const setBound = query<{
  tenant: string
  subject: string
  id: string
  from: number
  at: number
  hold: number
}>((db, p) =>
  db
    .updateTable('authenticators')
    .set((eb) => ({ confirmed_at_ms: p.at, hold_until_ms: p.hold, consecutive_failures: eb.lit(0) }))
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('id', '=', p.id)
    .where((eb) => eb(eb.fn.coalesce('confirmed_at_ms', eb.lit(never)), '=', p.from))
    .where('removed_at_ms', 'is', null),
)

const addAssurance = query<{
  tenant: string
  subject: string
  session: string
  jkt: string
  acr: string
  authTime: number
}>((db, p) =>
  db
    .insertInto('assurances')
    .values({
      tenant: p.tenant,
      subject: p.subject,
      session: p.session,
      jkt: p.jkt,
      acr: p.acr,
      auth_time_ms: p.authTime,
    })
    .onConflict((conflict) => conflict.doNothing()),
)

const readAssessment = query<{ tenant: string; id: string }>((db, p) =>
  db.selectFrom('assessments').selectAll().where('tenant', '=', p.tenant).where('id', '=', p.id),
)

const readEventsAbout = query<{ tenant: string; id: string }>((db, p) =>
  db
    .selectFrom('events')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('subject', '=', (eb) =>
      eb.selectFrom('assessments').select('subject').where('tenant', '=', p.tenant).where('id', '=', p.id),
    )
    .where((eb) =>
      eb.or([
        eb('assessment', '=', p.id),
        eb(
          'dedupe',
          '=',
          eb
            .selectFrom('assessments')
            .select('shares')
            .where('tenant', '=', p.tenant)
            .where('id', '=', p.id)
            .$asScalar(),
        ),
      ]),
    )
    .orderBy('id')
    .limit((eb) => eb.lit(atMost.eventsAbout)),
)

const listOfTenant = query<{ tenant: string; limit: number }>((db, p) =>
  db
    .selectFrom('assessments')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .orderBy('id', 'desc')
    .limit(p.limit),
)

const listOfSubject = query<{ tenant: string; subject: string; limit: number }>((db, p) =>
  db
    .selectFrom('assessments')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .orderBy('id', 'desc')
    .limit(p.limit),
)

const revokeKey = query<{ tenant: string; subject: string; jkt: string; at: number }>((db, p) =>
  db
    .updateTable('grants')
    .set({ revoked_at_ms: p.at })
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('jkt', '=', p.jkt)
    .where('revoked_at_ms', 'is', null),
)

const forgetAssurance = query<{ tenant: string; subject: string; jkt: string }>((db, p) =>
  db
    .deleteFrom('assurances')
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('jkt', '=', p.jkt),
)

/** A sign-in of which no session has begun yet. */
const forgetSpends = query<{ tenant: string; subject: string; jkt: string }>((db, p) =>
  db
    .updateTable('spends')
    .set((eb) => ({ starts_session: eb.lit(0) }))
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('jkt', '=', p.jkt)
    .where((eb) => eb('starts_session', '=', eb.lit(1))),
)

const carryOver = query<{ tenant: string; jti: string }>((db, p) =>
  db
    .updateTable('spends')
    .set((eb) => ({ starts_session: eb.lit(0) }))
    .where('tenant', '=', p.tenant)
    .where('jti', '=', p.jti)
    .where((eb) => eb('starts_session', '=', eb.lit(1))),
)

type Subjects = Omit<SubjectStore, 'exportSubject' | 'eraseSubject'>

export const sqlSubjects = (sql: Sql): Subjects => {
  const { bind } = sql
  return {
    loadSubject: async ({ tenant, subject, route, op }) => {
      const rows = await sql.read({
        revision: bind(readRevision, { tenant }),
        op: op === undefined ? undefined : bind(readOp, { tenant, route, op }),
        subject: bind(readSubject, { tenant, subject }),
        authenticators: bind(readAuthenticators, { tenant, subject, since: 0 }),
        attempts: bind(readAttempts, { tenant, subject }),
        grants: bind(readGrants, { tenant, subject }),
      })
      return {
        revision: rows.revision[0]?.['revision'] as number | undefined,
        op: toOp(rows.op),
        subject: first(tables.subjects, rows.subject),
        authenticators: toAuthenticators(rows.authenticators, rows.attempts),
        grants: toGrants(rows.grants),
      }
    },

    putSubject: async ({ tenant, subject: write, authenticators, binds, removes, outbox, nowMs }) => {
      const { subject } = write
      return sql.write([
        writeSubject(bind, tenant, write, nowMs),
        ...binds.map(({ id, fromMs = never, atMs: at, holdUntilMs: hold }) =>
          must(bind(setBound, { tenant, subject, id, from: fromMs, at, hold })),
        ),
        ...removes.map((removal) => removeAuthenticator(bind, tenant, subject, removal)),
        ...authenticators.map((row) => addAuthenticator(bind, row)),
        ...outbox.map((message) => enqueue(bind, message)),
      ])
    },

    recordEvent: async (write) => {
      const { tenant, event, session, renews, ends, assurance, grant, nowMs: now } = write
      const subject = sessionOwner(event.subject)
      const begins = session !== undefined && session.session !== ends?.session ? session : undefined
      return sql.write([
        keepOp(bind, tenant, event.subject, write.op),
        write.proof && useProof(bind, tenant, write.proof),
        write.tie && tieReceipt(bind, tenant, write.tie),
        write.subject
          ? writeSubject(bind, tenant, write.subject, now)
          : event.subject === undefined
            ? undefined
            : mustStand(bind, tenant, event.subject),
        ...(write.authenticators ?? []).map((row) => addAuthenticator(bind, row)),
        begins && recordSession(bind, tenant, event.subject, begins),
        ...(renews ? renewSession(bind, { tenant, subject, ...renews, now }) : []),
        ...(ends
          ? finishSession(bind, {
              tenant,
              subject,
              session: ends.session,
              jkt: session?.jkt,
              started: session?.startedAtMs ?? now,
              now,
            })
          : []),
        write.carries === undefined ? undefined : must(bind(carryOver, { tenant, jti: write.carries })),
        assurance &&
          bind(addAssurance, {
            tenant,
            subject,
            session: assurance.session,
            jkt: assurance.jkt,
            acr: assurance.acr,
            authTime: assurance.authTimeMs,
          }),
        grant &&
          insert(bind, 'grants', {
            ...grant,
            tenant,
            subject,
            challenge: grant.challenge,
            assessment: undefined,
            revokedAtMs: grant.revokedAtMs,
          }),
        appendEvent(bind, event),
        write.outcome && appendEvent(bind, write.outcome),
      ])
    },

    readAssessment: async (tenant, id, op) => {
      const rows = await sql.read({
        revision: bind(readRevision, { tenant }),
        op: op && bind(readOp, { tenant, route: op.route, op: op.op }),
        assessment: bind(readAssessment, { tenant, id }),
        events: bind(readEventsAbout, { tenant, id }),
      })
      return {
        revision: rows.revision[0]?.['revision'] as number | undefined,
        op: toOp(rows.op),
        assessment: first(tables.assessments, rows.assessment),
        events: rows.events.map(toEvent),
      }
    },

    listAssessments: async ({ tenant, subject, limit }) => {
      const { rows } = await sql.read({
        rows:
          subject === undefined
            ? bind(listOfTenant, { tenant, limit })
            : bind(listOfSubject, { tenant, subject, limit }),
      })
      return rows.map((row) => tables.assessments.decode(row))
    },

    recordLabel: recordLabel(sql),

    revokeDevice: async ({ tenant, subject, jkt, event, nowMs }) =>
      sql.write([
        mustStand(bind, tenant, subject),
        bind(revokeKey, { tenant, subject, jkt, at: nowMs }),
        bind(forgetAssurance, { tenant, subject, jkt }),
        bind(forgetSpends, { tenant, subject, jkt }),
        appendEvent(bind, event),
      ]),
  }
}
