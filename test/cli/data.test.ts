import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNetworkFiles } from '@newel/server/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeMmdb } from '../server/support/mmdb.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const main = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname

const files = new Map<string, Uint8Array>()
let folder: string
let server: Server
let mirror: string

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'newel-data-')), 'data')
  server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1)
    const bytes = files.get(name.replace(/\.sha256$/, ''))
    if (bytes === undefined) response.writeHead(404).end()
    else response.end(name.endsWith('.sha256') ? `${sha256(bytes)}  ${name}\n` : bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  publish(64_500)
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(join(folder, '..'), { recursive: true })
})

function publish(asn: number): void {
  files.set('user-country.mmdb', writeMmdb({ '192.0.2.0/24': { country_code: 'NO' } }))
  files.set('origin-asn.mmdb', writeMmdb({ '192.0.2.0/24': { autonomous_system_number: asn } }))
}

const newel = (...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--conditions=newel-source', main, 'data', ...args])
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('close', (code) => {
      resolve({ code, out, err })
    })
  })
const fetching = (...args: readonly string[]) =>
  newel('fetch', '--folder', folder, '--mirror', mirror, ...args)
const checking = () => newel('check', '--folder', folder)
const lookup = () =>
  openNetworkFiles({
    asn: join(folder, 'origin-asn.mmdb'),
    country: join(folder, 'user-country.mmdb'),
  }).lookup('192.0.2.7', 0)

describe('newel data', () => {
  it('lists what can be fetched, of which nothing asks for a credit', async () => {
    const { code, out } = await newel('list')
    expect(code).toBe(0)
    expect(out.trim().split('\n')).toHaveLength(2)
    expect(out).toMatch(/country.*PDDL-1\.0.*country_file/)
  })
  it('says what is missing before anything was fetched', async () => {
    expect(await checking()).toMatchObject({
      code: 1,
      out: expect.stringContaining('is not there') as string,
    })
  })
  it('fetches the files, prints their SHA-256, and the server reads them', async () => {
    const { code, out } = await fetching()
    expect(code).toBe(0)
    for (const bytes of files.values()) expect(out).toContain(sha256(bytes))
    expect(lookup()).toEqual({ asn: 64_500, country: 'NO' })
    expect(await checking()).toMatchObject({ code: 0 })
    const manifest = JSON.parse(readFileSync(join(folder, 'newel-data.json'), 'utf8')) as Record<
      string,
      unknown
    >
    expect(Object.keys(manifest).sort()).toEqual(['origin-asn.mmdb', 'user-country.mmdb'])
  })
  it('leaves the newest alone, and replaces what is older', async () => {
    expect((await fetching()).out.match(/is the newest one/g)).toHaveLength(2)
    publish(64_501)
    expect((await fetching()).out.match(/is the newest one/g)).toHaveLength(1)
    expect(lookup()).toEqual({ asn: 64_501, country: 'NO' })
  })
  it('takes no file that is no database, and keeps the one that is there', async () => {
    files.set('origin-asn.mmdb', new TextEncoder().encode('<html>no</html>'))
    const { code, err } = await fetching('--only', 'asn')
    expect(code).toBe(1)
    expect(err).toContain('nothing was changed')
    expect(lookup()).toEqual({ asn: 64_501, country: 'NO' })
    publish(64_501)
  })
  it('says where a file is not the one that was fetched', async () => {
    writeFileSync(join(folder, 'user-country.mmdb'), 'other')
    expect(await checking()).toMatchObject({
      code: 1,
      out: expect.stringContaining('is not what was fetched') as string,
    })
  })
  it('refuses a set that is not there, and a host without https', async () => {
    expect((await fetching('--only', 'contry')).err).toContain('did you mean "country"')
    const { code, err } = await newel(
      'fetch',
      '--folder',
      join(folder, 'x'),
      '--mirror',
      'http://mirror.example',
    )
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('no https address') as string,
    })
    expect(existsSync(join(folder, 'x'))).toBe(false)
  })
})
