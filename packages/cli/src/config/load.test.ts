import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explain } from '../failure.ts'
import { loadConfig, needs, requireKeys } from './load.ts'
import type { Sources } from './load.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-config-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const file = (content: unknown): string => {
  const path = join(folder, 'newel.config.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const complaint = (sources: Sources): string => {
  try {
    loadConfig(sources)
  } catch (error) {
    return explain(error)
  }
  throw new Error('nothing was refused')
}

const tenant = {
  id: 'shop',
  name: 'Shop',
  origins: ['https://shop.example'],
  publishable_key: 'pk_shop_0123456789abcdef',
}

describe('layers', () => {
  it('starts from defaults', () => {
    expect(loadConfig({ env: {} })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      database: 'sqlite:newel.db',
      trusted_proxies: 0,
      tenants: [],
      limits: { attempts_per_challenge: 5 },
    })
  })

  it('lets the environment win over the file, and flags over both', () => {
    const path = file({ port: 1, host: '::1', database: 'sqlite:a.db' })
    const config = loadConfig({
      env: { NEWEL_PORT: '2', NEWEL_DATABASE: 'sqlite:b.db' },
      file: path,
      flags: { port: '3' },
    })
    expect(config).toMatchObject({ port: 3, host: '::1', database: 'sqlite:b.db' })
  })

  it('takes the path of the file from the environment', () => {
    expect(loadConfig({ env: { NEWEL_CONFIG: file({ port: 9 }) } }).port).toBe(9)
  })

  it('puts a nested value of the environment beside those of the file', () => {
    const config = loadConfig({
      env: { NEWEL_SMTP_URL: 'smtps://mail.example', NEWEL_LIMITS_ATTEMPTS_PER_CHALLENGE: '3' },
      file: file({ smtp: { from: 'a@b.example' }, limits: { in_flight: 8 } }),
    })
    expect(config.smtp).toEqual({ url: 'smtps://mail.example', from: 'a@b.example' })
    expect(config.limits).toMatchObject({ attempts_per_challenge: 3, in_flight: 8, sends_per_day: 10 })
  })

  it('reads tenants from the environment as JSON', () => {
    expect(loadConfig({ env: { NEWEL_TENANTS: JSON.stringify([tenant]) } }).tenants).toEqual([tenant])
  })

  it('takes an empty variable as one that is not set', () => {
    expect(loadConfig({ env: { NEWEL_PORT: '' } }).port).toBe(8080)
  })
})

describe('mistakes', () => {
  it('names an unknown key and the one that was meant', () => {
    expect(complaint({ env: {}, file: file({ databse: 'sqlite:x' }) })).toContain(
      'databse: unknown key; did you mean "database"?',
    )
  })

  it('names an unknown nested key by its path', () => {
    const text = complaint({
      env: {},
      file: file({ limits: { inflight: 1 }, tenants: [{ ...tenant, policyfile: 'p.json' }] }),
    })
    expect(text).toContain('limits.inflight: unknown key; did you mean "in_flight"?')
    expect(text).toContain('tenants[0].policyfile: unknown key; did you mean "policy_file"?')
  })

  it('leaves the two variables of the README to the application, which may run in the same environment', () => {
    const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')
    const named = [...readme.matchAll(/process\.env\.(NEWEL_\w+)/g)].map(([, name]) => String(name))
    expect(new Set(named)).toContain('NEWEL_SECRET_KEY')
    const env = Object.fromEntries(
      named.map((name) => [name, name === 'NEWEL_MASTER_KEY' ? 'A'.repeat(43) : 'x']),
    )
    expect(() => loadConfig({ env })).not.toThrow()
  })

  it('names an unknown variable and the one that was meant', () => {
    expect(complaint({ env: { NEWEL_PROT: '1' } })).toContain(
      'NEWEL_PROT: unknown variable; did you mean "NEWEL_PORT"?',
    )
  })

  it('suggests nothing where nothing is near', () => {
    expect(complaint({ env: { NEWEL_COLOUR_OF_THE_SKY: '1' } })).toMatch(
      /NEWEL_COLOUR_OF_THE_SKY: unknown variable$/m,
    )
  })

  it('says where variables come from that Kubernetes sets for a service called newel', () => {
    expect(complaint({ env: { NEWEL_SERVICE_HOST: '10.0.0.1' } })).toContain('enableServiceLinks: false')
  })

  it('names every mistake at once', () => {
    const text = complaint({ env: { NEWEL_PORT: 'http', NEWEL_TRUSTED_PROXIES: '-1' }, file: file({ x: 1 }) })
    expect(text).toContain('port: expected a number')
    expect(text).toContain('trusted_proxies: must be at least 0')
    expect(text).toContain('x: unknown key')
  })

  it('names what a tenant lacks', () => {
    expect(complaint({ env: {}, file: file({ tenants: [{ id: 'shop' }] }) })).toContain(
      'tenants[0].origins: missing',
    )
  })

  it.each([
    ['http://newel.example', 'only a loopback address may be http://'],
    ['ftp://newel.example', 'expected https://'],
    ['newel.example', 'expected a URL such as'],
    ['https://newel.example/?a=b', 'no query'],
  ])('refuses %s as a public base', (url, why) => {
    expect(complaint({ env: { NEWEL_URL: url } })).toContain(why)
  })

  it('refuses a database of another kind', () => {
    expect(complaint({ env: { NEWEL_DATABASE: 'mysql://x' } })).toContain(
      'expected sqlite:<path> or postgres://',
    )
  })

  it('says that a file named by the operator is not there', () => {
    expect(complaint({ env: {}, file: join(folder, 'no.json') })).toContain('cannot be read')
  })

  it('says that a file is no JSON, without quoting it', () => {
    const text = complaint({ env: {}, file: file('{"master_key": "c2VjcmV0" oops') })
    expect(text).toContain('no valid JSON')
    expect(text).not.toContain('c2VjcmV0')
  })

  it('names what is named twice, in the file with its line and in a variable', () => {
    expect(complaint({ env: {}, file: file('{\n"limits": { "in_flight": 1 },\n"limits": {}\n}') })).toMatch(
      /names members twice[^]*limits: named again on line 3$/,
    )
    const text = JSON.stringify([tenant]).replace('"id"', '"id":"x","id"')
    expect(complaint({ env: { NEWEL_TENANTS: text } })).toContain('NEWEL_TENANTS: [0].id is named twice')
  })

  it('refuses a file that holds something else than an object', () => {
    expect(complaint({ env: {}, file: file([]) })).toContain('one JSON object')
  })

  it('never repeats a secret', () => {
    const secret = 'hunter2hunter2'
    const text = complaint({
      env: {
        NEWEL_MASTER_KEY: secret,
        NEWEL_DATABASE: `mysql://u:${secret}@h/d`,
        NEWEL_SMTP_URL: `http://${secret}`,
      },
      file: file({ tenants: [{ ...tenant, secret_keys: { a: secret } }] }),
    })
    expect(text).toContain('master_key: expected 32 random bytes')
    expect(text).not.toContain(secret)
  })
})

describe('what a command needs', () => {
  it('says how to give each key that is missing', () => {
    const config = loadConfig({ env: {} })
    expect(() => {
      requireKeys(config, [needs.url, needs.masterKey, needs.tenants])
    }).toThrow(
      expect.objectContaining({
        lines: [
          expect.stringContaining('NEWEL_URL'),
          expect.stringContaining('newel keys generate'),
          expect.stringContaining('NEWEL_TENANTS'),
        ] as unknown,
      }),
    )
  })
})
