import type { KeyRow, Store } from '@newel/engine'
import { describe, expect, it } from 'vitest'
import { importMaster, randomBytes } from './crypto.ts'
import { createKeyring, currentKey, ensureKeys } from './keys.ts'

describe('first keys', () => {
  it('sign for a request whose time was read before they were made', async () => {
    const rows: KeyRow[] = []
    const store = {
      readTenant: async () => undefined,
      createKey: async (row: KeyRow) => {
        rows.push(row)
        return row
      },
    } as unknown as Store
    const master = await importMaster(randomBytes(32))
    await ensureKeys(store, master, 'shop', 1_800_000_000_000)
    const { signing, secrets } = await createKeyring(master, rows)
    expect(currentKey(signing, 1_799_999_999_000).epoch).toBe(0)
    expect(currentKey(secrets, 1_799_999_999_000).epoch).toBe(0)
  })
})
