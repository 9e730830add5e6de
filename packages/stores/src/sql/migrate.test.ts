import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '../sqlite/driver.ts'
import type { Driver } from './driver.ts'
import { migrate, migrations, readSchema } from './migrate.ts'
import type { Migration } from './migrations/define.ts'
import { createBind } from './statement.ts'

const bind = createBind('sqlite', undefined)
const later: Migration = {
  version: migrations.length + 1,
  minReader: migrations.length,
  statements: ({ table }) => [table('added', { tenant: 'text', more: 'integer?' }, ['tenant'])],
}
const contracting: Migration = {
  version: later.version + 1,
  minReader: later.version + 1,
  statements: () => [],
}

let directory: string
let drivers: Driver[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'newel-migrate-'))
  const path = join(directory, 'newel.db')
  drivers = [openSqlite({ path }), openSqlite({ path })]
})

afterEach(async () => {
  await Promise.all(drivers.map((driver) => driver.close()))
  rmSync(directory, { recursive: true })
})

const tableCount = async (driver: Driver, name: string) => {
  const sql = `select count(*) as count from sqlite_master where name = '${name}'`
  const [rows] = await driver.read([{ sql, values: [], returns: true, guard: false }])
  return rows?.[0]?.['count']
}

describe('bringing the schema up', () => {
  it('starts from nothing', async () => {
    const [driver] = drivers as [Driver]
    expect(await readSchema(driver, bind)).toEqual({ found: 0, minReader: 0, known: migrations.length })
    await migrate(driver, bind)
    expect(await readSchema(driver, bind)).toMatchObject({ found: migrations.length })
  })

  it('goes on from where an earlier release stopped, also where two servers do', async () => {
    const [one, two] = drivers as [Driver, Driver]
    await migrate(one, bind)
    await Promise.all([one, two].map((driver) => migrate(driver, bind, [...migrations, later])))
    expect(await readSchema(two, bind)).toMatchObject({ found: later.version, minReader: later.minReader })
    expect(await tableCount(two, 'added')).toBe(1)
  })

  it('takes a step that another server was first with for done', async () => {
    const [one, two] = drivers as [Driver, Driver]
    await migrate(one, bind)
    const overtaken: Driver = {
      ...two,
      script: async (statements) => {
        await migrate(one, bind, [...migrations, later])
        await two.script(statements)
      },
    }
    await migrate(overtaken, bind, [...migrations, later])
    expect(await readSchema(two, bind)).toMatchObject({ found: later.version })
  })

  it('refuses a step that starts from another version than it is made for, even where nothing else would', async () => {
    const [one, two] = drivers as [Driver, Driver]
    const steps = [...migrations, { ...later, statements: () => [] }]
    await migrate(one, bind)
    let scripts = 0
    const overtaken: Driver = {
      ...two,
      script: async (statements) => {
        await migrate(one, bind, steps)
        scripts++
        await expect(two.script(statements)).rejects.toThrow('guards.held')
        throw new Error('refused')
      },
    }
    await migrate(overtaken, bind, steps)
    expect(scripts).toBe(1)
  })

  it('leaves nothing of a step that fails, and says why', async () => {
    const [driver] = drivers as [Driver]
    await migrate(driver, bind)
    const broken: Migration = {
      ...later,
      statements: (schema) => [...later.statements(schema), 'create table broken ('],
    }
    await expect(migrate(driver, bind, [...migrations, broken])).rejects.toThrow('incomplete input')
    expect(await tableCount(driver, 'added')).toBe(0)
    expect(await readSchema(driver, bind)).toMatchObject({ found: migrations.length })
  })

  it('works on a later schema that lets it, and refuses one that does not', async () => {
    const [driver] = drivers as [Driver]
    await migrate(driver, bind, [...migrations, later])
    await migrate(driver, bind)
    expect(await readSchema(driver, bind)).toMatchObject({ found: later.version, known: migrations.length })
    await migrate(driver, bind, [...migrations, later, contracting])
    await expect(migrate(driver, bind)).rejects.toMatchObject({ code: 'schema_too_new' })
  })
})
