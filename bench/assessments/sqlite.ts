import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteStore } from '@newel/stores/sqlite'
import type { Cleanup } from '../lib/cleanup.ts'
import { floorTables, type Database, type Filling, type Row } from './database.ts'

export async function openSqlite(folder: string, cleanup: Cleanup): Promise<Database> {
  const connection = {
    store: 'sqlite',
    path: join(folder, 'newel.db'),
    floorPath: join(folder, 'floor.db'),
  } as const
  let side: DatabaseSync | undefined
  /** Beside the store, opened once the store has made the file. */
  const direct = (): DatabaseSync => {
    if (side === undefined) {
      side = new DatabaseSync(connection.path)
      side.exec('pragma cache_size = -1000000')
    }
    return side
  }
  cleanup.add(() => side?.close())
  return {
    connection,
    openStore: () => sqliteStore({ path: connection.path }),
    pattern: async (table, where) => {
      const row = direct().prepare(`select * from ${table} where ${where} limit 1`).get()
      if (row === undefined) throw new Error(`there is no row in ${table} to take as a pattern`)
      return row as Row
    },
    fill: async (filling) => fill(direct(), filling),
    createFloor: async (fillings) => {
      const floor = new DatabaseSync(connection.floorPath)
      floor.exec('pragma journal_mode = wal')
      for (const statement of floorTables) floor.exec(statement)
      for (const filling of fillings) fill(floor, filling)
      floor.exec('analyze; pragma wal_checkpoint(truncate)')
      floor.close()
    },
    settle: async () => {
      direct().exec('pragma wal_checkpoint(truncate)')
    },
    counts: async () => {
      const db = direct()
      const tables = db.prepare("select name from sqlite_schema where type = 'table'").all() as {
        name: string
      }[]
      return new Map(
        tables.map(({ name }) => {
          const { count } = db.prepare(`select count(*) as count from ${name}`).get() as { count: number }
          return [name, count]
        }),
      )
    },
  }
}

function fill(db: DatabaseSync, { table, pattern, count, row }: Filling): void {
  const columns = Object.keys(pattern)
  const statement = db.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map((name) => `$${name}`).join(', ')})`,
  )
  db.exec('begin immediate')
  for (let index = 0; index < count; index++) statement.run({ ...pattern, ...row(index) })
  db.exec('commit')
}
