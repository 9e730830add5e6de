import { sql as template } from 'kysely'
import { query, type Bind, type Statement } from './statement.ts'

interface Renewal {
  tenant: string
  subject: string
  from: string
  to: string
  now: number
}

const copySession = query<Renewal>((db, p) =>
  db
    .insertInto('sessions')
    .columns(['tenant', 'session', 'subject', 'jkt', 'started_at_ms', 'ended_at_ms', 'seen_at_ms'])
    .expression((eb) =>
      eb
        .selectFrom('sessions')
        .select([
          'tenant',
          template<string>`cast(${p.to} as text)`.as('session'),
          'subject',
          'jkt',
          'started_at_ms',
          'ended_at_ms',
          'seen_at_ms',
        ])
        .where('tenant', '=', p.tenant)
        .where('session', '=', p.from)
        .where('subject', '=', p.subject),
    ),
)

const endSession = query<Omit<Renewal, 'to'>>((db, p) =>
  db
    .updateTable('sessions')
    .set({ ended_at_ms: p.now })
    .where('tenant', '=', p.tenant)
    .where('session', '=', p.from)
    .where('subject', '=', p.subject)
    .where('ended_at_ms', 'is', null),
)

const copyAssurance = query<Renewal>((db, p) =>
  db
    .insertInto('assurances')
    .columns(['tenant', 'subject', 'session', 'jkt', 'acr', 'auth_time_ms'])
    .expression((eb) =>
      eb
        .selectFrom('assurances')
        .select([
          'tenant',
          'subject',
          template<string>`cast(${p.to} as text)`.as('session'),
          'jkt',
          'acr',
          'auth_time_ms',
        ])
        .where('tenant', '=', p.tenant)
        .where('subject', '=', p.subject)
        .where('session', '=', p.from),
    )
    .onConflict((conflict) => conflict.doNothing()),
)

const dropAssurance = query<{ tenant: string; subject: string; session: string }>((db, p) =>
  db
    .deleteFrom('assurances')
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('session', '=', p.session),
)

const moveDemands = query<Renewal>((db, p) =>
  db
    .updateTable('demands')
    .set({ session: p.to })
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('session', '=', p.from),
)

const moveTies = query<Renewal>((db, p) =>
  db
    .updateTable('ties')
    .set({ session: p.to })
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('session', '=', p.from),
)

/** Those that are open: a token says which session it is for, and keeps saying so. */
const moveChallenges = query<Renewal>((db, p) =>
  db
    .updateTable('challenges')
    .set({ session: p.to })
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('session', '=', p.from)
    .where('ended', 'is', null),
)

/** The old id ends, so that whoever still has it starts from nothing. Refuses the batch where the new one is taken. */
export const renewSession = (bind: Bind, renewal: Renewal): readonly Statement[] => {
  const { tenant, subject, from, now } = renewal
  return [
    bind(copySession, renewal),
    bind(endSession, { tenant, subject, from, now }),
    bind(copyAssurance, renewal),
    bind(dropAssurance, { tenant, subject, session: from }),
    bind(moveDemands, renewal),
    bind(moveTies, renewal),
    bind(moveChallenges, renewal),
  ]
}

const upsertEnded = query<{
  tenant: string
  session: string
  subject: string
  jkt: string | undefined
  started: number
  now: number
}>((db, p) =>
  db
    .insertInto('sessions')
    .values({
      tenant: p.tenant,
      session: p.session,
      subject: p.subject,
      jkt: p.jkt,
      started_at_ms: p.started,
      ended_at_ms: p.now,
      seen_at_ms: p.now,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'session', 'subject']).doUpdateSet((eb) => ({
        ended_at_ms: eb.fn.coalesce('sessions.ended_at_ms', 'excluded.ended_at_ms'),
      })),
    ),
)

/** Ends a session, also one that was never seen: it must not begin afterwards. */
export const finishSession = (
  bind: Bind,
  ends: {
    tenant: string
    subject: string
    session: string
    jkt: string | undefined
    started: number
    now: number
  },
): readonly Statement[] => [
  bind(upsertEnded, ends),
  bind(dropAssurance, { tenant: ends.tenant, subject: ends.subject, session: ends.session }),
]

const touchSession = query<{ tenant: string; session: string; subject: string; now: number }>((db, p) =>
  db
    .updateTable('sessions')
    .set({ seen_at_ms: p.now })
    .where('tenant', '=', p.tenant)
    .where('session', '=', p.session)
    .where('subject', '=', p.subject)
    .where('seen_at_ms', '<', p.now),
)

/** Remembers when a session was last used; never back. */
export const seeSession = (
  bind: Bind,
  seen: { tenant: string; session: string; subject: string; now: number },
): Statement => bind(touchSession, seen)
