import type { ChallengeStore, SendsRow } from '@newel/engine'
import { sql as template } from 'kysely'
import { atMost, longestHoldMs } from '../bounds.ts'
import { first, type Sql } from './context.ts'
import { countOne } from '../counter.ts'
import { addToCounters } from './counters.ts'
import type { StoredRecord } from './driver.ts'
import { keepOpOf, ofChallenge, readChallenge, readEnd, subjectOf, type OfChallenge } from './of-challenge.ts'
import { endChallenge } from './open-challenge.ts'
import { attemptsOf, authenticatorsOf, toAuthenticators } from './authenticators.ts'
import { appendEvent, enqueue, mustStand, readOp, readProof, toOp, useProof } from './shared.ts'
import { must, query, type Bind, type Statement } from './statement.ts'
import { tables } from '../tables.ts'
import { readRevision } from './tenants.ts'

const readSubject = query<OfChallenge>((db, p) =>
  db
    .selectFrom('subjects')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('subject', '=', subjectOf(db, p)),
)

const readAuthenticators = query<OfChallenge & { since: number }>((db, p) =>
  authenticatorsOf(db, p.tenant, subjectOf(db, p), p.since),
)

const readAttempts = query<OfChallenge>((db, p) => attemptsOf(db, p.tenant, subjectOf(db, p)))

/** All rows that stand: the highest number is the count, so none may be left out for its age. */
const readSends = query<OfChallenge>((db, p) =>
  db
    .selectFrom('sends')
    .select(['key', 'number', 'at_ms'])
    .where('tenant', '=', p.tenant)
    .where('key', 'in', (eb) =>
      eb
        .selectFrom('challenges')
        .select(template<string>`'subject:' || ${template.ref('subject')}`.as('key'))
        .where('tenant', '=', p.tenant)
        .where('id', '=', p.id)
        .unionAll(
          eb
            .selectFrom('authenticators')
            .select(template<string>`'destination:' || ${template.ref('destination')}`.as('key'))
            .where('tenant', '=', p.tenant)
            .where('subject', '=', subjectOf(db, p))
            .where('destination', 'is not', null),
        ),
    )
    .orderBy('key')
    .orderBy('number', 'desc'),
)

const readAssessment = query<OfChallenge>((db, p) =>
  db
    .selectFrom('assessments')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('id', '=', ofChallenge(db, p, 'assessment').$asScalar()),
)

function toSends(rows: readonly StoredRecord[]): readonly SendsRow[] {
  const byKey = new Map<string, { key: string; count: number; latestMs: number[] }>()
  for (const row of rows) {
    const { key, number, at_ms: atMs } = row as { key: string; number: number; at_ms: number }
    const sends = byKey.get(key) ?? { key, count: number, latestMs: [] }
    if (sends.latestMs.length < atMost.recentSends) sends.latestMs.push(atMs)
    byKey.set(key, sends)
  }
  return [...byKey.values()]
}

const setState = query<OfChallenge & { start: number; before: number; state: string; now: number }>((db, p) =>
  db
    .updateTable('challenges')
    .set({ state: p.state, starts: p.start })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('starts', '=', p.before)
    .where('ended', 'is', null)
    .where('expires_at_ms', '>', p.now),
)

const addSend = query<OfChallenge & { key: string; number: number; now: number }>((db, p) =>
  db
    .insertInto('sends')
    .columns(['tenant', 'key', 'number', 'subject', 'at_ms'])
    .expression((eb) =>
      eb
        .selectFrom('challenges')
        .select([
          'tenant',
          template<string>`cast(${p.key} as text)`.as('key'),
          template<number>`cast(${p.number} as bigint)`.as('number'),
          'subject',
          template<number>`cast(${p.now} as bigint)`.as('at_ms'),
        ])
        .where('tenant', '=', p.tenant)
        .where('id', '=', p.id),
    ),
)

const replaceState = query<OfChallenge & { start: number; state: string }>((db, p) =>
  db
    .updateTable('challenges')
    .set({ state: p.state })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('starts', '=', p.start),
)

const forgetOp = query<{ tenant: string; route: string; op: string }>((db, p) =>
  db.deleteFrom('ops').where('tenant', '=', p.tenant).where('route', '=', p.route).where('op', '=', p.op),
)

const forgetSend = query<{ tenant: string; key: string; number: number }>((db, p) =>
  db
    .deleteFrom('sends')
    .where('tenant', '=', p.tenant)
    .where('key', '=', p.key)
    .where('number', '=', p.number),
)

const countAttempt = query<OfChallenge & { attempt: number; before: number; now: number }>((db, p) =>
  db
    .updateTable('challenges')
    .set({ attempts: p.attempt })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('attempts', '=', p.before)
    .where('max_attempts', '>=', p.attempt)
    .where('ended', 'is', null)
    .where('expires_at_ms', '>', p.now),
)

const countAuthenticatorAttempt = query<
  OfChallenge & { authenticator: string; attempt: number; before: number; now: number }
