import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contains, parseCidr } from './cidr.ts'
import { endOfDay } from './day.ts'

describe('a network', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.0/24', true],
    ['192.0.0.0/16', '192.0.2.0/24', true],
    ['192.0.2.0/24', '192.0.0.0/16', false],
    ['192.0.2.0/24', '192.0.3.0/24', false],
    ['0.0.0.0/0', '203.0.113.0/24', true],
    ['0.0.0.0/0', '2001:db8::/48', false],
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['2001:db8::/32', '2001:db9::/48', false],
    ['::/0', '2001:db8::/48', true],
    ['192.0.2.1/32', '192.0.2.1/32', true],
    ['2001:db8::1/128', '2001:db8::1/128', true],
    ['1:2:3:4:5:6:7::/112', '1:2:3:4:5:6:7:0/112', true],
  ])('%s holds %s: %s', (outer, inner, expected) => {
    expect(contains(parseCidr(outer)!, parseCidr(inner)!)).toBe(expected)
  })
  it.each([
    '',
    '192.0.2.0',
    '192.0.2.1/24',
    '192.0.2/24',
    '192.0.2.00/24',
    '256.0.0.0/8',
    '192.0.2.0/33',
    '192.0.2.0/24/8',
    '192.0.2.0/-1',
    ':::/48',
    '2001::db8::/48',
    '2001:db8::1/48',
    '2001:db8:1:2:3:4:5:6:7/48',
    '2001:db8::/129',
    '12345::/48',
    '1:2:3:4:5:6:7::8/128',
    '::ffff:192.0.2.0/120',
  ])('%j is none', (text) => {
    expect(parseCidr(text)).toBeUndefined()
  })
})

describe('the end of a day', () => {
  it('is that of the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_932_896 }), (day) => {
        const atMs = day * 86_400_000
        expect(endOfDay(new Date(atMs).toISOString().slice(0, 10))).toBe(atMs + 86_400_000)
      }),
      { seed: 1, numRuns: 300 },
    )
  })
  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-01-00', '2100-02-29'])(
    'there is none of %s',
    (text) => {
      expect(endOfDay(text)).toBeUndefined()
    },
  )
})
