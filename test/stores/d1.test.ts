import { d1Store, type D1 } from '@newel/stores/d1'
import { storeContract } from '@newel/testkit/store-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startD1, type D1Server } from './d1-server.ts'

let server: D1Server

beforeAll(async () => {
  // One for each test; more than there are tests.
  server = await startD1(250)
  // The first batch waits for workerd to start.
  await dump(server.database())
}, 60_000)

afterAll(() => server.stop())

/** All rows of all tables, as text. */
async function dump(d1: D1): Promise<string> {
  const [tables] = await d1.batch([
    d1.prepare("select name from sqlite_master where type = 'table' and name not glob '_cf*' order by name"),
  ])
  const names = (tables?.results ?? []) as readonly { name: string }[]
  const rows = await d1.batch(names.map(({ name }) => d1.prepare(`select * from "${name}"`)))
  return JSON.stringify(rows.map(({ results }, index) => [names[index]?.name, results]))
}

describe('the store on D1, in workerd', () => {
  storeContract(
    async () => {
      const d1 = server.database()
      let trips = 0
      const onRoundTrip = () => {
        trips++
      }
      const store = d1Store(d1, { onRoundTrip })
      await store.migrate()
      return {
        store,
        second: d1Store(d1, { onRoundTrip }),
        roundTrips: () => trips,
        dump: () => dump(d1),
        close: () => store.close(),
      }
    },
    { describe, it, expect },
  )
})
