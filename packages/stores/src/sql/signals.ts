import type { SignalStore } from '@newel/engine'
import { first, insert, lost, won, type Sql } from './context.ts'
import { useProof } from './shared.ts'
import { byNumber, query } from './statement.ts'
import { tables } from '../tables.ts'

const readEnvelope = query<{ tenant: string; digest: string }>((db, p) =>
  db.selectFrom('envelopes').selectAll().where('tenant', '=', p.tenant).where('digest', '=', p.digest),
)

/** Keeps some of the latest of a key. */
const keepLatest = byNumber((kept) =>
  query<{ tenant: string; jkt: string }>((db, p) =>
    db
      .deleteFrom('envelopes')
      .where('tenant', '=', p.tenant)
      .where('jkt', '=', p.jkt)
      .where('digest', 'not in', (eb) =>
        eb
          .selectFrom('envelopes')
          .select('digest')
          .where('tenant', '=', p.tenant)
          .where('jkt', '=', p.jkt)
          .orderBy('at_ms', 'desc')
          .orderBy('digest')
          .limit(eb.lit(kept)),
      ),
  ),
)

export const sqlSignals = (sql: Sql): SignalStore => ({
  recordEnvelope: async (envelope, proof, keep) => {
    const { tenant, digest, jkt } = envelope
    const written = await sql.write([
      useProof(sql.bind, tenant, proof),
      // Ahead of the insert, which it cannot see on Postgres: one fewer than are kept.
      sql.bind(keepLatest(keep - 1), { tenant, jkt }),
      insert(sql.bind, 'envelopes', envelope),
    ])
    if (!written.lost) return { ...won, envelope }
    const { rows } = await sql.read({ rows: sql.bind(readEnvelope, { tenant, digest }) })
    const standing = first(tables.envelopes, rows)
    return standing === undefined ? lost : { ...won, envelope: standing }
  },
})
