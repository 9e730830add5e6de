import type { Store } from '@newel/engine'
import type { OnRoundTrip } from './sql/driver.ts'
import { sqlStore } from './sql/store.ts'
import { openSqlite } from './sqlite/driver.ts'

export interface SqliteStoreOptions {
  /** File of the database, made with mode 0600 where there is none; `:memory:` for one that ends with the store. */
  readonly path: string
  /** Told of each call to the database. */
  readonly onRoundTrip?: OnRoundTrip
}

/**
 * A store in one SQLite file, through the runtime's own `node:sqlite` (Node 22.13 and later, Deno, Bun). Several processes
 * on one machine may share the file.
 * @throws StoreError `foreign_database` where the file is a database of something else
 */
export const sqliteStore = (options: SqliteStoreOptions): Store => sqlStore(openSqlite(options))

export { StoreError, type StoreErrorCode } from './errors.ts'
