import { describe, expect, it } from 'vitest'
import { normaliseAddress, prefixOf, subscriberOf } from './network.ts'

describe('addresses', () => {
  it('are brought to one form', () => {
    expect(normaliseAddress('192.0.2.7')).toBe('192.0.2.7')
    expect(normaliseAddress('::ffff:192.0.2.7')).toBe('192.0.2.7')
    expect(normaliseAddress('2001:DB8:0:0:0:0:0:1')).toBe('2001:db8::1')
  })
  it('that a translator made count as the IPv4 they hold', () => {
    expect(normaliseAddress('64:ff9b::192.0.2.7')).toBe('192.0.2.7')
    expect(subscriberOf('64:ff9b::cb00:7109')).toBe('203.0.113.9')
    expect(normaliseAddress('64:ff9b:1::c000:207')).toBe('64:ff9b:1::c000:207')
  })
  it('that different readers would read differently are none', () => {
    for (const bad of [
      '010.1.1.1',
      '127.1',
      '2130706433',
      '0x7f.0.0.1',
      '1.2.3.4, 5.6.7.8',
      '',
      'localhost',
      undefined,
    ]) {
      expect(normaliseAddress(bad)).toBeUndefined()
    }
  })
  it('count as a /24 or a /48', () => {
    expect(prefixOf('192.0.2.7')).toBe('192.0.2.0/24')
    expect(prefixOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48')
  })
})
