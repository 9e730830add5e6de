import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers'
import { StoreError } from '../errors.ts'
import type { Driver, OnRoundTrip, StoredRecord, WriteResult } from '../sql/driver.ts'
import type { Statement } from '../sql/statement.ts'

/** "NEWL": what makes a file ours (https://sqlite.org/pragma.html#pragma_application_id). */
const applicationId = 0x4e45574c

/** How long a call waits while another process writes. */
const busyMs = 5000

/** Statements kept ready; more than there are queries and their usual lengths. */
const keptStatements = 512

export function openSqlite({
  path,
  onRoundTrip,
}: {
  path: string
  onRoundTrip?: OnRoundTrip | undefined
}): Driver {
  const db = open(path)
  const prepared = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    let statement = prepared.get(sql)
    if (statement === undefined) {
      if (prepared.size >= keptStatements) prepared.clear()
      statement = db.prepare(sql)
      prepared.set(sql, statement)
    }
    return statement
  }

  const rollBack = () => {
    try {
      db.exec('rollback')
    } catch {
      // Some errors have ended the transaction already (https://sqlite.org/lang_transaction.html#response_to_errors).
    }
  }

  /** One synchronous pass: nothing else of this process comes between. */
  const transaction = <T>(begin: string, work: () => T): T => {
    prepare(begin).run()
    try {
      const result = work()
      prepare('commit').run()
      return result
    } catch (error) {
      rollBack()
      throw error
    }
  }

  const run = ({ sql, values, returns, guard }: Statement): WriteResult => {
    const statement = prepare(sql)
    const result = returns
      ? resultOf(statement.all(...(values as SQLInputValue[])))
      : { touched: Number(statement.run(...(values as SQLInputValue[])).changes), rows: [] }
    if (guard && result.touched === 0) throw refused
    return result
  }

  const runAll = (statements: readonly Statement[]) => statements.map(run)

  const writeOne = ({ statements, resolve, reject }: WaitingWrite): void => {
    try {
      resolve(transaction('begin immediate', () => runAll(statements)))
    } catch (error) {
      if (isRefusal(error)) resolve(undefined)
      else reject(error)
    }
  }

  const writeGroup = (group: readonly WaitingWrite[]): void => {
    if (group.length > 1) {
      try {
        const results = transaction('begin immediate', () =>
          group.map(({ statements }) => runAll(statements)),
        )
        for (const [index, { resolve }] of group.entries()) resolve(results[index])
        return
      } catch (error) {
        if (isOfTheFile(error)) {
          for (const { reject } of group) reject(error)
          return
        }
      }
    }
    for (const each of group) writeOne(each)
  }

  const readRows = ({ sql, values }: Statement): StoredRecord[] =>
    prepare(sql).all(...(values as SQLInputValue[]))

  const readGroup = (group: readonly WaitingRead[]): void => {
    try {
      const rows = transaction('begin', () => group.map(({ selects }) => selects.map(readRows)))
      for (const [index, { resolve }] of group.entries()) resolve(rows[index] ?? [])
    } catch (error) {
      if (group.length > 1 && !isOfTheFile(error)) for (const each of group) readGroup([each])
      else for (const { reject } of group) reject(error)
    }
  }

  let writes: WaitingWrite[] = []
  let reads: WaitingRead[] = []

  /**
   * Does what came within one turn of the event loop together. A commit costs as many writes as pages have changed, and what
   * comes together changes the same ones; where one is refused, nothing of it stays, and each is tried by itself. To read
   * costs two locks on the file, whatever is read; where one cannot be read, the others are.
   */
  const work = (): void => {
    const [writing, reading] = [writes, reads]
    writes = []
    reads = []
    if (writing.length > 0) writeGroup(writing)
    if (reading.length > 0) readGroup(reading)
  }

  const soon = (): void => {
    if (writes.length + reads.length === 1) setImmediate(work)
  }

  return {
    dialect: 'sqlite',
    read: (selects) => {
      onRoundTrip?.({ kind: 'read', statements: selects.length })
      return new Promise((resolve, reject) => {
        reads.push({ selects, resolve, reject })
        soon()
      })
    },
    write: (statements) => {
      onRoundTrip?.({ kind: 'write', statements: statements.length })
      return new Promise((resolve, reject) => {
        writes.push({ statements, resolve, reject })
        soon()
      })
    },
    script: async (statements) => {
      onRoundTrip?.({ kind: 'write', statements: statements.length })
      transaction('begin immediate', () => {
        for (const statement of statements) db.exec(statement)
      })
    },
    close: async () => {
      work()
      db.close()
    },
  }
}

/** Selects on their way to the database, and whoever waits for them. */
interface WaitingRead {
  readonly selects: readonly Statement[]
  readonly resolve: (rows: readonly StoredRecord[][]) => void
  readonly reject: (error: unknown) => void
}

/** A batch likewise. */
interface WaitingWrite {
  readonly statements: readonly Statement[]
  readonly resolve: (results: readonly WriteResult[] | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Leaves a transaction whose guard found nothing. */
const refused = new Error('refused')

const resultOf = (rows: readonly StoredRecord[]): WriteResult => ({ touched: rows.length, rows })

const errorCode = (error: unknown): number | undefined =>
  error instanceof Error ? (error as Error & { errcode?: number }).errcode : undefined

/** Busy, locked, out of memory, read-only, input and output, corrupt, full, cannot open, not a database. */
const codesOfTheFile: readonly number[] = [5, 6, 7, 8, 10, 11, 13, 14, 26]

/**
 * The file or the process is the trouble, so that every batch would fail alike; anything else is one batch's own, and its
 * neighbours must not fail with it (https://sqlite.org/rescode.html).
 */
const isOfTheFile = (error: unknown): boolean => codesOfTheFile.includes((errorCode(error) ?? 0) & 0xff)

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE (https://sqlite.org/rescode.html), or a row for the guards. */
const isRefusal = (error: unknown): boolean =>
  error === refused ||
  errorCode(error) === 1555 ||
  errorCode(error) === 2067 ||
  (error instanceof Error &&
    (error.message.startsWith('UNIQUE constraint failed') ||
      error.message === 'NOT NULL constraint failed: guards.held'))

function open(path: string): DatabaseSync {
  // SQLite would make the file, and the log beside it, with whatever the umask allows; they hold people's data.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path)
  try {
    db.exec(`pragma busy_timeout = ${busyMs}`)
    claim(db)
    db.exec('pragma journal_mode = wal')
    // A commit may be lost with the machine's power, never with the process; the file stays whole in both cases.
    db.exec('pragma synchronous = normal')
    db.exec('pragma cache_size = -65536')
    // The caller who fills the log waits until it is copied into the file and synced: with 32 MiB seldom, and most pages once.
    db.exec('pragma wal_autocheckpoint = 8192')
    // A file that somebody else has written to must not run functions through its schema (https://sqlite.org/security.html).
    db.exec('pragma trusted_schema = off')
    db.exec('pragma cell_size_check = on')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Marks an empty file as ours; refuses one that is somebody else's. */
function claim(db: DatabaseSync): void {
  const { application_id: found } = db.prepare('pragma application_id').get() as { application_id: number }
  if (found === applicationId) return
  const tables = db.prepare('select count(*) as count from sqlite_schema').get() as { count: number }
  if (found !== 0 || tables.count > 0) {
    throw new StoreError(
      'foreign_database',
      'the file is a database of something else; give a path of its own',
    )
  }
  db.exec(`pragma application_id = ${applicationId}`)
}