>((db, p) =>
  db
    .updateTable('authenticators')
    .set((eb) => ({
      attempts: p.attempt,
      consecutive_failures: eb('consecutive_failures', '+', eb.lit(1)),
      last_attempt_at_ms: p.now,
    }))
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.authenticator)
    .where('subject', '=', subjectOf(db, p))
    .where('attempts', '=', p.before),
)

const addAttempt = query<OfChallenge & { authenticator: string; attempt: number; now: number }>((db, p) =>
  db
    .insertInto('attempts')
    .columns(['tenant', 'authenticator', 'number', 'challenge', 'subject', 'at_ms'])
    .expression((eb) =>
      eb
        .selectFrom('challenges')
        .select([
          'tenant',
          template<string>`cast(${p.authenticator} as text)`.as('authenticator'),
          template<number>`cast(${p.attempt} as bigint)`.as('number'),
          'id as challenge',
          'subject',
          template<number>`cast(${p.now} as bigint)`.as('at_ms'),
        ])
        .where('tenant', '=', p.tenant)
        .where('id', '=', p.id),
    ),
)

type Challenges = Omit<ChallengeStore, 'recordPass' | 'loadConsume' | 'consume'>

export const sqlChallenges = (sql: Sql): Challenges => {
  const { bind } = sql
  return {
    loadChallenge: async ({ tenant, id, route, op, proof, nowMs }) => {
      const of = { tenant, id }
      const rows = await sql.read({
        revision: bind(readRevision, { tenant }),
        challenge: bind(readChallenge, of),
        op: op === undefined ? undefined : bind(readOp, { tenant, route, op }),
        proof: bind(readProof, { tenant, key: proof }),
        subject: bind(readSubject, of),
        authenticators: bind(readAuthenticators, { ...of, since: nowMs - longestHoldMs }),
        attempts: bind(readAttempts, of),
        sends: bind(readSends, of),
        assessment: bind(readAssessment, of),
        ended: bind(readEnd, of),
      })
      return {
        revision: rows.revision[0]?.['revision'] as number | undefined,
        challenge: first(tables.challenges, rows.challenge),
        op: toOp(rows.op),
        proofUsed: rows.proof.length > 0,
        subject: first(tables.subjects, rows.subject),
        authenticators: toAuthenticators(rows.authenticators, rows.attempts),
        sends: toSends(rows.sends),
        assessment: first(tables.assessments, rows.assessment),
        sessionEnded: rows.ended.length > 0,
      }
    },

    recordProof: async (tenant, proof) => sql.write([useProof(bind, tenant, proof)]),

    recordStart: async ({ tenant, id, start, state, proof, op, sends, nowMs: now }) =>
      sql.write([
        must(bind(setState, { tenant, id, start, before: start - 1, state, now })),
        useProof(bind, tenant, proof),
        keepOpOf(bind, tenant, id, op),
        ...sends.map(({ key, number }) => bind(addSend, { tenant, id, key, number, now })),
      ]),

    recordUnsent: async ({ tenant, id, start, state, op, sends }) => {
      await sql.write([
        bind(replaceState, { tenant, id, start, state }),
        bind(forgetOp, { tenant, route: op.route, op: op.op }),
        ...sends.map(({ key, number }) => bind(forgetSend, { tenant, key, number })),
      ])
    },

    recordAttempt: async ({ tenant, id, attempt, authenticator, proof, nowMs: now }) =>
      sql.write([
        must(bind(countAttempt, { tenant, id, attempt, before: attempt - 1, now })),
        useProof(bind, tenant, proof),
        ...(authenticator === undefined ? [] : attemptAt(bind, { tenant, id, now, authenticator })),
      ]),

    recordFailure: async ({ tenant, id, op, end, event, counters, outbox, nowMs }) => {
      const ends = end && endChallenge(bind, tenant, id, end)
      return sql.write([
        keepOpOf(bind, tenant, id, op),
        ends?.free,
        ends?.end,
        event?.subject === undefined ? undefined : mustStand(bind, tenant, event.subject),
        event && appendEvent(bind, event),
        addToCounters(bind, tenant, counters.map(countOne), nowMs),
        ...outbox.map((message) => enqueue(bind, message)),
      ])
    },

    recordCancel: async ({ tenant, id, proof, op, event }) => {
      const { free, end } = endChallenge(bind, tenant, id, 'cancelled')
      return sql.write([
        useProof(bind, tenant, proof),
        keepOpOf(bind, tenant, id, op),
        free,
        must(end),
        event && appendEvent(bind, event),
      ])
    },
  }
}

function attemptAt(
  bind: Bind,
  of: OfChallenge & { now: number; authenticator: { readonly id: string; readonly attempt: number } },
): readonly Statement[] {
  const { tenant, id, now } = of
  const { id: authenticator, attempt } = of.authenticator
  return [
    must(bind(countAuthenticatorAttempt, { tenant, id, authenticator, attempt, before: attempt - 1, now })),
    bind(addAttempt, { tenant, id, authenticator, attempt, now }),
  ]
}
