import type { AuthenticatorRow, RemovalWrite } from '@newel/engine'
import type { Expression, Kysely } from 'kysely'
import { atMost } from '../bounds.ts'
import { insert, without } from './context.ts'
import type { Database } from './database.ts'
import type { StoredRecord } from './driver.ts'
import { must, query, type Bind, type Statement } from './statement.ts'
import { tables } from '../tables.ts'

/** A subject, given or selected. */
type SubjectValue = string | Expression<string>

/** Serving ones first, then those removed after `since`. */
export const authenticatorsOf = (
  db: Kysely<Database>,
  tenant: string,
  subject: SubjectValue,
  since: number,
) =>
  db
    .selectFrom('authenticators')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .where((eb) => eb.or([eb('removed_at_ms', 'is', null), eb('removed_at_ms', '>', since)]))
    .orderBy((eb) => eb.case().when('removed_at_ms', 'is', null).then(eb.lit(0)).else(eb.lit(1)).end())
    .orderBy('id')
    .limit((eb) => eb.lit(atMost.authenticators))

export const readAuthenticators = query<{ tenant: string; subject: string; since: number }>((db, p) =>
  authenticatorsOf(db, p.tenant, p.subject, p.since),
)

export const attemptsOf = (db: Kysely<Database>, tenant: string, subject: SubjectValue) =>
  db
    .selectFrom('attempts')
    .select(['authenticator', 'at_ms'])
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .orderBy('at_ms', 'desc')
    .limit((eb) => eb.lit(atMost.attempts))

export const readAttempts = query<{ tenant: string; subject: string }>((db, p) =>
  attemptsOf(db, p.tenant, p.subject),
)

export const toAuthenticators = (
  rows: readonly StoredRecord[],
  attempts: readonly StoredRecord[],
): readonly AuthenticatorRow[] => {
  const failures = new Map<unknown, number[]>()
  for (const attempt of attempts) {
    const times = failures.get(attempt['authenticator']) ?? []
    if (times.length < atMost.recentFailures) times.push(attempt['at_ms'] as number)
    failures.set(attempt['authenticator'], times)
  }
  return rows.map((stored) => {
    const row = tables.authenticators.decode(stored)
    return { ...row, recentFailuresMs: failures.get(row.id) ?? [] }
  })
}

/** Its failures are rows of their own, so a new one has none. */
export const addAuthenticator = (bind: Bind, row: AuthenticatorRow): Statement =>
  insert(bind, 'authenticators', without(row, 'recentFailuresMs'))

const setRemoved = query<{
  tenant: string
  subject: string
  id: string
  from: number
  at: number | undefined
}>((db, p) =>
  db
    .updateTable('authenticators')
    .set({ removed_at_ms: p.at })
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('id', '=', p.id)
    .where((eb) => eb(eb.fn.coalesce('removed_at_ms', eb.lit(noEnd)), '=', p.from)),
)

const noEnd = -1

/** Sets the end of an authenticator of the subject; one whose end is another by now refuses the batch. */
export const removeAuthenticator = (
  bind: Bind,
  tenant: string,
  subject: string,
  { id, fromMs = noEnd, atMs }: RemovalWrite,
): Statement => must(bind(setRemoved, { tenant, subject, id, from: fromMs, at: atMs }))
