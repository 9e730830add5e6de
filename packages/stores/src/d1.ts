import type { Store } from '@newel/engine'
import { openD1, type D1 } from './d1/driver.ts'
import type { OnRoundTrip } from './sql/driver.ts'
import { sqlStore } from './sql/store.ts'

export interface D1StoreOptions {
  /** Told of each call to the database. */
  readonly onRoundTrip?: OnRoundTrip
}

/** A store on Cloudflare D1: `d1` is the binding, such as `env.DB`. */
export const d1Store = (d1: D1, options: D1StoreOptions = {}): Store =>
  sqlStore(openD1(d1, options.onRoundTrip))

export type { D1, D1Statement } from './d1/driver.ts'
export { StoreError, type StoreErrorCode } from './errors.ts'
