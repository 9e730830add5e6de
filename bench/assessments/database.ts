import type { Store } from '@newel/engine'
import type { StoreName } from '../lib/arguments.ts'
import type { Cleanup } from '../lib/cleanup.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

export type Value = string | number | Uint8Array | null
export type Row = Readonly<Record<string, Value>>

/** Where servers find a database. */
export type Connection =
  | { readonly store: 'sqlite'; readonly path: string; readonly floorPath: string }
  | { readonly store: 'postgres'; readonly url: string }

/** Rows like a pattern, but for some columns. */
export interface Filling {
  readonly table: string
  readonly pattern: Row
  readonly count: number
  /** Columns of the row with this number, the same ones each time. */
  readonly row: (index: number) => Readonly<Record<string, string | number>>
}

/** A database in a folder of its own, gone after the run. */
export interface Database {
  readonly connection: Connection
  /** A store on it; closed with the database at the latest. */
  openStore(): Store
  /** Any one row of a table that fits an SQL condition. */
  pattern(table: string, where: string): Promise<Row>
  /** Inserts past the store, fast. */
  fill(filling: Filling): Promise<void>
  /** The floor's two tables, with their rows. */
  createFloor(fillings: readonly Filling[]): Promise<void>
  /** Statistics up to date, nothing left to write: what a database looks like that was not filled just now. */
  settle(): Promise<void>
  /** Rows in each table of the store. */
  counts(): Promise<ReadonlyMap<string, number>>
}

/** Tables of the floor: an account to read, an entry to write, each with its key and no other index. */
export const floorTables = [
  'create table floor_accounts (id text primary key, jwk text not null)',
  'create table floor_entries (id text primary key, account text not null, action text not null, params text not null, at_ms bigint not null)',
] as const

export const openDatabase = (store: StoreName, folder: string, cleanup: Cleanup): Promise<Database> =>
  store === 'sqlite' ? openSqlite(folder, cleanup) : openPostgres(folder, cleanup)
