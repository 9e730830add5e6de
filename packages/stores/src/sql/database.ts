import type { StoredRow } from '../columns.ts'
import type { RowOf, TableName } from '../tables.ts'

/** The database as Kysely sees it. */
export type Database = { [N in TableName]: StoredRow<RowOf<N>> } & {
  schema: { id: number; version: number; min_reader: number }
  /** Never holds a row: an insert into it is how a guard that found nothing refuses a batch. */
  guards: { held: number | null }
}
