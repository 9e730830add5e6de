import type { Store } from '@newel/engine'
import { describe, expect, it } from 'vitest'
import { ProblemError } from './problem.ts'
import { withDeadline } from './services.ts'

const storeWith = (readTenantRevision: Store['readTenantRevision']): Store =>
  ({ readTenantRevision }) as unknown as Store
const problemOf = async (work: Promise<unknown>): Promise<ProblemError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof ProblemError) return error
  }
  throw new Error('no problem')
}

describe('a store under a deadline', () => {
  it('answers as it is while there is time', async () => {
    expect(
      await withDeadline(
        storeWith(async () => 7),
        1000,
      ).readTenantRevision('t'),
    ).toBe(7)
  })
  it('gives up on a call that does not come back', async () => {
    const never = new Promise<number>(() => undefined)
    const problem = await problemOf(
      withDeadline(
        storeWith(() => never),
        5,
      ).readTenantRevision('t'),
    )
    expect(problem.code).toBe('newel_unavailable')
    expect(problem.headers['retry-after']).toBe('1')
  })
  it('makes no call once the time is over', async () => {
    let calls = 0
    const late = withDeadline(
      storeWith(async () => {
        calls += 1
        return 1
      }),
      0,
    )
    expect((await problemOf(late.readTenantRevision('t'))).code).toBe('newel_unavailable')
    expect(calls).toBe(0)
  })
  it('is unavailable, never an answer, where the database throws; the cause is kept for the log', async () => {
    const cause = new Error('connection refused')
    const broken = storeWith(async () => {
      throw cause
    })
    const problem = await problemOf(withDeadline(broken, 1000).readTenantRevision('t'))
    expect(problem.code).toBe('newel_unavailable')
    expect(problem.cause).toBe(cause)
  })
})
