import { memoryStore } from '@newel/stores'
import { storeContract } from '@newel/testkit/store-contract'
import { describe, expect, it } from 'vitest'

describe('the store in memory', () => {
  storeContract(
    async () => {
      const store = memoryStore()
      await store.migrate()
      return { store, close: () => store.close() }
    },
    { describe, it, expect },
  )
})
