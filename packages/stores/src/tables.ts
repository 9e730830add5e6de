import type { Table } from './columns.ts'
import { callTables } from './tables/calls.ts'
import { personTables } from './tables/people.ts'
import { tenantTables } from './tables/tenants.ts'
import { workTables } from './tables/work.ts'

/**
 * Every table, one row type each. A member that is missing, or of another kind than in the store interface, does not
 * compile; `migrations.ts` says how the columns came to be.
 */
export const tables = {
  ...tenantTables,
  ...callTables,
  ...personTables,
  ...workTables,
} satisfies Record<string, Pick<Table<never>, 'columns'>>

type Tables = typeof tables
export type TableName = keyof Tables
export type RowOf<N extends TableName> = Tables[N] extends Table<infer Row> ? Row : never

/** Tables whose rows name a subject. */
export type SubjectTable = { [N in TableName]: 'subject' extends keyof RowOf<N> ? N : never }[TableName]
