import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNetworkFiles } from '@newel/server/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeMmdb } from './support/mmdb.ts'

let folder: string
let asn: string
let country: string
let plainCountry: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newel-mmdb-'))
  const file = async (name: string, networks: Parameters<typeof writeMmdb>[0]): Promise<string> => {
    await writeFile(join(folder, name), writeMmdb(networks))
    return join(folder, name)
  }
  asn = await file('asn.mmdb', {
    '192.0.2.0/24': { autonomous_system_number: 64_500, autonomous_system_organization: 'Example' },
  })
  country = await file('country.mmdb', { '192.0.2.0/24': { country: { iso_code: 'NO' } } })
  plainCountry = await file('plain.mmdb', { '192.0.2.0/25': { country_code: 'SE' } })
})
afterAll(() => rm(folder, { recursive: true }))

describe('database files', () => {
  it('say operator and country of an address', () => {
    expect(openNetworkFiles({ asn, country }).lookup('192.0.2.7')).toEqual({ asn: 64_500, country: 'NO' })
  })
  it('may each be left out, and may keep the country at the top', () => {
    expect(openNetworkFiles({ asn }).lookup('192.0.2.7')).toEqual({ asn: 64_500 })
    expect(openNetworkFiles({ country: plainCountry }).lookup('192.0.2.7')).toEqual({ country: 'SE' })
  })
  it('say nothing of an address that they do not hold, or of another family', () => {
    const files = openNetworkFiles({ asn, country })
    expect(files.lookup('198.51.100.1')).toEqual({})
    expect(files.lookup('2001:db8::1')).toEqual({})
  })
  it('that cannot be read stop the start', () => {
    expect(() => openNetworkFiles({ asn: join(folder, 'missing.mmdb') })).toThrow('ENOENT')
  })
})
