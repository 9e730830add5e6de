import { defaultPolicy } from '@newel/server'
import { runCommand } from 'citty'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Command } from './command.ts'
import { explain } from './commands/explain.ts'
import { importing } from './commands/import.ts'
import { keys } from './commands/keys.ts'
import { policy } from './commands/policy.ts'
import { evaluateSwaps } from './evaluate/swaps/command.ts'
import { makeMasterKey } from './secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-database-'))
  writeFileSync(join(folder, 'policy.json'), JSON.stringify({ ...defaultPolicy, actions: {} }))
  writeFileSync(join(folder, 'logins.ndjson'), '')
  vi.stubEnv('NEWEL_MASTER_KEY', makeMasterKey())
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

it.each<[string, Command, (path: (name: string) => string) => string[]]>([
  ['explain', explain, () => ['asm_1']],
  ['policy explain', policy.commands['explain']!, (path) => [path('policy.json'), '--assessment', 'asm_1']],
  ['keys rotate', keys.commands['rotate']!, () => []],
  ['import logins', importing.commands['logins']!, (path) => [path('logins.ndjson')]],
  ['evaluate swaps', evaluateSwaps, () => []],
])('newel %s refuses a database file that is not there, and makes none', async (_name, command, args) => {
  const before = readdirSync(folder)
  const path = join(folder, 'below', 'nwel.db')
  const rawArgs = [...args((name) => join(folder, name)), '--database', `sqlite:${path}`]
  await expect(runCommand(command, { rawArgs })).rejects.toMatchObject({
    message: `There is no database file ${path}.`,
    lines: [expect.stringContaining('--database') as string],
  })
  expect(readdirSync(folder)).toEqual(before)
})
