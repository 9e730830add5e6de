import type { AssessmentQuery, AssessmentStore } from '@newel/engine'
import { atMost, inUseMs, longestHoldMs, sessionOwner, spendsLiveMs } from '../bounds.ts'
import { noTenant } from '../no-tenant.ts'
import { first, insert, without, type Sql } from './context.ts'
import { addToCounters, readCounters, toCounter } from './counters.ts'
import { keepDemand, readDemands, toDemand } from './demands.ts'
import type { StoredRecord } from './driver.ts'
import { addAuthenticator, readAttempts, readAuthenticators, toAuthenticators } from './authenticators.ts'
import {
  appendEvent,
  keepOp,
  mustStand,
  readGrants,
  readOp,
  readProof,
  readSubject,
  recordSession,
  tieReceipt,
  toGrants,
  toOp,
  useProof,
  writeSubject,
} from './shared.ts'
import { query, type Bind } from './statement.ts'
import { openChallenge } from './open-challenge.ts'
import { seeSession } from './sessions.ts'
import { tables } from '../tables.ts'
import { readRevision } from './tenants.ts'

/** Events to fold, oldest first. */
const dueOf = (limit: number) =>
  query<{ tenant: string; subject: string }>((db, p) =>
    db
      .selectFrom('events')
      .selectAll()
      .where('tenant', '=', p.tenant)
      .where('subject', '=', p.subject)
      .where((eb) => eb('due', '=', eb.lit(1)))
      .orderBy('id')
      .limit((eb) => eb.lit(limit)),
  )
const readDue = dueOf(atMost.dueEvents)
export const readToFold = dueOf(atMost.foldedEvents)

const readSession = query<{ tenant: string; session: string; subject: string }>((db, p) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('session', '=', p.session)
    .where('subject', '=', p.subject),
)

/** The one session, and others of the subject that are in use. */
const readSessions = query<{
  tenant: string
  session: string | undefined
  subject: string
  since: number
}>((db, p) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('session', '=', p.session as string)
    .where('subject', '=', p.subject)
    .unionAll(
      db
        .selectFrom(
          db
            .selectFrom('sessions')
            .selectAll()
            .where('tenant', '=', p.tenant)
            .where('subject', '=', p.subject)
            .where('seen_at_ms', '>', p.since)
            .where('ended_at_ms', 'is', null)
            .orderBy('seen_at_ms', 'desc')
            // One more, since this one may be among them.
            .limit((eb) => eb.lit(atMost.otherSessions + 1))
            .as('used'),
        )
        .selectAll(),
    ),
)

const readAssurance = query<{ tenant: string; subject: string; session: string; jkt: string }>((db, p) =>
  db
    .selectFrom('assurances')
    .select((eb) => ['acr', eb.fn.max('auth_time_ms').as('auth_time_ms')])
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('session', '=', p.session)
    .where('jkt', '=', p.jkt)
    .groupBy('acr')
    .orderBy('acr'),
)

const readEnvelopes = query<{ tenant: string; jkt: string; visit: string; now: number }>((db, p) =>
  db
    .selectFrom('envelopes')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('jkt', '=', p.jkt)
    .where('visit', '=', p.visit)
    .where('expires_at_ms', '>', p.now)
    .orderBy('at_ms', 'desc')
    .orderBy('digest')
    .limit((eb) => eb.lit(atMost.envelopes)),
)

const readTie = query<{ tenant: string; receipt: string }>((db, p) =>
  db.selectFrom('ties').selectAll().where('tenant', '=', p.tenant).where('receipt', '=', p.receipt),
)

const readOpenChallenge = query<{ tenant: string; openKey: string; now: number }>((db, p) =>
  db
    .selectFrom('open_challenges')
    .innerJoin('challenges', (join) =>
      join
        .onRef('challenges.tenant', '=', 'open_challenges.tenant')
        .onRef('challenges.id', '=', 'open_challenges.challenge'),
    )
    .selectAll('challenges')
    .where('open_challenges.tenant', '=', p.tenant)
    .where('open_challenges.open_key', '=', p.openKey)
    .where('challenges.ended', 'is', null)
    .where('challenges.expires_at_ms', '>', p.now)
    .whereRef('challenges.attempts', '<', 'challenges.max_attempts'),
)

const readSpends = query<{ tenant: string; subject: string; jkt: string; since: number }>((db, p) =>
  db
    .selectFrom('spends')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('jkt', '=', p.jkt)
    .where((eb) => eb('starts_session', '=', eb.lit(1)))
    .where('at_ms', '>=', p.since)
    .orderBy('at_ms', 'desc')
    .orderBy('jti')
    .limit((eb) => eb.lit(atMost.spends)),
)

