import { sql } from 'kysely'
import { StoreError } from '../errors.ts'
import type { Driver } from './driver.ts'
import { schemaBuilder, type Migration } from './migrations/define.ts'
import { version1 } from './migrations/version-1.ts'
import { compiler, query, raw, type Bind } from './statement.ts'

/** In order, each one version more than the one before. */
export const migrations: readonly Migration[] = [version1]

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

/** The schema found, 0 where there is none yet, and the one that `known` leads to. */
export async function readSchema(
  driver: Driver,
  bind: Bind,
  known = migrations.length,
): Promise<FoundSchema> {
  const name = driver.schema === undefined ? 'schema' : `${driver.schema}.schema`
  const [present] = await driver.read([bind(schemaTable, { name })])
  if (!present?.length) return { found: 0, minReader: 0, known }
  const [rows] = await driver.read([bind(schemaRow, {})])
  const row = rows?.[0] as { version: number; min_reader: number } | undefined
  return { found: row?.version ?? 0, minReader: row?.min_reader ?? 0, known }
}

/** One step with its version: a script that starts from another version than it is made for fails as a whole. */
function scriptOf(driver: Driver, { version, minReader, statements }: Migration): readonly string[] {
  const db = compiler(driver.dialect, driver.schema)
  const steps = statements(schemaBuilder(db, driver.dialect))
  const row = { version: sql.lit(version), min_reader: sql.lit(minReader) }
  if (version === 1) {
    const create =
      driver.schema === undefined ? [] : [db.schema.createSchema(driver.schema).ifNotExists().compile()]
    const first = db.insertInto('schema').values({ id: sql.lit(1), ...row })
    return [...create.map((query) => query.sql), ...steps, first.compile().sql]
  }
  const before = db
    .selectFrom('schema')
    .select('id')
    .where('version', '=', sql.lit(version - 1))
  const guard = db
    .insertInto('guards')
    .columns(['held'])
    .expression(db.selectNoFrom(sql<null>`null`.as('held')).where((eb) => eb.not(eb.exists(before))))
  return [guard.compile().sql, ...steps, db.updateTable('schema').set(row).compile().sql]
}

/**
 * Applies what is missing, one atomic script for each version. A script that another server was first with fails on what
 * stands by then, and is taken for done.
 * @throws StoreError `schema_too_new` where the database was left to later releases
 */
export async function migrate(
  driver: Driver,
  bind: Bind,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  let schema = await readSchema(driver, bind, steps.length)
  for (let step = steps[schema.found]; step !== undefined; step = steps[schema.found]) {
    const before = schema.found
    try {
      await driver.script(scriptOf(driver, step))
      schema = await readSchema(driver, bind, steps.length)
    } catch (error) {
      schema = await readSchema(driver, bind, steps.length)
      if (schema.found === before) throw error
    }
  }
  if (schema.minReader > schema.known) {
    throw new StoreError(
      'schema_too_new',
      `the database needs a release that knows schema ${schema.minReader} or later; this one knows ${schema.known}`,
    )
  }
}
