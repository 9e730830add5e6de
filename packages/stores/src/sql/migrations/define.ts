import { sql, type CreateTableBuilder, type Kysely } from 'kysely'
import type { Database } from '../database.ts'
import type { DialectName } from '../statement.ts'

export type ColumnType = 'text' | 'integer' | 'real' | 'blob'

/** One step of the schema. Once released it is never edited: what comes later is another step. */
export interface Migration {
  readonly version: number
  /** Oldest release, by its own highest version, that may go on working on the result. */
  readonly minReader: number
  readonly statements: (schema: SchemaBuilder) => readonly string[]
}

export interface SchemaBuilder {
  /**
   * A column whose type ends in `?` may be NULL. `compact`: rows are kept in the key's own tree on SQLite. Only for short rows
   * that are found by the whole key: where a further index would serve better, SQLite takes the key's first column instead.
   */
  readonly table: (
    name: string,
    columns: Readonly<Record<string, ColumnType | `${ColumnType}?`>>,
    key: readonly string[],
    compact?: 'compact',
  ) => string
  readonly index: (
    table: string,
    columns: readonly string[],
    options?: { unique?: boolean; where?: string },
  ) => string
}

/** Postgres compares text by bytes, as SQLite does, so that ids sort alike. */
const types = {
  sqlite: { text: sql`text`, integer: sql`integer`, real: sql`real`, blob: sql`blob` },
  postgres: {
    text: sql`text collate "C"`,
    integer: sql`bigint`,
    real: sql`double precision`,
    blob: sql`bytea`,
  },
} as const

export const schemaBuilder = (db: Kysely<Database>, dialect: DialectName): SchemaBuilder => ({
  table(name, columns, key, compact) {
    let builder: CreateTableBuilder<string> = db.schema.createTable(name)
    for (const [column, type] of Object.entries(columns)) {
      const kind = type.replace('?', '') as ColumnType
      builder = builder.addColumn(column, types[dialect][kind], (definition) =>
        type.endsWith('?') ? definition : definition.notNull(),
      )
    }
    if (key.length > 0) builder = builder.addPrimaryKeyConstraint(`${name}_pkey`, key as never[])
    if (dialect === 'sqlite') builder = builder.modifyEnd(compact ? sql`strict, without rowid` : sql`strict`)
    return builder.compile().sql
  },
  index(table, columns, options = {}) {
    let builder = db.schema.createIndex(
      `${table}_by_${columns.slice(-2).join('_')}${options.where ? '_some' : ''}`,
    )
    if (options.unique) builder = builder.unique()
    const on = builder.on(table).columns([...columns])
    return (options.where ? on.where(sql.raw<boolean>(options.where)) : on).compile().sql
  },
})
