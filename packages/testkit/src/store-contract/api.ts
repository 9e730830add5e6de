import type { Store } from '@newel/engine'

/** What the contract asks of a test runner: Vitest's and Jest's own `describe`, `it` and `expect` fit. */
export interface ContractRunner {
  readonly describe: (name: string, tests: () => void) => void
  readonly it: (name: string, test: () => Promise<void>) => void
  readonly expect: (actual: unknown) => ContractExpectation
}

export interface ContractExpectation {
  readonly toBe: (expected: unknown) => void
  readonly toEqual: (expected: unknown) => void
  readonly toMatchObject: (expected: object) => void
  readonly toHaveLength: (expected: number) => void
  readonly toBeCloseTo: (expected: number, digits?: number) => void
  readonly not: { readonly toContain: (expected: unknown) => void }
  readonly rejects: { readonly toMatchObject: (expected: object) => Promise<void> }
}

/** A store on an empty database, migrated, for one test. */
export interface StoreUnderTest {
  readonly store: Store
  /** Another server on the same database. Default: the store itself. */
  readonly second?: Store
  /** Calls to the database so far, by both. Absent where there is none to call. */
  readonly roundTrips?: () => number
  /** All that the database holds, as text, read past the store. Absent where that is not possible. */
  readonly dump?: () => Promise<string>
  close(): Promise<void>
}

/** What each part of the contract gets. */
export interface Contract {
  readonly describe: ContractRunner['describe']
  readonly expect: ContractRunner['expect']
  /** A test with a store of its own, closed afterwards. */
  readonly test: (name: string, test: (under: Under) => Promise<void>) => void
}

export interface Under extends StoreUnderTest {
  readonly second: Store
  /**
   * Sixteen calls at once, on two servers by turns. Gives how each ended, in the order of their numbers.
   */
  readonly race: <T>(call: (store: Store, number: number) => Promise<T>) => Promise<readonly T[]>
}

const racers = 16

export function contractOf(makeStore: () => Promise<StoreUnderTest>, runner: ContractRunner): Contract {
  return {
    describe: runner.describe,
    expect: runner.expect,
    test: (name, test) => {
      runner.it(name, async () => {
        const made = await makeStore()
        const second = made.second ?? made.store
        const race: Under['race'] = (call) =>
          Promise.all(
            Array.from({ length: racers }, (_, number) =>
              call(number % 2 === 0 ? made.store : second, number),
            ),
          )
        try {
          await test({ ...made, second, race })
        } finally {
          await made.close()
        }
      })
    },
  }
}

/** Numbers of the racers that won. */
export const winners = (results: readonly { readonly lost: boolean }[]): readonly number[] =>
  results.flatMap((result, number) => (result.lost ? [] : [number]))
