import type { Store } from '@newel/engine'
import { postgresStore } from '@newel/stores/postgres'
import { sqliteStore } from '@newel/stores/sqlite'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import pg from 'pg'
import { Failure, messageOf } from './failure.ts'

export interface Database {
  readonly store: Store
  /** For messages: without user and password. */
  readonly name: string
  /** The database server's time, where it has a clock of its own. */
  readonly clock?: () => Promise<number>
  close(): Promise<void>
}

/** The SQLite file that a `database` value names, or nothing for another kind of database. */
export function databaseFile(url: string): string | undefined {
  const file = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1]
  return file === undefined || file === ':memory:' ? file : resolve(file)
}

/** Opens the store that a `database` value names, and makes the file of a new SQLite one. Nothing is asked of it yet. */
export function openDatabase(url: string): Database {
  const path = databaseFile(url)
  if (path !== undefined) {
    try {
      if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
      const store = sqliteStore({ path })
      return { store, name: path, close: () => store.close() }
    } catch (error) {
      throw new Failure(`The SQLite file ${path} cannot be opened: ${messageOf(error)}`, [], error)
    }
  }
  const { host, pathname } = new URL(url)
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 5000 })
  // A connection that breaks while idle is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => undefined)
  const store = postgresStore({ pool })
  return {
    store,
    name: `${host}${pathname}`,
    clock: async () => {
      const { rows } = await pool.query<{ ms: string }>(
        'select floor(extract(epoch from clock_timestamp()) * 1000)::text as ms',
      )
      return Number(rows[0]?.ms)
    },
    close: async () => {
      await store.close()
      await pool.end()
    },
  }
}

/** @throws Failure where the database does not answer, or its schema is newer than this build can read */
export async function checkDatabase({ store, name }: Database): Promise<{ found: number; known: number }> {
  let health: Awaited<ReturnType<Store['health']>>
  try {
    health = await store.health()
  } catch (error) {
    throw new Failure(
      `The database ${name} does not answer: ${messageOf(error)}`,
      ['Check NEWEL_DATABASE (or "database"), that the server runs, and that this machine may reach it.'],
      error,
    )
  }
  if (health.minReader > health.known) {
    throw new Failure(
      `The database ${name} was brought up by a newer Newel (schema ${health.found}, this one knows ${health.known}).`,
      ['Update this server.'],
    )
  }
  return { found: health.found, known: health.known }
}

/**
 * Opens what a server has stored, for commands that only use it: none of them makes a file or a schema.
 * @throws Failure as `checkDatabase` does, where there is no such file, and where there is no schema yet
 */
export async function openStored(url: string): Promise<Database> {
  const todo = 'Check NEWEL_DATABASE, "database" or --database; `newel migrate` makes the schema.'
  const file = databaseFile(url)
  if (file !== undefined && file !== ':memory:' && !existsSync(file))
    throw new Failure(`There is no database file ${file}.`, [todo])
  const database = openDatabase(url)
  try {
    const { found } = await checkDatabase(database)
    if (found > 0) return database
    throw new Failure(`The database ${database.name} holds nothing of Newel yet.`, [todo])
  } catch (error) {
    await database.close()
    throw error
  }
}
