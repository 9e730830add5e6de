import type { Store } from '@newel/engine'
import { openPostgres, type PostgresPool } from './postgres/driver.ts'
import type { OnRoundTrip } from './sql/driver.ts'
import { sqlStore } from './sql/store.ts'

export interface PostgresStoreOptions {
  /** A `pg.Pool` or anything with its `query`. It stays the caller's: closing the store leaves it open. */
  readonly pool: PostgresPool
  /** Schema that holds the tables, so that a database can be shared; made by `migrate`. Default `newel`. */
  readonly schema?: string
  /** Told of each call to the database. */
  readonly onRoundTrip?: OnRoundTrip
}

/**
 * A store on Postgres 15 or later. Each call is one statement, so it works through poolers that hand out connections by
 * transaction; those must pass prepared statements on (pgbouncer 1.21 and later does).
 */
export function postgresStore({ pool, schema = 'newel', onRoundTrip }: PostgresStoreOptions): Store {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new TypeError('schema: lower-case letters, digits and "_"')
  return sqlStore(openPostgres({ pool, schema, onRoundTrip }))
}

export type { PostgresPool }
export { StoreError, type StoreErrorCode } from './errors.ts'
