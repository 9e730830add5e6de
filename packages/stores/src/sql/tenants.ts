import type { KeyRow, TenantRow, TenantStore } from '@newel/engine'
import { shipped } from '../bounds.ts'
import { first, insert, type Sql } from './context.ts'
import { query } from './statement.ts'
import { tables } from '../tables.ts'

export const readRevision = query<{ tenant: string }>((db, p) =>
  db.selectFrom('tenants').select('revision').where('tenant', '=', p.tenant),
)

const readTenant = query<{ tenant: string }>((db, p) =>
  db.selectFrom('tenants').selectAll().where('tenant', '=', p.tenant),
)

const readKeys = query<{ tenant: string }>((db, p) =>
  db.selectFrom('tenant_keys').selectAll().where('tenant', '=', p.tenant).orderBy('purpose').orderBy('epoch'),
)

const readKey = query<{ tenant: string; purpose: string; epoch: number }>((db, p) =>
  db
    .selectFrom('tenant_keys')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('purpose', '=', p.purpose)
    .where('epoch', '=', p.epoch),
)

const listTenants = query<object>((db) => db.selectFrom('tenants').select('tenant').orderBy('tenant'))

const declare = query<{
  tenant: string
  config: string
  policyVersion: string
  policy: string
}>((db, p) =>
  db
    .insertInto('tenants')
    .values({
      tenant: p.tenant,
      revision: 1,
      config: p.config,
      policy_version: p.policyVersion,
      policy: p.policy,
      model_version: shipped,
      model: '{}',
      background_version: shipped,
    })
    .onConflict((conflict) =>
      conflict
        .column('tenant')
        .doUpdateSet((eb) => ({
          revision: eb('tenants.revision', '+', eb.lit(1)),
          config: eb.ref('excluded.config'),
          policy_version: eb.ref('excluded.policy_version'),
          policy: eb.ref('excluded.policy'),
        }))
        .where((eb) =>
          eb.or([
            eb('tenants.config', '<>', eb.ref('excluded.config')),
            eb('tenants.policy_version', '<>', eb.ref('excluded.policy_version')),
            eb('tenants.policy', '<>', eb.ref('excluded.policy')),
          ]),
        ),
    ),
)

const keepPolicy = query<{ tenant: string; version: string; policy: string; at: number }>((db, p) =>
  db
    .insertInto('policies')
    .values({ tenant: p.tenant, version: p.version, policy: p.policy, at_ms: p.at })
    .onConflict((conflict) => conflict.columns(['tenant', 'version']).doNothing()),
)

const raiseRevision = query<{ tenant: string }>((db, p) =>
  db
    .updateTable('tenants')
    .set((eb) => ({ revision: eb('revision', '+', eb.lit(1)) }))
    .where('tenant', '=', p.tenant),
)

const retire = query<{ tenant: string; purpose: string; below: number; at: number }>((db, p) =>
  db
    .updateTable('tenant_keys')
    .set({ retired_at_ms: p.at })
    .where('tenant', '=', p.tenant)
    .where('purpose', '=', p.purpose)
    .where('epoch', '<', p.below)
    .where((eb) => eb.or([eb('retired_at_ms', 'is', null), eb('retired_at_ms', '>', p.at)])),
)

export const sqlTenants = (sql: Sql): TenantStore => ({
  readTenantRevision: async (tenant) => {
    const { rows } = await sql.read({ rows: sql.bind(readRevision, { tenant }) })
    return rows[0]?.['revision'] as number | undefined
  },

  readTenant: async (tenant) => {
    const { rows, keys } = await sql.read({
      rows: sql.bind(readTenant, { tenant }),
      keys: sql.bind(readKeys, { tenant }),
    })
    const row = first(tables.tenants, rows)
    return row && ({ ...row, keys: keys.map((key) => tables.tenant_keys.decode(key)) } satisfies TenantRow)
  },

  listTenants: async () => {
    const { rows } = await sql.read({ rows: sql.bind(listTenants, {}) })
    return rows.map((row) => row['tenant'] as string)
  },

  declareTenant: async ({ tenant, config, policyVersion, policy, nowMs }) => {
    await sql.change([
      sql.bind(declare, { tenant, config, policyVersion, policy }),
      sql.bind(keepPolicy, { tenant, version: policyVersion, policy, at: nowMs }),
    ])
  },

  createKey: async (key: KeyRow) => {
    const { tenant, purpose, epoch } = key
    const written = await sql.write([
      insert(sql.bind, 'tenant_keys', key),
      sql.bind(raiseRevision, { tenant }),
    ])
    if (!written.lost) return key
    const { rows } = await sql.read({ rows: sql.bind(readKey, { tenant, purpose, epoch }) })
    return first(tables.tenant_keys, rows) ?? key
  },

  retireKeys: async (tenant, purpose, belowEpoch, atMs) => {
    await sql.change([
      sql.bind(retire, { tenant, purpose, below: belowEpoch, at: atMs }),
      sql.bind(raiseRevision, { tenant }),
    ])
  },
})
