import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Config } from './config/schema.ts'
import { loadConfig } from './config/load.ts'
import { sayFinding } from './doctor/check.ts'
import { examine } from './doctor/doctor.ts'
import { explain } from './failure.ts'
import { makeMasterKey, makePublishableKey, makeSecretKey } from './secrets.ts'
import { serve } from './serve.ts'

let folder: string
const undo: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-serve-'))
})
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
  rmSync(folder, { recursive: true })
})

const masterKey = makeMasterKey()
const tenant = {
  id: 'shop',
  name: 'Shop',
  origins: ['https://shop.example'],
  publishable_key: makePublishableKey('shop'),
  secret_keys: [makeSecretKey('shop')],
}

const configure = (more: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    env: {
      NEWEL_URL: 'https://id.example/newel',
      NEWEL_DATABASE: `sqlite:${join(folder, 'data', 'newel.db')}`,
      NEWEL_MASTER_KEY: masterKey,
      NEWEL_TENANTS: JSON.stringify([tenant]),
      NEWEL_PORT: '0',
      NEWEL_LOG: 'error',
      ...more,
    },
  })

const run = async (config: Config): Promise<string> => {
  const running = await serve(config)
  undo.push(() => running.stop())
  return `http://127.0.0.1:${running.port}`
}

const refusal = async (config: Config): Promise<string> => {
  const result = await serve(config).catch((error: unknown) => error)
  if (typeof result === 'object' && result !== null && 'stop' in result) throw new Error('it started')
  return explain(result)
}

it('serves with and without its path, and keeps its keys over a restart', async () => {
  const first = await serve(configure())
  const keysAt = async (base: string): Promise<string> =>
    (await fetch(`${base}/t/shop/.well-known/jwks.json`)).text()
  const before = await keysAt(`http://127.0.0.1:${first.port}/newel`)
  expect(before).toContain('"ES256"')
  await first.stop()
  expect(await keysAt(await run(configure()))).toBe(before)
})

it('takes master key and secret keys from files', async () => {
  writeFileSync(join(folder, 'master.key'), `${masterKey}\n`)
  writeFileSync(join(folder, 'shop.keys'), `${makeSecretKey('shop')}\n${makeSecretKey('shop')}\n`)
  const base = await run(
    configure({
      NEWEL_MASTER_KEY: '',
      NEWEL_MASTER_KEY_FILE: join(folder, 'master.key'),
      NEWEL_TENANTS: JSON.stringify([
        { ...tenant, secret_keys: undefined, secret_keys_file: join(folder, 'shop.keys') },
      ]),
    }),
  )
  expect((await fetch(`${base}/readyz`)).status).toBe(200)
})

it('logs once that a forwarded address arrives where no proxy is trusted', async () => {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  try {
    const headers = { 'x-forwarded-for': '198.51.100.7' }
    const base = await run(configure({ NEWEL_LOG: 'warn' }))
    for (let i = 0; i < 2; i += 1) await fetch(`${base}/livez`, { headers })
    const trusting = await run(configure({ NEWEL_LOG: 'warn', NEWEL_TRUSTED_PROXIES: '1' }))
    await fetch(`${trusting}/livez`, { headers })
  } finally {
    vi.restoreAllMocks()
  }
  const told = lines.filter((line) => line.includes('forwarded_address_unread'))
  expect(told).toHaveLength(1)
  expect(JSON.parse(told[0]!)).toMatchObject({ level: 'warn' })
  expect(told[0]).not.toContain('198.51.100.7')
})

