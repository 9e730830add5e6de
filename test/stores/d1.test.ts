import { d1Store, type D1 } from '@newel/stores/d1'
import { storeContract } from '@newel/testkit/store-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startD1, type D1Server } from './d1-server.ts'

let server: D1Server
let d1: D1
let tables: readonly string[]

beforeAll(async () => {
  server = await startD1(2)
  d1 = server.database()
  await d1Store(d1).migrate()
  tables = await tablesOf(d1)
}, 120_000)

afterAll(() => server.stop())

async function tablesOf(database: D1): Promise<readonly string[]> {
  const [found] = await database.batch([
    database.prepare(
      "select name from sqlite_master where type = 'table' and name not glob '_cf*' order by name",
    ),
  ])
  return (found!.results as { name: string }[]).map(({ name }) => name)
}

/** All rows of all tables, as text. */
async function dump(): Promise<string> {
  const rows = await d1.batch(tables.map((name) => d1.prepare(`select * from "${name}"`)))
  return JSON.stringify(rows.map(({ results }, index) => [tables[index], results]))
}

/** Empties all tables but the one that says which schema this is. */
async function clear(): Promise<void> {
  const names = tables.filter((name) => name !== 'schema')
  await d1.batch(names.map((name) => d1.prepare(`delete from "${name}"`)))
}

describe('the store on D1, in workerd', () => {
  storeContract(
    async () => {
      let trips = 0
      const onRoundTrip = () => {
        trips++
      }
      return {
        store: d1Store(d1, { onRoundTrip }),
        second: d1Store(d1, { onRoundTrip }),
        roundTrips: () => trips,
        dump,
        close: clear,
      }
    },
    { describe, it: (name, test) => it(name, test, 60_000), expect },
  )

  it('Workers that start together bring one schema up', async () => {
    const fresh = server.database()
    const stores = Array.from({ length: 8 }, () => d1Store(fresh))
    await Promise.all(stores.map((store) => store.migrate()))
    expect(await stores[0]?.health()).toEqual({ found: 1, minReader: 1, known: 1 })
    expect(await tablesOf(fresh)).toEqual(tables)
  }, 60_000)

  it('a batch that fails for another reason is an error, not a lost call', async () => {
    const broken: D1 = {
      prepare: (sql) => d1.prepare(sql),
      batch: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')),
    }
    await expect(d1Store(broken).recordProof('acme', { key: 'k', expiresAtMs: 1 })).rejects.toThrow(
      'connection lost',
    )
  })
})
