import type { OpRow } from '@newel/engine'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { query, type Bind, type Statement } from './statement.ts'

export interface OfChallenge {
  tenant: string
  id: string
}

/** What a challenge says of itself, as a value in another statement. */
export const ofChallenge = <C extends 'subject' | 'session' | 'jkt' | 'assessment'>(
  db: Kysely<Database>,
  p: Readonly<OfChallenge>,
  column: C,
) => db.selectFrom('challenges').select(column).where('tenant', '=', p.tenant).where('id', '=', p.id)

export const subjectOf = (db: Kysely<Database>, p: Readonly<OfChallenge>) =>
  ofChallenge(db, p, 'subject').$asScalar()

export const readChallenge = query<OfChallenge>((db, p) =>
  db.selectFrom('challenges').selectAll().where('tenant', '=', p.tenant).where('id', '=', p.id),
)

/** Whether the session that a challenge was opened in has ended. */
export const readEnd = query<OfChallenge>((db, p) =>
  db
    .selectFrom('sessions')
    .select('ended_at_ms')
    .where('tenant', '=', p.tenant)
    .where('session', '=', ofChallenge(db, p, 'session').$asScalar())
    .where('subject', '=', ofChallenge(db, p, 'subject').$asScalar())
    .where('ended_at_ms', 'is not', null),
)

const insertOp = query<
  OfChallenge & {
    route: string
    op: string
    digest: string
    status: number
    response: string
    expires: number
  }
>((db, p) =>
  db.insertInto('ops').values({
    tenant: p.tenant,
    route: p.route,
    op: p.op,
    digest: p.digest,
    status: p.status,
    response: p.response,
    expires_at_ms: p.expires,
    subject: subjectOf(db, p),
  }),
)

/** The op of a call about a challenge: it belongs to the challenge's subject. */
export const keepOpOf = (bind: Bind, tenant: string, id: string, op: OpRow): Statement =>
  bind(insertOp, {
    tenant,
    id,
    route: op.route,
    op: op.op,
    digest: op.digest,
    status: op.status,
    response: op.response,
    expires: op.expiresAtMs,
  })
