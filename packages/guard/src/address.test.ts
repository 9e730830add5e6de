import { describe, expect, it } from 'vitest'
import { fromForwarded, fromHeader, fromSocket, type ClientAddress } from './address.ts'
import { GuardError } from './error.ts'

const find = (source: ClientAddress, headers: Record<string, string> = {}, peer?: string) =>
  typeof source === 'function' ? source({ headers: new Headers(headers), peer }) : source

describe('the client address', () => {
  it('is the peer of the socket, in IPv4 or IPv6, without its zone', () => {
    expect(find(fromSocket(), {}, '192.0.2.7')).toBe('192.0.2.7')
    expect(find(fromSocket(), {}, '::ffff:192.0.2.7')).toBe('::ffff:192.0.2.7')
    expect(find(fromSocket(), {}, 'fe80::1%eth0')).toBe('fe80::1')
    expect(find(fromSocket(), { 'x-forwarded-for': '198.51.100.1' })).toBeUndefined()
  })

  it('is what the outermost trusted proxy saw, whatever a browser wrote further left', () => {
    const forged = { 'x-forwarded-for': '203.0.113.66, 198.51.100.1, 10.0.0.2' }
    expect(find(fromForwarded({ hops: 1 }), forged)).toBe('10.0.0.2')
    expect(find(fromForwarded({ hops: 2 }), forged)).toBe('198.51.100.1')
  })

  it('is unknown where a proxy was passed by or wrote no address', () => {
    expect(find(fromForwarded({ hops: 2 }), { 'x-forwarded-for': '198.51.100.1' })).toBeUndefined()
    expect(find(fromForwarded({ hops: 1 }), {}, '192.0.2.7')).toBeUndefined()
    expect(find(fromForwarded({ hops: 1 }), { 'x-forwarded-for': 'unknown' })).toBeUndefined()
    expect(find(fromForwarded({ hops: 1 }), { 'x-forwarded-for': '1.2.3.4, ' })).toBeUndefined()
  })

  it('is read without port and brackets', () => {
    expect(find(fromForwarded({ hops: 1 }), { 'x-forwarded-for': '198.51.100.1:4711' })).toBe('198.51.100.1')
    expect(find(fromForwarded({ hops: 1 }), { 'x-forwarded-for': '[2001:db8::1]:4711' })).toBe('2001:db8::1')
  })

  it('is the header that a proxy sets, where it holds an address', () => {
    expect(find(fromHeader('CF-Connecting-IP'), { 'cf-connecting-ip': ' 2001:db8::1 ' })).toBe('2001:db8::1')
    for (const value of ['', 'localhost', '999.1.1.1', '1.2.3', '1'.repeat(60), '<script>', 'a:b']) {
      expect(find(fromHeader('CF-Connecting-IP'), { 'cf-connecting-ip': value })).toBeUndefined()
    }
  })

  it('refuses a set-up that cannot be right', () => {
    for (const hops of [0, -1, 1.5, 17, Number.NaN]) expect(() => fromForwarded({ hops })).toThrow(GuardError)
    expect(() => fromHeader('no header')).toThrow(GuardError)
  })
})
