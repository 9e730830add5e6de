import { describe, expect, it } from 'vitest'
import type { Statement } from '../sql/statement.ts'
import { openSqlite } from './driver.ts'

const put = (key: string, value: string | null = 'v'): Statement => ({
  sql: 'insert into t (key, value) values (?, ?)',
  values: [key, value],
  returns: false,
  guard: false,
})
const rename = (from: string, to: string): Statement => ({
  sql: 'update t set key = ? where key = ?',
  values: [to, from],
  returns: false,
  guard: true,
})

async function open() {
  const driver = openSqlite({ path: ':memory:' })
  await driver.script(['create table t (key text primary key, value text not null) strict'])
  const keys = async (): Promise<readonly unknown[]> => {
    const [rows] = await driver.read([
      { sql: 'select key from t order by key', values: [], returns: true, guard: false },
    ])
    return rows?.map(({ key }) => key) ?? []
  }
  return { driver, keys }
}

describe('batches that come together', () => {
  it('are written in order, each with its own results', async () => {
    const { driver, keys } = await open()
    const results = await Promise.all([
      driver.write([put('a')]),
      driver.write([rename('a', 'b'), put('c')]),
      driver.write([put('d')]),
    ])
    expect(results.map((batch) => batch?.map(({ touched }) => touched))).toEqual([[1], [1, 1], [1]])
    expect(await keys()).toEqual(['b', 'c', 'd'])
  })
  it('fall apart where one is refused, and nothing of that one stays', async () => {
    const { driver, keys } = await open()
    const results = await Promise.all([
      driver.write([put('a')]),
      driver.write([put('x'), put('a')]),
      driver.write([put('y'), rename('nobody', 'z')]),
      driver.write([put('b')]),
    ])
    expect(results.map((batch) => batch !== undefined)).toEqual([true, false, false, true])
    expect(await keys()).toEqual(['a', 'b'])
  })
  it('let one of sixteen win a key', async () => {
    const { driver, keys } = await open()
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, index) => driver.write([put(`own ${index}`), put('a')])),
    )
    expect(results.map((batch) => batch !== undefined)).toEqual([true, ...Array<boolean>(15).fill(false)])
    expect(await keys()).toEqual(['a', 'own 0'])
  })
  it.each([
    ['a constraint refuses', put('b', null)],
    ['no column takes', { ...put('b'), values: ['b', [] as unknown as string] }],
    ['names no table', { ...put('b'), sql: 'insert into nowhere values (?, ?)' }],
  ])('do not fail with one that %s', async (_, bad) => {
    const { driver, keys } = await open()
    const results = await Promise.allSettled([
      driver.write([put('a')]),
      driver.write([put('x'), bad]),
      driver.write([put('c')]),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await keys()).toEqual(['a', 'c'])
  })
  it('are written before the database closes', async () => {
    const { driver } = await open()
    const written = driver.write([put('a')])
    await driver.close()
    expect(await written).toHaveLength(1)
  })
})

it('reads that come together fail alone', async () => {
  const { driver } = await open()
  const read = (sql: string) => driver.read([{ sql, values: [], returns: true, guard: false }])
  // More than a number of ours holds: a row that nobody of us has written.
  const results = await Promise.allSettled([
    read('select 1 as n'),
    read('select 9007199254740993 as n'),
    read('select 2 as n'),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[2]).toMatchObject({ value: [[{ n: 2 }]] })
})
