import { describe, expect, it } from 'vitest'
import { openPostgres, type PostgresPool } from './driver.ts'

const proof = { sql: 'insert into "used_proofs" values ($1)', values: ['a'], returns: false, guard: false }

/** A pool that answers each query in turn with a row or an error. */
function poolOf(answers: readonly (object | Error)[]) {
  const queries: { text: string; name?: string }[] = []
  const pool: PostgresPool = {
    query: async (config) => {
      const answer = answers[queries.push(config) - 1]!
      if (answer instanceof Error) throw answer
      return { rows: [answer] }
    },
  }
  return { pool, queries }
}

const failure = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more })

const write = (answers: readonly (object | Error)[]) => {
  const { pool, queries } = poolOf(answers)
  const driver = openPostgres({ pool, schema: 'newel' })
  return { result: driver.write([proof]), queries }
}

describe('what Postgres answers to a change', () => {
  it('is how many rows it touched', async () => {
    expect(await write([{ results: [1] }]).result).toEqual([{ touched: 1, rows: [] }])
  })

  it('is a refusal for a unique key that is taken and for a guard that found nothing', async () => {
    expect(await write([failure('23505')]).result).toBe(undefined)
    expect(await write([failure('23502', { table: 'guards' })]).result).toBe(undefined)
  })

  it('is an error for a value that is missing elsewhere, and for everything else', async () => {
    await expect(write([failure('23502', { table: 'ops' })]).result).rejects.toThrow('23502')
    await expect(write([failure('57P01')]).result).rejects.toThrow('57P01')
    await expect(write([new Error('ECONNREFUSED')]).result).rejects.toThrow('ECONNREFUSED')
  })

  it.each(['40P01', '40001'])('is tried once more after a collision (%s), and then refused', async (code) => {
    const settled = write([failure(code), { results: [1] }])
    expect(await settled.result).toEqual([{ touched: 1, rows: [] }])
    const twice = write([failure(code), failure(code), { results: [1] }])
    expect(await twice.result).toBe(undefined)
    expect(twice.queries).toHaveLength(2)
  })

  it('comes from a statement that is prepared once for each text', async () => {
    const { pool, queries } = poolOf([{ results: [1] }, { results: [1] }, { results: [1, 1] }])
    const driver = openPostgres({ pool, schema: 'newel' })
    await driver.write([proof])
    await driver.write([proof])
    await driver.write([proof, proof])
    const names = queries.map(({ name }) => name)
    expect(names[0]).toBe(names[1])
    expect(names[2]).not.toBe(names[0])
    const other = poolOf([{ results: [1] }])
    await openPostgres({ pool: other.pool, schema: 'newel' }).write([proof])
    expect(other.queries[0]?.name).not.toBe(names[0])
  })

  it('is planned each time once there are too many texts to keep', async () => {
    const { pool, queries } = poolOf(Array.from({ length: 258 }, () => ({ results: [1] })))
    const driver = openPostgres({ pool, schema: 'newel' })
    for (let number = 0; number < 129; number++)
      await driver.write([{ ...proof, sql: `${proof.sql} -- ${number}` }])
    expect(queries.filter(({ name }) => name === undefined)).toHaveLength(1)
  })
})
