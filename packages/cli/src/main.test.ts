import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeMasterKey, makePublishableKey, makeSecretKey } from './secrets.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
/** Each starts a whole process. */
const timeout = 60_000

let folder: string
const children = new Set<ChildProcess>()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-main-'))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  rmSync(folder, { recursive: true })
})

interface Run {
  readonly child: ChildProcess
  output(): string
  /** Resolves once that has been printed. */
  said(text: string): Promise<void>
  readonly ended: Promise<number | null>
}

function newel(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(
    process.execPath,
    ['--conditions=newel-source', '--disable-warning=ExperimentalWarning', main, ...args],
    { cwd: folder, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  children.add(child)
  let output = ''
  const waiting: (() => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      for (const look of waiting) look()
    })
  }
  return {
    child,
    output: () => output,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve()
        }
        waiting.push(look)
        look()
        child.once('close', () => {
          reject(new Error(output))
        })
      }),
    ended: new Promise((resolve) => {
      child.once('close', (code) => {
        children.delete(child)
        resolve(code)
      })
    }),
  }
}

const configured = (): Record<string, string> => ({
  NEWEL_URL: 'https://id.example',
  NEWEL_DATABASE: 'sqlite:newel.db',
  NEWEL_MASTER_KEY: makeMasterKey(),
  NEWEL_PORT: '0',
  NEWEL_TENANTS: JSON.stringify([
    {
      id: 'shop',
      name: 'Shop',
      origins: ['https://shop.example'],
      publishable_key: makePublishableKey('shop'),
      secret_keys: [makeSecretKey('shop')],
    },
  ]),
})

it.each(['SIGINT', 'SIGTERM'] as const)(
  'dev starts, says where, and stops cleanly on %s',
  { timeout },
  async (signal) => {
    const run = newel(['dev', '--port', '0'])
    await run.said('Ctrl-C stops')
    const origin = /Open\s+(http:\S+)/.exec(run.output())?.[1] ?? ''
    expect((await fetch(`${origin}/readyz`)).status).toBe(200)
    run.child.kill(signal)
    expect(await run.ended).toBe(0)
    expect(run.output()).toContain('Stopped.')
  },
)

it('serve stops cleanly, too', { timeout }, async () => {
  const run = newel(['serve'], configured())
  await run.said('Newel listens on 127.0.0.1:')
  run.child.kill('SIGTERM')
  expect(await run.ended).toBe(0)
})

it('ends with 1 and says what to do where configuration is missing', { timeout }, async () => {
  const run = newel(['serve'])
  expect(await run.ended).toBe(1)
  expect(run.output()).toContain('set NEWEL_URL')
  expect(run.output()).not.toContain('    at ')
})

it('ends with 1 for a command that does not exist', { timeout }, async () => {
  const run = newel(['srve'])
  expect(await run.ended).toBe(1)
  expect(run.output()).toContain('did you mean "serve"?')
  const nested = newel(['keys', 'rotat'])
  expect(await nested.ended).toBe(1)
  expect(nested.output()).toContain('did you mean "rotate"?')
  const half = newel(['keys'])
  expect(await half.ended).toBe(1)
  expect(half.output()).toContain('newel keys generate|rotate')
})

it('says which argument is missing, and names flags as they are written', { timeout }, async () => {
  const run = newel(['policy', 'check'])
  expect(await run.ended).toBe(1)
  expect(run.output()).toBe(
    'Missing required positional argument: FILE.\n  newel policy check --help says how.\n',
  )
  const help = newel(['simulate', 'logins', '--help'])
  expect(await help.ended).toBe(0)
  expect(help.output()).toContain('--no-device-keys')
  expect(help.output()).not.toContain('deviceKeys')
})

it('says what to do where the database is empty', { timeout }, async () => {
  writeFileSync(join(folder, 'empty.db'), '')
  const run = newel(['explain', 'asm_1', '--database', 'sqlite:empty.db'])
  expect(await run.ended).toBe(1)
  expect(run.output()).toContain('holds nothing of Newel yet')
  expect(run.output()).not.toContain('    at ')
})

it('migrates, rotates keys and examines from the same configuration', { timeout }, async () => {
  const env = configured()
  const say = async (...args: readonly string[]): Promise<string> => {
    const run = newel(args, env)
    expect(await run.ended, run.output()).toBe(0)
    return run.output()
  }
  expect(await say('migrate')).toMatch(/went from schema 0 to \d/)
  const serving = newel(['serve'], env)
  await serving.said('Newel listens')
  serving.child.kill('SIGTERM')
  await serving.ended
  expect(await say('keys', 'rotate')).toContain('shop: new keys are published now')
  expect(await say('doctor')).toContain('opens all keys')
  const examined = newel(['doctor'], { ...env, NEWEL_MASTER_KEY: makeMasterKey() })
  expect(await examined.ended).toBe(1)
  expect(examined.output()).toContain('does not open the keys of tenant shop')
})
