import { runCommand } from 'citty'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { openDatabase } from '../database.ts'
import { makeMasterKey } from '../secrets.ts'
import { serve } from '../serve.ts'
import { keys } from './keys.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-keys-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** What the command prints. */
const say = async (...rawArgs: string[]): Promise<string> => {
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
  await runCommand(keys, { rawArgs })
  return printed
}

it('makes keys that configuration accepts', async () => {
  const NEWEL_MASTER_KEY = (await say('generate')).trim()
  const made = JSON.parse(await say('generate', '--tenant', 'shop')) as object
  const tenant = { id: 'shop', name: 'Shop', origins: ['https://shop.example'], ...made }
  const env = { NEWEL_MASTER_KEY, NEWEL_TENANTS: JSON.stringify([tenant]) }
  expect(loadConfig({ env }).tenants).toEqual([tenant])
})

it('refuses a tenant id that no key could carry', async () => {
  await expect(say('generate', '--tenant', 'My Shop')).rejects.toThrow('A tenant id is')
})

it('publishes new keys ahead of their use, or ends the old ones at once', async () => {
  const tenant = { id: 'shop', name: 'Shop', origins: ['https://shop.example'] }
  const made = JSON.parse(await say('generate', '--tenant', 'shop')) as object
  vi.stubEnv('NEWEL_URL', 'https://id.example')
  vi.stubEnv('NEWEL_DATABASE', `sqlite:${join(folder, 'newel.db')}`)
  vi.stubEnv('NEWEL_MASTER_KEY', makeMasterKey())
  vi.stubEnv('NEWEL_PORT', '0')
  vi.stubEnv('NEWEL_TENANTS', JSON.stringify([{ ...tenant, ...made }]))
  const config = loadConfig({ env: process.env })
  await (await serve(config)).stop()
  const signing = async () => {
    const database = openDatabase(config.database)
    const row = await database.store.readTenant('shop')
    await database.close()
    return (row?.keys ?? []).filter(({ purpose }) => purpose === 'signing')
  }

  expect(await say('rotate')).toContain('shop: new keys are published now and sign from')
  const [first, second] = await signing()
  expect(second!.signsFromMs).toBeGreaterThan(second!.createdAtMs)
  expect(first!.retiredAtMs).toBeGreaterThan(second!.signsFromMs)

  expect(await say('rotate', '--tenant', 'shop', '--emergency')).toContain('sign at once')
  const [, ended, third] = await signing()
  expect(third!.signsFromMs).toBe(third!.createdAtMs)
  expect(ended!.retiredAtMs).toBeLessThanOrEqual(third!.createdAtMs)

  await expect(say('rotate', '--tenant', 'sohp')).rejects.toThrow('has no tenant sohp')
  vi.stubEnv('NEWEL_MASTER_KEY', makeMasterKey())
  await expect(say('rotate')).rejects.toThrow('does not open the keys of tenant shop')
  expect(await signing()).toHaveLength(3)
})
