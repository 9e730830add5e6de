import type { SignalStore } from '@newel/engine'
import { first, insert, lost, won, type Sql } from './context.ts'
import { useProof } from './shared.ts'
import { query } from './statement.ts'
import { tables } from '../tables.ts'

const readEnvelope = query<{ tenant: string; digest: string }>((db, p) =>
  db.selectFrom('envelopes').selectAll().where('tenant', '=', p.tenant).where('digest', '=', p.digest),
)

/** Runs ahead of the insert, so it leaves one row fewer than are kept. */
const dropOlder = query<{ tenant: string; jkt: string; keep: number }>((db, p) =>
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
        .limit(p.keep),
    ),
)

export const sqlSignals = (sql: Sql): SignalStore => ({
  recordEnvelope: async (envelope, proof, keep) => {
    const { tenant, digest, jkt } = envelope
    const written = await sql.write([
      useProof(sql.bind, tenant, proof),
      sql.bind(dropOlder, { tenant, jkt, keep: keep - 1 }),
      insert(sql.bind, 'envelopes', envelope),
    ])
    if (!written.lost) return { ...won, envelope }
    const { rows } = await sql.read({ rows: sql.bind(readEnvelope, { tenant, digest }) })
    const standing = first(tables.envelopes, rows)
    return standing === undefined ? lost : { ...won, envelope: standing }
  },
})
