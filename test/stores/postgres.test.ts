import { postgresStore } from '@newel/stores/postgres'
import { storeContract } from '@newel/testkit/store-contract'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

let server: PostgresServer
/** Two servers: each has connections of its own. */
let pools: readonly [Pool, Pool]

beforeAll(async () => {
  server = await startPostgres()
  pools = [newPool(), newPool()]
}, 60_000)

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

/** All rows of all tables of a schema, as text. */
async function dump(schema: string): Promise<string> {
  const tables = await pools[0].query<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = $1 order by table_name',
    [schema],
  )
  const texts: string[] = []
  for (const { name } of tables.rows) {
    const rows = await pools[0].query<{ text: string }>(
      `select coalesce(json_agg(t order by t::text), '[]')::text as text from "${schema}"."${name}" t`,
    )
    texts.push(`${name}: ${rows.rows[0]?.text ?? ''}`)
  }
  return texts.join('\n')
}

describe('the store on Postgres', () => {
  let made = 0
  storeContract(
    async () => {
      const schema = `contract_${made++}`
      let trips = 0
      const onRoundTrip = () => {
        trips++
      }
      const store = postgresStore({ pool: pools[0], schema, onRoundTrip })
      const second = postgresStore({ pool: pools[1], schema, onRoundTrip })
      await store.migrate()
      return {
        store,
        second,
        roundTrips: () => trips,
        dump: () => dump(schema),
        close: async () => {
          await pools[0].query(`drop schema "${schema}" cascade`)
        },
      }
    },
    { describe, it, expect },
  )
})
