import type { DialectName, Statement } from './statement.ts'

export type StoredRecord = Readonly<Record<string, unknown>>

/** Told of each awaited call to the database, for those who count them. */
export type OnRoundTrip = (trip: { readonly kind: 'read' | 'write'; readonly statements: number }) => void

/** One database. Each call is one round trip and atomic. */
export interface Driver {
  readonly dialect: DialectName
  /** Where the tables are, on a database that has such namespaces. */
  readonly schema?: string
  /** Runs selects on one state of the database; rows of each, in order. */
  read(selects: readonly Statement[]): Promise<readonly (readonly StoredRecord[])[]>
  /**
   * Runs all statements or none. `undefined`: none, because a unique key was taken or a guard found nothing. Otherwise
   * how many rows each touched, and those it returned.
   */
  write(statements: readonly Statement[]): Promise<readonly WriteResult[] | undefined>
  /** Runs schema changes, all or none. Its statements have no values. */
  script(statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface WriteResult {
  readonly touched: number
  readonly rows: readonly StoredRecord[]
}
