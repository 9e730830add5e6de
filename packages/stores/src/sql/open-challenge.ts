import type { ChallengeRow } from '@newel/engine'
import { insert } from './context.ts'
import { must, query, type Bind, type Statement } from './statement.ts'

/** Takes the key where none holds it, or where its holder has expired or has no attempts left. */
const takeOpenKey = query<{
  tenant: string
  openKey: string
  challenge: string
  subject: string
  expires: number
  now: number
}>((db, p) =>
  db
    .insertInto('open_challenges')
    .values({
      tenant: p.tenant,
      open_key: p.openKey,
      challenge: p.challenge,
      subject: p.subject,
      expires_at_ms: p.expires,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'open_key'])
        .doUpdateSet((eb) => ({
          challenge: eb.ref('excluded.challenge'),
          subject: eb.ref('excluded.subject'),
          expires_at_ms: eb.ref('excluded.expires_at_ms'),
        }))
        .where((eb) =>
          eb.or([
            eb('open_challenges.expires_at_ms', '<=', p.now),
            eb.exists(
              eb
                .selectFrom('challenges')
                .select('challenges.id')
                .whereRef('challenges.tenant', '=', 'open_challenges.tenant')
                .whereRef('challenges.id', '=', 'open_challenges.challenge')
                .whereRef('challenges.attempts', '>=', 'challenges.max_attempts'),
            ),
          ]),
        ),
    ),
)

/** Opens a challenge; refuses the batch where another one stands open under its key. */
export const openChallenge = (bind: Bind, challenge: ChallengeRow, nowMs: number): readonly Statement[] => {
  const { tenant, id, subject, openKey, expiresAtMs } = challenge
  const row = insert(bind, 'challenges', challenge)
  if (openKey === undefined) return [row]
  return [
    must(bind(takeOpenKey, { tenant, openKey, challenge: id, subject, expires: expiresAtMs, now: nowMs })),
    row,
  ]
}

/** Gives up the key under which a challenge stands open. Runs ahead of what ends the challenge. */
const dropOpenKey = query<{ tenant: string; id: string }>((db, p) =>
  db
    .deleteFrom('open_challenges')
    .where('tenant', '=', p.tenant)
    .where('challenge', '=', p.id)
    .where('open_key', '=', (eb) =>
      eb.selectFrom('challenges').select('open_key').where('tenant', '=', p.tenant).where('id', '=', p.id),
    ),
)

/** What only answering needs goes with the end: texts, codes' digests, nonces. */
const setEnded = query<{ tenant: string; id: string; ended: string }>((db, p) =>
  db
    .updateTable('challenges')
    .set({ ended: p.ended, params: '{}', state: '{}', open_key: null })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('ended', 'is', null),
)

const setPassed = query<{ tenant: string; id: string; subject: string }>((db, p) =>
  db
    .updateTable('challenges')
    .set({ ended: 'passed', params: '{}', state: '{}', open_key: null })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('subject', '=', p.subject)
    .where('ended', 'is', null),
)

export interface EndStatements {
  readonly free: Statement
  readonly end: Statement
}

export const endChallenge = (
  bind: Bind,
  tenant: string,
  id: string,
  ended: 'cancelled' | 'exhausted',
): EndStatements => ({
  free: bind(dropOpenKey, { tenant, id }),
  end: bind(setEnded, { tenant, id, ended }),
})

export const passChallenge = (
  bind: Bind,
  tenant: string,
  id: string,
  subject: string,
): readonly Statement[] => [bind(dropOpenKey, { tenant, id }), must(bind(setPassed, { tenant, id, subject }))]