const selects = (bind: Bind, asked: AssessmentQuery) => {
  const { tenant, subject, session, jkt, visit, receipt, proof, openKey, nowMs: now } = asked
  const known = subject !== undefined
  return {
    revision: bind(readRevision, { tenant }),
    op: bind(readOp, { tenant, route: asked.route, op: asked.op }),
    subject: known ? bind(readSubject, { tenant, subject }) : undefined,
    events: known ? bind(readDue, { tenant, subject }) : undefined,
    authenticators: known
      ? bind(readAuthenticators, { tenant, subject, since: now - longestHoldMs })
      : undefined,
    attempts: known ? bind(readAttempts, { tenant, subject }) : undefined,
    grants: known ? bind(readGrants, { tenant, subject }) : undefined,
    sessions: known
      ? bind(readSessions, { tenant, session, subject, since: now - inUseMs })
      : session === undefined
        ? undefined
        : bind(readSession, { tenant, session, subject: sessionOwner(subject) }),
    assurance:
      known && session !== undefined && jkt !== undefined
        ? bind(readAssurance, { tenant, subject, session, jkt })
        : undefined,
    demands: known ? bind(readDemands, { tenant, subject, session, jkt, now }) : undefined,
    envelopes:
      jkt !== undefined && visit !== undefined ? bind(readEnvelopes, { tenant, jkt, visit, now }) : undefined,
    tie: receipt === undefined ? undefined : bind(readTie, { tenant, receipt }),
    proof: proof === undefined ? undefined : bind(readProof, { tenant, key: proof }),
    open: openKey === undefined ? undefined : bind(readOpenChallenge, { tenant, openKey, now }),
    counters: readCounters(bind, tenant, asked.counters),
    spends:
      asked.spends && known && jkt !== undefined
        ? bind(readSpends, { tenant, subject, jkt, since: now - spendsLiveMs })
        : undefined,
  }
}

/** Keys of one statement: each number of them is a text of its own, and D1 binds a hundred values at most. */
const countedTogether = 8

const inParts = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )

export const sqlAssessments = (sql: Sql): AssessmentStore => ({
  loadAssessment: async (asked) => {
    const rows = await sql.read(selects(sql.bind, asked))
    if (rows.revision[0] === undefined) return noTenant
    const sessions = rows.sessions.map((row) => without(tables.sessions.decode(row), 'tenant', 'subject'))
    const tie = first(tables.ties, rows.tie)
    return {
      revision: rows.revision[0]['revision'] as number,
      op: toOp(rows.op),
      subject: first(tables.subjects, rows.subject),
      events: rows.events.map(toEvent),
      authenticators: toAuthenticators(rows.authenticators, rows.attempts),
      grants: toGrants(rows.grants),
      session: sessions.find(({ session }) => session === asked.session),
      others: sessions.filter(({ session }) => session !== asked.session).slice(0, atMost.otherSessions),
      assurance: rows.assurance.map((row) =>
        without(tables.assurances.decode(row), 'tenant', 'subject', 'session', 'jkt'),
      ),
      demands: rows.demands.map(toDemand),
      envelopes: rows.envelopes.map((row) => tables.envelopes.decode(row)),
      tie: tie && { subject: tie.subject, session: tie.session },
      proofUsed: rows.proof.length > 0,
      openChallenge: first(tables.challenges, rows.open),
      counters: rows.counters.map((row) => toCounter(row, asked.nowMs)),
      spends: rows.spends.map((row) => without(tables.spends.decode(row), 'tenant', 'expiresAtMs')),
    }
  },

  recordAssessment: async (write) => {
    const { tenant, assessment, nowMs } = write
    const { bind } = sql
    const { subject } = assessment
    return sql.write([
      keepOp(bind, tenant, undefined, write.op),
      insert(bind, 'assessments', { ...assessment, op: write.op.op }),
      write.proof && useProof(bind, tenant, write.proof),
      write.tie && tieReceipt(bind, tenant, write.tie),
      write.subject
        ? writeSubject(bind, tenant, write.subject, nowMs)
        : subject === undefined
          ? undefined
          : mustStand(bind, tenant, subject),
      ...(write.authenticators ?? []).map((row) => addAuthenticator(bind, row)),
      write.session && recordSession(bind, tenant, subject, write.session),
      write.demand && subject !== undefined ? keepDemand(bind, tenant, subject, write.demand) : undefined,
      ...(write.challenge ? openChallenge(bind, write.challenge, nowMs) : []),
      write.event && appendEvent(bind, write.event),
    ])
  },

  count: async (tenant, marks, nowMs) => {
    const each = [...new Map(marks.map((mark) => [mark.key, mark])).values()]
    const some = inParts(each, countedTogether)
    await Promise.all(some.map((part) => sql.change([addToCounters(sql.bind, tenant, part, nowMs)])))
  },

  seeSession: async (tenant, subject, session, nowMs) => {
    await sql.change([seeSession(sql.bind, { tenant, session, subject: sessionOwner(subject), now: nowMs })])
  },
})

export const toEvent = (stored: StoredRecord) => without(tables.events.decode(stored), 'due')
