import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteStore } from '@newel/stores/sqlite'
import { storeContract } from '@newel/testkit/store-contract'
import { describe, expect, it } from 'vitest'

/** All rows of all tables, as text. */
function dump(path: string): string {
  const db = new DatabaseSync(path, { readOnly: true })
  const tables = db.prepare("select name from sqlite_schema where type = 'table' order by name").all()
  const rows = tables.map(({ name }) => [name, db.prepare(`select * from "${String(name)}"`).all()])
  db.close()
  return JSON.stringify(rows)
}

describe('the store on SQLite', () => {
  storeContract(
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'newel-sqlite-'))
      const path = join(directory, 'newel.db')
      let trips = 0
      const onRoundTrip = () => {
        trips++
      }
      const store = sqliteStore({ path, onRoundTrip })
      const second = sqliteStore({ path, onRoundTrip })
      await store.migrate()
      return {
        store,
        second,
        roundTrips: () => trips,
        dump: async () => dump(path),
        close: async () => {
          await store.close()
          await second.close()
          await rm(directory, { recursive: true })
        },
      }
    },
    { describe, it, expect },
  )
})
