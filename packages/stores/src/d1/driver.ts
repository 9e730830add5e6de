import type { Driver, OnRoundTrip, StoredRecord, WriteResult } from '../sql/driver.ts'
import type { Statement } from '../sql/statement.ts'

/** What this driver calls of a D1 binding (https://developers.cloudflare.com/d1/worker-api/d1-database/). */
export interface D1 {
  prepare(sql: string): D1Statement
  batch(statements: D1Statement[]): Promise<{ results: unknown[]; meta: { changes?: number } }[]>
}
export interface D1Statement {
  bind(...values: unknown[]): D1Statement
}

/** Runs where the statement ahead of it touched no row: the violated constraint takes the whole batch back. */
const guardSql = 'insert into "guards" ("held") select null where changes() = 0'

export function openD1(d1: D1, onRoundTrip: OnRoundTrip | undefined): Driver {
  const prepare = ({ sql, values }: Statement) => d1.prepare(sql).bind(...values)
  return {
    dialect: 'sqlite',
    read: async (selects) => {
      onRoundTrip?.({ kind: 'read', statements: selects.length })
      const results = await d1.batch(selects.map(prepare))
      return results.map((result) => result.results as StoredRecord[])
    },
    write: async (statements) => {
      onRoundTrip?.({ kind: 'write', statements: statements.length })
      const batch: D1Statement[] = []
      const places = statements.map((statement) => {
        const place = batch.push(prepare(statement)) - 1
        if (statement.guard) batch.push(d1.prepare(guardSql))
        return place
      })
      try {
        const results = await d1.batch(batch)
        return statements.map(({ returns }, index): WriteResult => {
          const { results: rows, meta } = results[places[index]!]!
          return returns
            ? { touched: rows.length, rows: rows as StoredRecord[] }
            : { touched: meta.changes ?? 0, rows: [] }
        })
      } catch (error) {
        if (isRefusal(error)) return undefined
        throw error
      }
    },
    script: async (statements) => {
      onRoundTrip?.({ kind: 'write', statements: statements.length })
      await d1.batch(statements.map((sql) => d1.prepare(sql)))
    },
    close: async () => {},
  }
}

/** D1 gives SQLite's text and no code. */
function isRefusal(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  return (
    message.includes('UNIQUE constraint failed') ||
    message.includes('NOT NULL constraint failed: guards.held')
  )
}
