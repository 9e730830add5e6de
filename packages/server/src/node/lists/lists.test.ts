import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileList } from './compile.ts'
import { openList } from './lists.ts'
import { parseList, readListed } from './parse.ts'

const dayMs = 86_400_000
const dotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

describe('lines of a list', () => {
  const compiled = (text: string) => compileList(parseList(text).entries)
  it('are addresses, networks, ranges and operators, with comments', () => {
    const list = compiled(
      [
        '# of yesterday',
        '',
        '192.0.2.7',
        '198.51.100.0/24 ; a data centre',
        '203.0.113.10 - 203.0.113.20 # a range',
        '2001:db8:1::/48',
        '2001:db8:2:3:4:5:6:7',
        'AS64500\r',
      ].join('\n'),
    )
    expect(list.entries).toBe(6)
    for (const ip of [
      '192.0.2.7',
      '198.51.100.0',
      '198.51.100.255',
      '203.0.113.10',
      '203.0.113.20',
      '2001:db8:1:ffff::1',
    ])
      expect(list.match(ip, undefined), ip).toEqual({ weightPercent: 100, updatedAtMs: undefined })
    for (const ip of ['192.0.2.8', '198.51.101.0', '203.0.113.9', '203.0.113.21', '2001:db8:3::1', '::1'])
      expect(list.match(ip, undefined), ip).toBeUndefined()
    expect(list.match('192.0.2.200', 64_500)).toBeDefined()
    expect(list.match('192.0.2.200', 64_501)).toBeUndefined()
  })
  it('that name one IPv6 address mean the line that has it', () => {
    const list = compiled('2001:db8:2:3:4:5:6:7')
    expect(list.match('2001:db8:2:3::99', undefined)).toBeDefined()
    expect(list.match('2001:db8:2:4::99', undefined)).toBeUndefined()
  })
  it('of a table say weight and date, whatever the order of its columns', () => {
    const list = compiled(
      'last_seen,"IP",source,confidence\n2026-11-01,"192.0.2.7",honeypot,0.25\n,192.0.2.8,,\n',
    )
    expect(list.match('192.0.2.7', undefined)).toEqual({
      weightPercent: 25,
      updatedAtMs: Date.UTC(2026, 10, 1),
    })
    expect(list.match('192.0.2.8', undefined)).toEqual({ weightPercent: 100, updatedAtMs: undefined })
  })
  it('are none where different readers would read them differently, or not at all', () => {
    for (const odd of [
      '010.0.0.1',
      '127.1',
      '1.2.3.4/33',
      '1.2.3.4/-1',
      '::1/129',
      'AS99999999999',
      '5-1',
      'x',
      '',
    ])
      expect(readListed(odd), odd).toBeUndefined()
    expect(readListed('203.0.113.20-203.0.113.10')).toBeUndefined()
    expect(readListed('203.0.113.20-::1')).toBeUndefined()
  })
  it('that cannot be read are counted; where many are, the file is no list', () => {
    const good = Array.from({ length: 200 }, (_, i) => `192.0.2.${i}`).join('\n')
    expect(parseList(`${good}\nnonsense`)).toMatchObject({ unreadCount: 1, unread: [201] })
    expect(() => parseList('<html>\n<body>\nnot found')).toThrow('line 1, 2, 3')
    expect(() => parseList('network,weight\n192.0.2.1,7')).toThrow('line 2')
  })
  it('may end as in Windows, commented or not', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`)
    lines[50] = '203.0.113.9 # seen in October'
    lines[51] = '203.0.113.10 ; case 12'
    const parsed = parseList(lines.join('\r\n'))
    expect(parsed.unreadCount).toBe(0)
    const list = compileList(parsed.entries)
    expect(list.match('203.0.113.9', undefined)).toBeDefined()
    expect(list.match('203.0.113.10', undefined)).toBeDefined()
  })
  it('are none where they are longer than any address, whatever their comment', () => {
    const good = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`).join('\n')
    const long = `203.0.113.9 ${'#'.repeat(5000)}`
    expect(parseList(`${good}\n${long}`)).toMatchObject({ unreadCount: 0 })
    expect(parseList(`${good}\n203.0.113.9,${'x'.repeat(512)}`)).toMatchObject({ unread: [101] })
    expect(parseList(`${'x'.repeat(513)}\n${good}`)).toMatchObject({ unread: [1] })
  })
  it('take time by their number of characters and no more', () => {
    // A pattern that looks for the end of the comment at each of its characters takes minutes here.
    const hostile = `${'#'.repeat(2_000_000)}\r`
    expect(parseList(`192.0.2.7\n${hostile}`).entries).toHaveLength(1)
    expect(parseList('\n'.repeat(4_000_000)).entries).toHaveLength(0)
  })
  it('that name a good part of all addresses are passed over and counted, as in published lists of bogons', () => {
    const good = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`).join('\n')
    for (const wide of ['0.0.0.0/0', '192.0.0.0/7', '1.0.0.0-2.0.0.0', '224.0.0.0/3', '::/0', '2000::/15']) {
      const parsed = parseList(`${good}\n${wide}`)
      expect(parsed, wide).toMatchObject({ unread: [101], unreadCount: 1 })
      expect(compileList(parsed.entries).match('230.0.0.1', undefined), wide).toBeUndefined()
      expect(() => parseList(`192.0.2.7\n${wide}`), wide).toThrow('wider than /8')
    }
  })
})

describe('a compiled list', () => {
  it('finds what the narrowest network of an address says, as looking at each entry would', () => {
    const network = fc.record({
      base: fc.nat({ max: 0xffff }).map((low) => 0xc0000000 + low),
      length: fc.integer({ min: 14, max: 32 }),
      weight: fc.integer({ min: 0, max: 100 }),
    })
    fc.assert(
      fc.property(fc.array(network, { maxLength: 30 }), fc.nat({ max: 0xffff }), (networks, low) => {
        const entries = networks.map(({ base, length, weight }) => ({
          what: readListed(`${dotted(base)}/${length}`)!,
          weightPercent: weight,
          updatedAtMs: undefined,
        }))
        const address = 0xc0000000 + low
        let narrowest: { length: number; weight: number } | undefined
        for (const { base, length, weight } of networks) {
          const size = 2 ** (32 - length)
          const holds = Math.floor(base / size) === Math.floor(address / size)
          if (holds && (narrowest === undefined || length >= narrowest.length)) narrowest = { length, weight }
        }
        expect(compileList(entries).match(dotted(address), undefined)?.weightPercent).toBe(narrowest?.weight)
      }),
      { seed: 12, numRuns: 500 },
    )
  })
  it('finds ranges that overlap without nesting', () => {
    const list = compileList(
      parseList('network,weight\n192.0.2.0-192.0.2.100,0.1\n192.0.2.50-192.0.2.200,0.2').entries,
    )
    expect(list.match('192.0.2.10', undefined)?.weightPercent).toBe(10)
    expect(list.match('192.0.2.100', undefined)?.weightPercent).toBe(10)
    expect(list.match('192.0.2.101', undefined)?.weightPercent).toBe(20)
    expect(list.match('192.0.2.200', undefined)?.weightPercent).toBe(20)
    expect(list.match('192.0.2.201', undefined)).toBeUndefined()
  })
  it('is made of ranges in any order of their ends, as looking at each would', () => {
    const range = fc.record({ start: fc.nat({ max: 60 }), length: fc.nat({ max: 60 }) })
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), fc.nat({ max: 130 }), (ranges, address) => {
        const entries = ranges.map(({ start, length }, index) => ({
          what: { kind: 'ipv4' as const, start, end: start + length },
          weightPercent: index,
          updatedAtMs: undefined,
        }))
        const holding = ranges.filter(({ start, length }) => start <= address && address <= start + length)
        const found = compileList(entries).match(dotted(address), undefined)
        expect(found !== undefined).toBe(holding.length > 0)
        if (found === undefined) return
        const { start, length } = ranges[found.weightPercent]!
        expect(Math.min(...holding.map((each) => each.start + each.length))).toBe(start + length)
      }),
      { seed: 13, numRuns: 500 },
    )
  })
  it('is refused where more entries hold one address than any list has', () => {
    const nested = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        what: { kind: 'ipv4' as const, start: i, end: 10_000 - i },
        weightPercent: 100,
        updatedAtMs: undefined,
      }))
    expect(compileList(nested(1000)).match('0.0.19.0', undefined)).toBeDefined()
    expect(() => compileList(nested(1001))).toThrow('more than 1000 entries hold one address')
  })
  it('reaches both ends of the address space', () => {
    const list = compileList(parseList('0.0.0.0/8\n255.255.255.255\n::/64\nffff::/16').entries)
    for (const ip of ['0.0.0.0', '0.255.255.255', '255.255.255.255', '::1', 'ffff:ffff:ffff:ffff::1'])
      expect(list.match(ip, undefined), ip).toBeDefined()
    expect(list.match('255.255.255.254', undefined)).toBeUndefined()
  })
})

describe('a file', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'newel-lists-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const write = (text: string): string => {
    const path = join(folder, 'list.txt')
    writeFileSync(path, text)
    utimesSync(path, 1_790_000_000, 1_790_000_000)
    return path
  }
  it('gives hits with list, version, weight and age', () => {
    const list = openList({ id: 'tor-exits', kind: 'tor', file: write('192.0.2.7\n'), weight: 0.5 })
    const nowMs = 1_790_000_000_000 + 3.5 * dayMs
    expect(list.hit('192.0.2.7', undefined, nowMs)).toEqual({
      list: 'tor-exits',
      version: '10678f304eed',
      kind: 'tor',
      weightPercent: 50,
      ageDays: 3,
    })
    expect(list.version).toMatch(/^[0-9a-f]{12}$/)
    expect(list.hit('192.0.2.8', undefined, nowMs)).toBeUndefined()
    // A clock that is behind the file makes it no younger than new.
    expect(list.hit('192.0.2.7', undefined, 0)?.ageDays).toBe(0)
    expect(openList({ id: 'a', kind: 'tor', file: write('192.0.2.8\n') }).version).not.toBe(list.version)
  })
  it('that is none, is not there, or is badly declared is refused by name', () => {
    expect(() => openList({ id: 'web', kind: 'blocked', file: write('<html>\n') })).toThrow(
      /list web \(.*line 1/,
    )
    expect(() => openList({ id: 'web', kind: 'blocked', file: join(folder, 'nowhere') })).toThrow('ENOENT')
    expect(() => openList({ id: 'two words', kind: 'blocked', file: write('') })).toThrow('list id')
    expect(() => openList({ id: 'web', kind: 'blocked', file: write(''), weight: 2 })).toThrow('weight')
  })
})
