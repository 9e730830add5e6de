import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { query } from './statement.ts'

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
