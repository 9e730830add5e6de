import type { ChallengeStore } from '@newel/engine'
import { acrLadder, type Acr } from '@newel/protocol'
import { sql as template } from 'kysely'
import type { Sql } from './context.ts'
import { keepOpOf, ofChallenge, type OfChallenge } from './of-challenge.ts'
import { passChallenge } from './open-challenge.ts'
import { addAuthenticator } from './authenticators.ts'
import { appendEvent, enqueue } from './shared.ts'
import { must, query, type Bind, type Query, type Statement } from './statement.ts'

/** A grant keeps the assessment that it came from: a label may arrive long after the challenge is gone. */
const addGrant = query<
  OfChallenge & {
    subject: string
    grant: string
    jkt: string
    method: string
    acr: string
    challenge: string | undefined
    at: number
  }
>((db, p) =>
  db.insertInto('grants').values({
    tenant: p.tenant,
    id: p.grant,
    subject: p.subject,
    jkt: p.jkt,
    method: p.method,
    acr: p.acr,
    challenge: p.challenge,
    assessment: ofChallenge(db, p, 'assessment').$asScalar(),
    at_ms: p.at,
  }),
)

/** Only where the challenge has a session to hold it. */
const addAssurance = query<OfChallenge & { acr: string; authTime: number }>((db, p) =>
  db
    .insertInto('assurances')
    .columns(['tenant', 'subject', 'session', 'jkt', 'acr', 'auth_time_ms'])
    .expression((eb) =>
      eb
        .selectFrom('challenges')
        .select([
          'tenant',
          'subject',
          'session',
          'jkt',
          template<string>`cast(${p.acr} as text)`.as('acr'),
          template<number>`cast(${p.authTime} as bigint)`.as('auth_time_ms'),
        ])
        .where('tenant', '=', p.tenant)
        .where('id', '=', p.id)
        .where('session', 'is not', null),
    )
    .onConflict((conflict) => conflict.doNothing()),
)

const setUsed = query<{
  tenant: string
  subject: string
  authenticator: string
  expected: number
  counter: number
  data: string
  confirms: boolean
  hold: number
  now: number
}>((db, p) =>
  db
    .updateTable('authenticators')
    .set((eb) => ({
      counter: p.counter,
      data: p.data,
      last_used_at_ms: p.now,
      consecutive_failures: eb.lit(0),
      confirmed_at_ms: eb
        .case()
        .when(template<boolean>`${p.confirms} = 1`)
        .then(eb.fn.coalesce('confirmed_at_ms', template<number>`${p.now}`))
        .else(eb.ref('confirmed_at_ms'))
        .end(),
      hold_until_ms: eb
        .case()
        .when(template<boolean>`${p.confirms} = 1 and confirmed_at_ms is null`)
        .then(template<number>`cast(${p.hold} as bigint)`)
        .else(eb.ref('hold_until_ms'))
        .end(),
    }))
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.authenticator)
    .where('subject', '=', p.subject)
    .where('counter', '=', p.expected)
    .where((eb) => eb.or([eb('removed_at_ms', 'is', null), eb('removed_at_ms', '>', p.now)])),
)

/** The attempt that succeeded is no failure: the latest of this challenge leaves the list. */
const forgetAttempt = query<OfChallenge & { authenticator: string }>((db, p) =>
  db
    .deleteFrom('attempts')
    .where('tenant', '=', p.tenant)
    .where('authenticator', '=', p.authenticator)
    .where('number', '=', (eb) =>
      eb
        .selectFrom('attempts')
        .select((of) => of.fn.max('number').as('number'))
        .where('tenant', '=', p.tenant)
        .where('authenticator', '=', p.authenticator)
        .where('challenge', '=', p.id),
    ),
)

interface Met {
  tenant: string
  subject: string
  session: string | undefined
  jkt: string
  prefix: string | undefined
}

/** Drops what a proof of this level meets, in its session, with its key or from its prefix. */
const dropDemands = acrLadder.map((_, index): Query<Met> => {
  const met = acrLadder.slice(0, index + 1).map((acr) => template.lit(acr))
  return query<Met>((db, p) =>
    db
      .deleteFrom('demands')
      .where('tenant', '=', p.tenant)
      .where('subject', '=', p.subject)
      .where('acr', 'in', met)
      .where((eb) =>
        eb.or([
          eb('session', '=', p.session as string),
          eb('jkt', '=', p.jkt),
          eb('prefix', '=', p.prefix as string),
        ]),
      ),
  )
})

function meetDemands(bind: Bind, acr: Acr, met: Met): Statement | undefined {
  const drop = dropDemands[acrLadder.indexOf(acr)]
  return drop && bind(drop, met)
}

export const recordPass =
  (sql: Sql): ChallengeStore['recordPass'] =>
  async (write) => {
    const { tenant, id, subject, grant, assurance, authenticator, enrolled, meets, nowMs: now } = write
    const { bind } = sql
    return sql.write([
      ...passChallenge(bind, tenant, id, subject),
      keepOpOf(bind, tenant, id, write.op),
      grant &&
        bind(addGrant, {
          tenant,
          id,
          subject,
          grant: grant.id,
          jkt: grant.jkt,
          method: grant.method,
          acr: grant.acr,
          challenge: grant.challenge,
          at: grant.atMs,
        }),
      assurance && bind(addAssurance, { tenant, id, acr: assurance.acr, authTime: assurance.authTimeMs }),
      ...(authenticator
        ? [
            must(
              bind(setUsed, {
                tenant,
                subject,
                authenticator: authenticator.id,
                expected: authenticator.expectedCounter,
                counter: authenticator.counter,
                data: authenticator.data,
                confirms: authenticator.confirms !== undefined,
                hold: authenticator.confirms?.holdUntilMs ?? 0,
                now,
              }),
            ),
            bind(forgetAttempt, { tenant, id, authenticator: authenticator.id }),
          ]
        : []),
      enrolled && addAuthenticator(bind, enrolled),
      meets &&
        meetDemands(bind, meets.acr, {
          tenant,
          subject,
          session: meets.session,
          jkt: meets.jkt,
          prefix: meets.prefix,
        }),
      write.event && appendEvent(bind, write.event),
      ...write.outbox.map((message) => enqueue(bind, message)),
    ])
  }
