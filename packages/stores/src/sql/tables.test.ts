import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { personalTables } from '../personal.ts'
import { sqliteStore } from '../sqlite.ts'
import { tables } from '../tables.ts'

let directory: string
let db: DatabaseSync

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'newel-tables-'))
  const path = join(directory, 'newel.db')
  const store = sqliteStore({ path })
  await store.migrate()
  await store.close()
  db = new DatabaseSync(path)
})

afterAll(() => {
  db.close()
  rmSync(directory, { recursive: true })
})

const columnsOf = (name: string) =>
  db
    .prepare('select name, type, "notnull" as required from pragma_table_info(?) order by name')
    .all(name) as unknown as { name: string; type: string; required: number }[]

const tableNames = () =>
  db.prepare("select name from sqlite_schema where type = 'table' order by name").all() as unknown as {
    name: string
  }[]

describe('the tables that the code names', () => {
  it('are those of the schema', () => {
    const named = [...Object.keys(tables), 'guards', 'schema'].sort()
    expect(tableNames().map(({ name }) => name)).toEqual(named)
  })

  it.each(Object.entries(tables))('%s has its columns, of their types', (name, { columns }) => {
    const types = columns.map(({ name: column, column: { type } }) => [column, type.toUpperCase()])
    expect(columnsOf(name).map((column) => [column.name, column.type])).toEqual(types.sort())
  })

  it.each(Object.entries(tables))('%s refuses NULL where a row must have a value', (name, { columns }) => {
    const optional = columns
      .filter(({ column }) => column.encode(undefined) === null)
      .map((column) => column.name)
    const nullable = columnsOf(name).filter(({ required }) => required === 0)
    expect(nullable.map((column) => column.name)).toEqual(optional.sort())
  })

  it('belong to a tenant each', () => {
    const without = Object.keys(tables).filter(
      (name) => !columnsOf(name).some((column) => column.name === 'tenant'),
    )
    expect(without).toEqual([])
  })

  it('are exported and erased where they name a subject', () => {
    const naming = Object.keys(tables).filter((name) =>
      columnsOf(name).some((column) => column.name === 'subject'),
    )
    expect([...personalTables].sort()).toEqual(naming.sort())
  })
})
