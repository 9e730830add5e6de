import type { Driver, OnRoundTrip, StoredRecord, WriteResult } from '../sql/driver.ts'
import type { Statement } from '../sql/statement.ts'
import { batchOf, queryOf } from './compose.ts'
import { composer, type Composed } from './composed.ts'

/** What this driver calls of a `pg.Pool`. */
export interface PostgresPool {
  query(config: {
    readonly text: string
    readonly values?: unknown[]
    readonly name?: string
  }): Promise<unknown>
}

/** Texts of reads, and as many of changes, that are prepared by name on each connection. */
const keptTexts = 128

/** Taken by whoever changes the schema, until its transaction ends: "NEWL". */
const migrationLock = 0x4e45574c

export interface PostgresOptions {
  readonly pool: PostgresPool
  readonly schema: string
  readonly onRoundTrip?: OnRoundTrip | undefined
}

export function openPostgres({ pool, schema, onRoundTrip }: PostgresOptions): Driver {
  // Names of prepared statements are shared by all who use a connection.
  const prefix = `newel_${crypto.randomUUID().slice(0, 8)}`
  const composeRead = composer(keptTexts, `${prefix}_r`, queryOf)
  const composeWrite = composer(keptTexts, `${prefix}_w`, (statements) => batchOf(statements, schema))

  /** What each statement gave, in their order. */
  const run = async (
    { text, name }: Composed,
    statements: readonly Statement[],
  ): Promise<readonly unknown[]> => {
    const values = statements.flatMap((statement) => statement.values)
    const result = await pool.query({ text, values, ...(name === undefined ? {} : { name }) })
    return (result as { rows: readonly { results: readonly unknown[] }[] }).rows[0]?.results ?? []
  }

  const write = async (statements: readonly Statement[]) => {
    onRoundTrip?.({ kind: 'write', statements: statements.length })
    const results = await run(composeWrite(statements), statements)
    return statements.map(({ returns }, index): WriteResult => {
      const value = results[index]
      if (!returns) return { touched: Number(value), rows: [] }
      const rows = value as readonly StoredRecord[]
      return { touched: rows.length, rows }
    })
  }

  return {
    dialect: 'postgres',
    schema,
    read: async (selects) => {
      onRoundTrip?.({ kind: 'read', statements: selects.length })
      return (await run(composeRead(selects), selects)) as readonly (readonly StoredRecord[])[]
    },
    write: async (statements) => {
      for (let tries = 1; ; tries++) {
        try {
          return await write(statements)
        } catch (error) {
          if (isRefusal(error)) return undefined
          if (!isCollision(error)) throw error
          // Nothing of it was kept; one more try settles what two calls that met have started.
          if (tries === 2) return undefined
        }
      }
    },
    script: async (statements) => {
      onRoundTrip?.({ kind: 'write', statements: statements.length })
      // Several statements in one message without values are one transaction.
      await pool.query({
        text: [`select pg_advisory_xact_lock(${migrationLock})`, ...statements].join(';\n'),
      })
    },
    close: async () => {},
  }
}

const codeOf = (error: unknown) => (error as { code?: unknown } | undefined)?.code

/** unique_violation, and not_null_violation by a guard (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const isRefusal = (error: unknown): boolean =>
  codeOf(error) === '23505' ||
  (codeOf(error) === '23502' && (error as { table?: unknown }).table === 'guards')

/** deadlock_detected and serialization_failure. */
const isCollision = (error: unknown): boolean => codeOf(error) === '40P01' || codeOf(error) === '40001'
