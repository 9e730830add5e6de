import { postgresStore } from '@newel/stores/postgres'
import { storeContract } from '@newel/testkit/store-contract'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

let server: PostgresServer
/** Two servers: each has connections of its own. */
let pools: readonly [Pool, Pool]
let tables: readonly string[]

beforeAll(async () => {
  server = await startPostgres()
  pools = [newPool(), newPool()]
  await postgresStore({ pool: pools[0] }).migrate()
  tables = await tablesOf('newel')
}, 120_000)

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await server.stop()
})

function newPool(): Pool {
  const pool = new Pool({ connectionString: server.url, max: 8 })
  // Connections that are idle when the server stops say so here.
  pool.on('error', () => {})
  return pool
}

async function tablesOf(schema: string): Promise<readonly string[]> {
  const { rows } = await pools[0].query<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = $1 order by table_name',
    [schema],
  )
  return rows.map(({ name }) => `"${schema}"."${name}"`)
}

/** All rows of all tables, as text. */
async function dump(): Promise<string> {
  const texts = tables.map(
    (name) => `select coalesce(json_agg(t order by t::text), '[]')::text as text from ${name} t`,
  )
  const { rows } = await pools[0].query<{ text: string }>(texts.join(' union all '))
  return rows.map(({ text }, index) => `${tables[index]!}: ${text}`).join('\n')
}

/** Empties all tables but the one that says which schema this is. */
async function clear(): Promise<void> {
  const deletes = tables.filter((name) => name !== '"newel"."schema"').map((name) => `delete from ${name}`)
  await pools[0].query(deletes.join('; '))
}

describe('the store on Postgres', () => {
  storeContract(
    async () => {
      let trips = 0
      const onRoundTrip = () => {
        trips++
      }
      return {
        store: postgresStore({ pool: pools[0], onRoundTrip }),
        second: postgresStore({ pool: pools[1], onRoundTrip }),
        roundTrips: () => trips,
        dump,
        close: clear,
      }
    },
    { describe, it: (name, test) => it(name, test, 60_000), expect },
  )

  it('servers that start together bring one schema up', async () => {
    const stores = pools.flatMap((pool) =>
      Array.from({ length: 4 }, () => postgresStore({ pool, schema: 'together' })),
    )
    await Promise.all(stores.map((store) => store.migrate()))
    expect(await stores[0]?.health()).toEqual({ found: 1, minReader: 1, known: 1 })
    expect(await tablesOf('together')).toHaveLength(tables.length)
  }, 60_000)

  it('a store in one schema sees nothing of another', async () => {
    const [left, right] = ['left', 'right'].map((schema) => postgresStore({ pool: pools[0], schema }))
    await Promise.all([left!.migrate(), right!.migrate()])
    await left!.declareTenant({ tenant: 'acme', config: '{}', policyVersion: 'p', policy: '{}', nowMs: 0 })
    expect(await left!.listTenants()).toEqual(['acme'])
    expect(await right!.listTenants()).toEqual([])
  }, 60_000)

  it('a schema that has a name only in quotes is refused', () => {
    expect(() => postgresStore({ pool: pools[0], schema: 'a"; drop table x; --' })).toThrow(TypeError)
  })

  it('a database that is not there is an error, not a lost call', async () => {
    const gone = new Pool({ host: '127.0.0.1', port: 1 })
    const store = postgresStore({ pool: gone })
    await expect(store.recordProof('acme', { key: 'k', expiresAtMs: 1 })).rejects.toThrow()
    await expect(store.health()).rejects.toThrow()
    await gone.end()
  })
})
