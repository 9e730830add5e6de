import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { configSchema, type Config } from '../config/schema.ts'
import { checkNetworks } from './networks.ts'

const writtenMs = 1_790_000_000_000
const dayMs = 86_400_000
let folder: string
let list: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-doctor-'))
  list = join(folder, 'tor.txt')
  writeFileSync(list, Array.from({ length: 99 }, (_, i) => `192.0.2.${i}`).join('\n') + '\nodd\n')
  utimesSync(list, writtenMs / 1000, writtenMs / 1000)
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const config = (more: object): Config => v.parse(configSchema, more)
const after = (days: number, more: object) => checkNetworks(config(more), writtenMs + days * dayMs)

describe('networks', () => {
  it('without any file are doubtful: the command that fetches some is named', () => {
    expect(after(0, {})).toMatchObject([
      { state: 'doubtful', todo: expect.stringContaining('data fetch') as string },
    ])
  })
  it('of lists are good while they are fresh, with what could not be read', () => {
    const lists = [{ id: 'tor', kind: 'tor', file: list }]
    expect(after(3, { lists })).toEqual([
      { state: 'good', what: 'List tor has 99 entries, 1 lines passed over and is 3 days old' },
    ])
    expect(after(60, { lists })).toMatchObject([{ state: 'doubtful' }])
  })
  it('of files say their age, and which is not there', () => {
    expect(after(3, { country_file: list, asn_file: join(folder, 'nowhere.mmdb') })).toMatchObject([
      { state: 'good', what: 'country_file is 3 days old' },
      { state: 'bad', what: expect.stringContaining('asn_file') as string },
    ])
    expect(after(3, { lists: [{ id: 'x', kind: 'blocked', file: join(folder, 'nowhere') }] })).toMatchObject([
      { state: 'bad' },
    ])
  })
})
