import type { Lost, Won } from '@newel/engine'
import { StoreError } from '../errors.ts'
import type { Value } from '../columns.ts'
import type { Driver, StoredRecord, WriteResult } from './driver.ts'
import { createBind, query, type Bind, type DialectName, type Query, type Statement } from './statement.ts'
import { tables, type RowOf, type TableName } from '../tables.ts'

/** What the store's parts share: one database, and the statements bound for it. */
export interface Sql {
  readonly dialect: DialectName
  readonly bind: Bind
  /** Selects by name in one round trip; one that is `undefined` gives no rows. */
  read<K extends string>(
    selects: Readonly<Record<K, Statement | undefined>>,
  ): Promise<Readonly<Record<K, readonly StoredRecord[]>>>
  /** Statements in one atomic round trip; those that are `undefined` are left out. */
  write(statements: readonly (Statement | undefined)[]): Promise<Won | Lost>
  /** The same where nothing can be lost to another caller; results in order. */
  change(statements: readonly (Statement | undefined)[]): Promise<readonly WriteResult[]>
}

export const won: Won = { lost: false }
export const lost: Lost = { lost: true }

export function createSql(driver: Driver): Sql {
  const bind = createBind(driver.dialect, driver.schema)
  const present = (statements: readonly (Statement | undefined)[]) =>
    statements.filter((statement) => statement !== undefined)
  return {
    dialect: driver.dialect,
    bind,
    read: async <K extends string>(selects: Readonly<Record<K, Statement | undefined>>) => {
      const asked: Statement[] = []
      for (const name in selects) if (selects[name] !== undefined) asked.push(selects[name])
      const results = await driver.read(asked)
      const rows: Partial<Record<K, readonly StoredRecord[]>> = {}
      let next = 0
      for (const name in selects) rows[name] = selects[name] === undefined ? [] : (results[next++] ?? [])
      return rows as Record<K, readonly StoredRecord[]>
    },
    write: async (statements) => ((await driver.write(present(statements))) === undefined ? lost : won),
    change: async (statements) => {
      const results = await driver.write(present(statements))
      if (results === undefined)
        throw new StoreError('contention', 'another change came between twice; repeat the call')
      return results
    },
  }
}

/** An insert of whole rows for each table. */
const inserts = Object.fromEntries(
  Object.entries(tables).map(([name, table]) => [
    name,
    query<Record<string, Value>>((db, p) =>
      db
        .insertInto(name as 'used_proofs')
        .values(Object.fromEntries(table.columns.map((column) => [column.name, p[column.name]])) as never),
    ),
  ]),
) as Record<TableName, Query<Record<string, Value>>>

/** Inserts a row; one that has its key already refuses the batch. */
export const insert = <N extends TableName>(bind: Bind, name: N, row: RowOf<N>): Statement =>
  bind(inserts[name], (tables[name] as { encode(row: RowOf<N>): Record<string, Value> }).encode(row))

/** The first row, decoded. */
export function first<Row>(
  table: { decode(stored: StoredRecord): Row },
  rows: readonly StoredRecord[],
): Row | undefined {
  const row = rows[0]
  return row === undefined ? undefined : table.decode(row)
}

/** A row without the members that the store adds to it. */
export function without<Row extends object, K extends keyof Row>(
  row: Row,
  ...members: readonly K[]
): Omit<Row, K> {
  // A member that is deleted makes every later look at the object slower; one that is never set does not.
  const rest: Partial<Row> = {}
  for (const member in row) if (!(members as readonly string[]).includes(member)) rest[member] = row[member]
  return rest as Omit<Row, K>
}