it('says what is missing before it listens, and leaves no file behind', async () => {
  const text = await refusal(configure({ NEWEL_URL: '', NEWEL_MASTER_KEY: '', NEWEL_TENANTS: '' }))
  expect(text).toContain('url: set NEWEL_URL')
  expect(text).toContain('master_key: set NEWEL_MASTER_KEY')
  expect(text).toContain('tenants: declare at least one')
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

it('refuses a master key that does not open what is stored', async () => {
  await (await serve(configure())).stop()
  const text = await refusal(configure({ NEWEL_MASTER_KEY: makeMasterKey() }))
  expect(text).toContain('Give the master key that they were made under')
})

it('refuses a policy with a mistake and says where it is', async () => {
  writeFileSync(join(folder, 'policy.json'), JSON.stringify({ version: 1, actons: {} }))
  const text = await refusal(
    configure({ NEWEL_TENANTS: JSON.stringify([{ ...tenant, policy_file: join(folder, 'policy.json') }]) }),
  )
  expect(text).toContain('did you mean "actions"?')
})

it.each([
  ['one half of the mail set-up', { NEWEL_SMTP_URL: 'smtp://localhost' }, 'smtp.from'],
  [
    'a file of networks that is not there',
    { NEWEL_ASN_FILE: '/nowhere/asn.mmdb' },
    /^asn_file: a file cannot be opened: .*\/nowhere\/asn\.mmdb/,
  ],
  [
    'a list that is not there',
    { NEWEL_LISTS: '[{ "id": "tor", "kind": "tor", "file": "/nowhere/tor.txt" }]' },
    /^lists: a file cannot be opened: list tor \(\/nowhere\/tor\.txt\)/,
  ],
  [
    'a master key file that is not there',
    { NEWEL_MASTER_KEY: '', NEWEL_MASTER_KEY_FILE: '/nowhere' },
    'master_key_file',
  ],
  ['two master keys', { NEWEL_MASTER_KEY_FILE: '/nowhere' }, 'leave one of them'],
  [
    'a Postgres that is not there',
    { NEWEL_DATABASE: 'postgres://user:hunter2@127.0.0.1:9/x' },
    'does not answer',
  ],
])('says what to do about %s', async (_what, more, expected) => {
  const text = await refusal(configure(more))
  expect(text).toMatch(expected)
  expect(text).not.toContain('hunter2')
})

it('names a file of networks that is broken', async () => {
  const path = join(folder, 'asn.mmdb')
  writeFileSync(path, 'not a database')
  expect(await refusal(configure({ NEWEL_ASN_FILE: path }))).toContain(`${path} is no MaxMind DB file`)
})

it('refuses a tenant that is declared twice', async () => {
  expect(await refusal(configure({ NEWEL_TENANTS: JSON.stringify([tenant, tenant]) }))).toContain(
    'tenant "shop" is declared twice',
  )
})

it('refuses a file that is no database of ours', async () => {
  const path = join(folder, 'notes.txt')
  writeFileSync(path, 'not a database, but long enough to be taken for one. '.repeat(10))
  expect(await refusal(configure({ NEWEL_DATABASE: `sqlite:${path}` }))).toContain(path)
})

it('finds a whole set-up good, part by part', async () => {
  await (await serve(configure())).stop()
  const smtp = createServer((socket) => socket.resume().end('220 mail.example ready\r\n'))
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  undo.push(() => new Promise((resolve) => smtp.close(() => resolve())))
  const list = join(folder, 'tor.txt')
  writeFileSync(list, '192.0.2.7\n')
  const findings = await examine(
    configure({
      NEWEL_LISTS: JSON.stringify([{ id: 'tor', kind: 'tor', file: list }]),
      NEWEL_SMTP_URL: `smtp://127.0.0.1:${(smtp.address() as AddressInfo).port}`,
      NEWEL_SMTP_FROM: 'shop@example.com',
    }),
  )
  expect(findings.map(({ state }) => state)).toEqual(['good', 'good', 'good', 'good', 'good', 'good'])
})

it('finds what is wrong in each part, without changing anything', async () => {
  const findings = await examine(
    configure({ NEWEL_TENANTS: '', NEWEL_MASTER_KEY: '', NEWEL_SMTP_URL: 'smtp://127.0.0.1:9' }),
  )
  expect(findings.map(({ state }) => state)).toEqual(['bad', 'doubtful', 'bad', 'bad', 'good', 'doubtful'])
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

it.each([
  ['missing', { NEWEL_MASTER_KEY: '' }, 'newel keys generate'],
  ['unreadable', { NEWEL_MASTER_KEY: '', NEWEL_MASTER_KEY_FILE: '/nowhere' }, '/nowhere'],
])('finds a master key that is %s once, and looks at the rest all the same', async (_how, more, says) => {
  const findings = (await examine(configure(more))).map(sayFinding)
  expect(findings.filter((text) => text.includes(says))).toHaveLength(1)
  expect(findings[0]).toMatch(/^ok {4}Configuration fits together: 1 tenant at /)
})

it('finds a master key that does not open what is stored, and a clock behind it', async () => {
  await (await serve(configure())).stop()
  const database = join(folder, 'data', 'newel.db')
  const before = statSync(database).mtimeMs
  const findings = await examine(
    configure({ NEWEL_MASTER_KEY: makeMasterKey() }),
    () => Date.now() - 3_600_000,
  )
  expect(findings[2]).toMatchObject({
    state: 'bad',
    what: expect.stringContaining('does not open') as unknown,
  })
  expect(findings[4]).toMatchObject({ state: 'bad', what: expect.stringContaining('behind') as unknown })
  expect(statSync(database).mtimeMs).toBe(before)
})
