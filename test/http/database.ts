import type { Store } from '@newel/engine'
import { postgresStore } from '@newel/stores/postgres'
import { sqliteStore } from '@newel/stores/sqlite'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { startPostgres } from '../stores/postgres-server.ts'

/** A database of its own for one test file. */
/** What is written after an answer, and so maybe while the next call is made: evidence counters (design, section 6). */
export const late: readonly string[] = ['counters']

export interface Database {
  /** Kind, and file or URL: how another process is told of it. */
  readonly place: readonly [kind: string, where: string]
  open(): Store
  /** Digest of everything that is stored, but for some tables: two alike mean that nothing was written between. */
  digest(except?: readonly string[]): Promise<string>
  close(): Promise<void>
}

export async function sqliteDatabase(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'newel-http-'))
  const path = join(folder, 'newel.db')
  return {
    place: ['sqlite', path],
    open: () => sqliteStore({ path }),
    async digest(except = []) {
      const db = new DatabaseSync(path, { readOnly: true })
      try {
        const tables = db.prepare("select name from sqlite_schema where type = 'table'").all()
        return digestOf(
          new Map(
            tables
              .filter(({ name }) => !except.includes(String(name)))
              .map(({ name }) => [String(name), db.prepare(`select * from "${String(name)}"`).all()]),
          ),
        )
      } finally {
        db.close()
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function postgresDatabase(): Promise<Database> {
  const server = await startPostgres()
  const { url } = server
  const pool = new pg.Pool({ connectionString: url })
  // The pool says that it has ended before its connections have, and the server then ends them in its own way: idle ones are
  // told to the pool, others to themselves.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    place: ['postgres', url],
    open: () => postgresStore({ pool }),
    async digest(except = []) {
      const { rows: tables } = await pool.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'newel'",
      )
      const contents = new Map<string, unknown[]>()
      for (const { name } of tables.filter(({ name }) => !except.includes(name)))
        contents.set(name, (await pool.query(`select * from newel."${name}"`)).rows)
      return digestOf(contents)
    },
    async close() {
      await pool.end()
      await server.stop()
    },
  }
}

function digestOf(tables: ReadonlyMap<string, readonly unknown[]>): string {
  const lines = [...tables].flatMap(([table, rows]) =>
    rows.map((row) => `${table} ${JSON.stringify(row, asText)}`),
  )
  return createHash('sha256').update(lines.sort().join('\n')).digest('base64url')
}

const asText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value).toString('base64')
    : typeof value === 'bigint'
      ? String(value)
      : value

/** Every kind of database that a server of several processes or one may stand on. */
export const databases: readonly (readonly [string, () => Promise<Database>])[] = [
  ['SQLite', sqliteDatabase],
  ['Postgres', postgresDatabase],
]
