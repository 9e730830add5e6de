import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteStore } from './sqlite.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'newel-sqlite-'))
  path = join(directory, 'newel.db')
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

const tenant = { tenant: 'acme', config: '{}', policyVersion: 'p', policy: '{}', nowMs: 0 }
const proof = { key: 'dpop:1', expiresAtMs: 1 }

describe('the file of the SQLite store', () => {
  it('is readable by its owner only, and so is the log beside it', async () => {
    const store = sqliteStore({ path })
    await store.migrate()
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    await store.close()
  })

  it('keeps what was written after it was closed', async () => {
    const first = sqliteStore({ path })
    await first.migrate()
    await first.declareTenant(tenant)
    await first.close()
    const second = sqliteStore({ path })
    expect(await second.listTenants()).toEqual(['acme'])
    await second.close()
  })

  it('is refused where another application has tables in it, and left as it was', () => {
    const other = new DatabaseSync(path)
    other.exec('create table customers (id integer)')
    other.close()
    const before = readFileSync(path)
    expect(() => sqliteStore({ path })).toThrow(expect.objectContaining({ code: 'foreign_database' }))
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('is refused where another application has marked it', () => {
    const other = new DatabaseSync(path)
    other.exec('pragma application_id = 7')
    other.close()
    expect(() => sqliteStore({ path })).toThrow(expect.objectContaining({ code: 'foreign_database' }))
  })

  it('is refused where it is no database', () => {
    writeFileSync(path, 'These are notes, not a database. '.repeat(100))
    expect(() => sqliteStore({ path })).toThrow('file is not a database')
  })

  it('is an error where its folder does not exist', () => {
    expect(() => sqliteStore({ path: join(directory, 'nowhere', 'newel.db') })).toThrow('ENOENT')
  })
})

describe('the SQLite store', () => {
  it('works without a file, for as long as it lives', async () => {
    const store = sqliteStore({ path: ':memory:' })
    await store.migrate()
    await store.declareTenant(tenant)
    expect(await store.readTenantRevision('acme')).toBe(1)
    await store.close()
  })

  it('says what is wrong where the schema was never brought up', async () => {
    const store = sqliteStore({ path })
    expect(await store.health()).toEqual({ found: 0, minReader: 0, known: 1 })
    await expect(store.recordProof('acme', proof)).rejects.toThrow('no such table')
    await store.close()
  })

  it('throws what is no race: a closed database is not a lost call', async () => {
    const store = sqliteStore({ path })
    await store.migrate()
    await store.close()
    await expect(store.recordProof('acme', proof)).rejects.toThrow('finalized')
  })

  it('goes on after an error inside a change, and keeps nothing of that change', async () => {
    const store = sqliteStore({ path })
    await store.migrate()
    const broken = { ...proof, expiresAtMs: 1.5 }
    await expect(store.recordProof('acme', broken)).rejects.toThrow(
      'cannot store REAL value in INTEGER column',
    )
    expect(await store.recordProof('acme', proof)).toEqual({ lost: false })
    expect(await store.recordProof('acme', proof)).toEqual({ lost: true })
    await store.close()
  })

  it('tells each call to the database', async () => {
    const trips: string[] = []
    const store = sqliteStore({
      path,
      onRoundTrip: ({ kind, statements }) => trips.push(`${kind} ${statements}`),
    })
    await store.migrate()
    trips.length = 0
    await store.listTenants()
    await store.recordProof('acme', proof)
    expect(trips).toEqual(['read 1', 'write 1'])
    await store.close()
  })
})
