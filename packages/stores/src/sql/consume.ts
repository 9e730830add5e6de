import type { ChallengeStore } from '@newel/engine'
import { first, insert, without, type Sql } from './context.ts'
import { ofChallenge, readChallenge, readEnd, type OfChallenge } from './of-challenge.ts'
import { openChallenge } from './open-challenge.ts'
import { addAuthenticator, removeAuthenticator } from './authenticators.ts'
import { enqueue, keepOp, mustStand, readOp, readProof, toOp, useProof } from './shared.ts'
import { query } from './statement.ts'
import { tables } from '../tables.ts'
import { readRevision } from './tenants.ts'

const readSpend = query<{ tenant: string; jti: string }>((db, p) =>
  db.selectFrom('spends').selectAll().where('tenant', '=', p.tenant).where('jti', '=', p.jti),
)

const readOwner = query<OfChallenge>((db, p) =>
  db
    .selectFrom('subjects')
    .select('subject')
    .where('tenant', '=', p.tenant)
    .where('subject', '=', ofChallenge(db, p, 'subject').$asScalar()),
)

export const sqlConsume = (sql: Sql): Pick<ChallengeStore, 'loadConsume' | 'consume'> => {
  const { bind } = sql
  return {
    loadConsume: async ({ tenant, route, op, jti, proof, challenge }) => {
      const of = { tenant, id: challenge }
      const rows = await sql.read({
        revision: bind(readRevision, { tenant }),
        op: bind(readOp, { tenant, route, op }),
        spend: bind(readSpend, { tenant, jti }),
        proof: bind(readProof, { tenant, key: proof }),
        challenge: bind(readChallenge, of),
        owner: bind(readOwner, of),
        ended: bind(readEnd, of),
      })
      const spend = first(tables.spends, rows.spend)
      return {
        revision: rows.revision[0]?.['revision'] as number | undefined,
        op: toOp(rows.op),
        spend: spend && without(spend, 'tenant', 'expiresAtMs'),
        proofUsed: rows.proof.length > 0,
        challenge: first(tables.challenges, rows.challenge),
        sessionEnded: rows.owner.length === 0 || rows.ended.length > 0,
      }
    },

    consume: async ({ tenant, spend, expiresAtMs, proof, op, challenge, removes, nowMs }) =>
      sql.write([
        mustStand(bind, tenant, spend.subject),
        insert(bind, 'spends', { tenant, ...spend, expiresAtMs }),
        useProof(bind, tenant, proof),
        keepOp(bind, tenant, spend.subject, op),
        ...(challenge ? openChallenge(bind, challenge, nowMs) : []),
        removes && removeAuthenticator(bind, tenant, spend.subject, removes),
        ...(removes?.leaves ?? []).map((row) => addAuthenticator(bind, row)),
        ...(removes?.outbox ?? []).map((message) => enqueue(bind, message)),
      ]),
  }
}
