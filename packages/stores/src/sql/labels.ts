import type { SubjectStore } from '@newel/engine'
import { longestTokenMs } from '../bounds.ts'
import type { Kysely } from 'kysely'
import type { Sql } from './context.ts'
import type { Database } from './database.ts'
import { appendEvent, keepOp, mustStand } from './shared.ts'
import { query } from './statement.ts'

/** An assessment that turned out to be somebody else's. */
interface Assessed {
  tenant: string
  subject: string
  assessment: string
}

const assessed = (db: Kysely<Database>, p: Readonly<Assessed>, column: 'session' | 'jkt') =>
  db
    .selectFrom('assessments')
    .select(column)
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.assessment)
    .$asScalar()

const revokeGrants = query<Assessed & { at: number }>((db, p) =>
  db
    .updateTable('grants')
    .set({ revoked_at_ms: p.at })
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('assessment', '=', p.assessment)
    .where('revoked_at_ms', 'is', null),
)

const forgetAssurances = query<Assessed>((db, p) =>
  db
    .deleteFrom('assurances')
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where((eb) =>
      eb.or([eb('session', '=', assessed(db, p, 'session')), eb('jkt', '=', assessed(db, p, 'jkt'))]),
    ),
)

const dropOpenKeys = query<Assessed>((db, p) =>
  db
    .deleteFrom('open_challenges')
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('challenge', 'in', (eb) =>
      eb
        .selectFrom('challenges')
        .select('id')
        .where('tenant', '=', p.tenant)
        .where('subject', '=', p.subject)
        .where((of) =>
          of.or([of('session', '=', assessed(db, p, 'session')), of('jkt', '=', assessed(db, p, 'jkt'))]),
        ),
    ),
)

/** One that was passed gave a token, which may be unspent. */
const cancelChallenges = query<Assessed & { since: number }>((db, p) =>
  db
    .updateTable('challenges')
    .set({ ended: 'cancelled', params: '{}', state: '{}', open_key: null })
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('expires_at_ms', '>', p.since)
    .where((eb) => eb.or([eb('ended', 'is', null), eb('ended', '=', 'passed')]))
    .where((eb) =>
      eb.or([eb('session', '=', assessed(db, p, 'session')), eb('jkt', '=', assessed(db, p, 'jkt'))]),
    ),
)

/** A sign-in of which no session has begun yet. */
const forgetSpends = query<Assessed>((db, p) =>
  db
    .updateTable('spends')
    .set((eb) => ({ starts_session: eb.lit(0) }))
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('jkt', '=', assessed(db, p, 'jkt'))
    .where((eb) => eb('starts_session', '=', eb.lit(1))),
)

export const recordLabel =
  (sql: Sql): SubjectStore['recordLabel'] =>
  async ({ tenant, subject, op, event, revokesGrantsOf: assessment, nowMs }) => {
    const { bind } = sql
    const about =
      subject === undefined || assessment === undefined ? undefined : { tenant, subject, assessment }
    // In a change of its own: a pass that is under way ends before it, and what that gave is there to be taken back.
    if (about) {
      const since = nowMs - longestTokenMs
      await sql.change([bind(dropOpenKeys, about), bind(cancelChallenges, { ...about, since })])
    }
    return sql.write([
      keepOp(bind, tenant, subject, op),
      subject === undefined ? undefined : mustStand(bind, tenant, subject),
      appendEvent(bind, event),
      about && bind(revokeGrants, { ...about, at: nowMs }),
      about && bind(forgetAssurances, about),
      about && bind(forgetSpends, about),
    ])
  }
