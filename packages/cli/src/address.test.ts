import { describe, expect, it } from 'vitest'
import { clientAddress } from './address.ts'

describe('without trusted proxies', () => {
  it('is the peer, whatever the header says', () => {
    expect(clientAddress('192.0.2.1', '203.0.113.9', 0)).toBe('192.0.2.1')
  })
  it('takes IPv4 inside IPv6 for IPv4', () => {
    expect(clientAddress('::ffff:192.0.2.1', null, 0)).toBe('192.0.2.1')
  })
  it('leaves the zone of a link-local address out', () => {
    expect(clientAddress('fe80::1%eth0', null, 0)).toBe('fe80::1')
  })
})

describe('behind trusted proxies', () => {
  it('is what the outermost of them wrote', () => {
    expect(clientAddress('10.0.0.1', '198.51.100.7', 1)).toBe('198.51.100.7')
    expect(clientAddress('10.0.0.1', '198.51.100.7, 10.0.0.2', 2)).toBe('198.51.100.7')
  })
  it('ignores what the client itself put in front', () => {
    expect(clientAddress('10.0.0.1', '1.1.1.1, 2.2.2.2, 198.51.100.7', 1)).toBe('198.51.100.7')
  })
  it('is unknown where the request came past them', () => {
    expect(clientAddress('10.0.0.1', null, 1)).toBeUndefined()
    expect(clientAddress('10.0.0.1', '198.51.100.7', 2)).toBeUndefined()
  })
  it('is unknown where the entry is no address', () => {
    expect(clientAddress('10.0.0.1', 'unknown', 1)).toBeUndefined()
    expect(clientAddress('10.0.0.1', '198.51.100.7, ', 1)).toBeUndefined()
  })
  it('leaves ports and brackets out', () => {
    expect(clientAddress('10.0.0.1', '198.51.100.7:4711', 1)).toBe('198.51.100.7')
    expect(clientAddress('10.0.0.1', '[2001:db8::1]:443', 1)).toBe('2001:db8::1')
  })
})
