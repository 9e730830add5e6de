import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNetworkFiles } from '@newel/server/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeMmdb } from './support/mmdb.ts'

const nowMs = 1_790_000_000_000 + 10.5 * 86_400_000
let folder: string
let asn: string
let country: string
let plainCountry: string
let city: string
let plainCity: string
let anonymiser: string

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
  city = await file('city.mmdb', {
    '192.0.2.0/25': {
      city: { names: { en: 'Oslo' } },
      country: { iso_code: 'NO' },
      subdivisions: [{ iso_code: '03' }],
      location: { latitude: 59.91, longitude: 10.75, accuracy_radius: 20 },
    },
    '192.0.2.128/25': { country: { iso_code: 'SE' }, location: { latitude: 62.5, longitude: 15.5 } },
  })
  plainCity = await file('plain-city.mmdb', {
    '192.0.2.0/24': {
      city: 'Bergen',
      state1: 'Vestland',
      country_code: 'NO',
      latitude: 60.39,
      longitude: 5.32,
    },
  })
  anonymiser = await file('anonymiser.mmdb', {
    '192.0.2.0/26': { is_anonymous: true, is_anonymous_vpn: true },
    '192.0.2.64/26': { is_anonymous: true, is_tor_exit_node: true },
    '192.0.2.128/26': { is_hosting_provider: true },
  })
  plainCountry = await file('plain.mmdb', { '192.0.2.0/25': { country_code: 'SE' } })
})
afterAll(() => rm(folder, { recursive: true }))

describe('database files', () => {
  it('say operator and country of an address', () => {
    expect(openNetworkFiles({ asn, country }).lookup('192.0.2.7', nowMs)).toEqual({
      asn: 64_500,
      country: 'NO',
    })
  })
  it('may each be left out, and may keep the country at the top', () => {
    expect(openNetworkFiles({ asn }).lookup('192.0.2.7', nowMs)).toEqual({ asn: 64_500 })
    expect(openNetworkFiles({ country: plainCountry }).lookup('192.0.2.7', nowMs)).toEqual({ country: 'SE' })
  })
  it('say nothing of an address that they do not hold, or of another family', () => {
    const files = openNetworkFiles({ asn, country })
    expect(files.lookup('198.51.100.1', nowMs)).toEqual({})
    expect(files.lookup('2001:db8::1', nowMs)).toEqual({})
  })
  it('that cannot be read stop the start', () => {
    const file = join(folder, 'missing.mmdb')
    for (const option of ['asn', 'country', 'city', 'anonymiser'] as const)
      expect(() => openNetworkFiles({ [option]: file })).toThrow(
        expect.objectContaining({ option, message: expect.stringContaining(file) as string }),
      )
    expect(() => openNetworkFiles({ asn, lists: [{ id: 'tor', kind: 'tor', file }] })).toThrow(
      expect.objectContaining({
        option: 'lists',
        message: expect.stringContaining(`tor (${file})`) as string,
      }),
    )
  })
  it('say town, region and coordinates, with the accuracy that they state', () => {
    const files = openNetworkFiles({ city })
    expect(files.lookup('192.0.2.7', nowMs)).toEqual({
      country: 'NO',
      place: { latitude: 59.91, longitude: 10.75, radiusKm: 20, region: '03', city: 'Oslo' },
    })
    expect(openNetworkFiles({ city: plainCity }).lookup('192.0.2.7', nowMs)).toEqual({
      country: 'NO',
      place: { latitude: 60.39, longitude: 5.32, radiusKm: 100, region: 'Vestland', city: 'Bergen' },
    })
  })
  it('are vague where they name no town, and where they disagree about the country', () => {
    expect(openNetworkFiles({ city }).lookup('192.0.2.200', nowMs)).toEqual({
      country: 'SE',
      place: { latitude: 62.5, longitude: 15.5, radiusKm: 1000 },
    })
    const disputed = openNetworkFiles({ country: plainCountry, city }).lookup('192.0.2.7', nowMs)
    expect(disputed).toMatchObject({ country: 'SE', place: { radiusKm: 1000 } })
  })
  it('say how far the place is from the server, where that is told', () => {
    const files = openNetworkFiles({ city, server: { latitude: 59.91, longitude: 11.75 } })
    expect(files.lookup('192.0.2.7', nowMs)?.place?.serverKm).toBe(56)
  })
  it('say what an address is used for, with the age of the file', () => {
    const files = openNetworkFiles({ anonymiser })
    expect(files.lookup('192.0.2.7', nowMs)).toEqual({
      listed: [
        {
          list: 'anonymiser_file',
          version: '2026-09-21',
          kind: 'anonymiser',
          weightPercent: 100,
          ageDays: 10,
        },
      ],
    })
    expect(files.lookup('192.0.2.70', nowMs)?.listed?.[0]?.kind).toBe('tor')
    expect(files.lookup('192.0.2.130', nowMs)?.listed?.[0]?.kind).toBe('datacenter')
    expect(files.lookup('192.0.2.250', nowMs)).toEqual({ listed: [] })
  })
  it('go together with lists, whose operators the file of operators tells; the weightiest comes first', async () => {
    const path = join(folder, 'list.txt')
    await writeFile(path, 'AS64500\n')
    const lists = [
      { id: 'clouds', kind: 'datacenter', file: path },
      { id: 'abuse', kind: 'blocked', file: path, weight: 0.4 },
    ] as const
    const files = openNetworkFiles({ asn, lists })
    const listed = files.lookup('192.0.2.7', Date.now())?.listed
    expect(listed?.map(({ list, weightPercent }) => [list, weightPercent])).toEqual([
      ['abuse', 40],
      ['clouds', 100],
    ])
    expect(files.lookup('198.51.100.1', Date.now())).toEqual({ listed: [] })
  })
  it('tell the log how many lines of a list cannot be read', async () => {
    const path = join(folder, 'odd.txt')
    await writeFile(
      path,
      `${Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`).join('\r\n')}\r\nnonsense\r\n`,
    )
    const said: unknown[] = []
    const lists = [{ id: 'odd', kind: 'blocked', file: path }] as const
    openNetworkFiles({ lists }, { log: (...entry) => said.push(entry) })
    expect(said).toEqual([['warn', 'list_unread', { list: 'odd', lines: 1 }]])
  })
})
