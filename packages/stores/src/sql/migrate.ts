import { sql } from 'kysely'
import { StoreError } from '../errors.ts'
import type { Driver } from './driver.ts'
import { schemaBuilder, type Migration } from './migrations/define.ts'
import { version1 } from './migrations/version-1.ts'
import { compiler, query, raw, type Bind } from './statement.ts'

/** In order, each one version more than the one before. */
export const migrations: readonly Migration[] = [version1]
export const knownVersion = migrations.length

const schemaTable = query<{ name: string }>((db, p, dialect) =>
  dialect === 'sqlite'
    ? raw(db, sql`select "name" from "sqlite_master" where "name" = ${p.name}`)
    : raw(db, sql`select 1 as "name" where to_regclass(${p.name}) is not null`),
)

const schemaRow = query<object>((db) => db.selectFrom('schema').select(['version', 'min_reader']))

export interface FoundSchema {
  readonly found: number
  readonly minReader: number
  readonly known: number
}

/** The schema found; 0 where there is none yet. */
export async function readSchema(driver: Driver, bind: Bind): Promise<FoundSchema> {
  const [present] = await driver.read([bind(schemaTable, { name: 'schema' })])
  if (!present?.length) return { found: 0, minReader: 0, known: knownVersion }
  const [rows] = await driver.read([bind(schemaRow, {})])
  const row = rows?.[0] as { version: number; min_reader: number } | undefined
  return { found: row?.version ?? 0, minReader: row?.min_reader ?? 0, known: knownVersion }
}

/**
 * Applies what is missing, one atomic script for each version. A script that another server was first with fails on the
 * tables or the version that stand by then, and is taken for done.
 */
export async function migrate(driver: Driver, bind: Bind): Promise<void> {
  const db = compiler(driver.dialect)
  let schema = await readSchema(driver, bind)
  while (schema.found < knownVersion) {
    const next = migrations[schema.found]
    if (next === undefined) return
    const statements = next.statements(schemaBuilder(db, driver.dialect))
    const before = schema.found
    try {
      await driver.script(statements)
      schema = await readSchema(driver, bind)
    } catch (error) {
      schema = await readSchema(driver, bind)
      if (schema.found === before) throw error
    }
  }
  if (schema.minReader > knownVersion) {
    throw new StoreError(
      'schema_too_new',
      `the database needs a release that knows schema ${schema.minReader} or later; this one knows ${knownVersion}`,
    )
  }
}
