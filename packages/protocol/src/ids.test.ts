import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { formatId, id, readId } from './ids.ts'

const random = Uint8Array.from({ length: 16 }, (_, index) => index * 16 + 5)

describe('ids', () => {
  it('hold time, bucket and 128 random bits in 38 characters', () => {
    const made = formatId('assessment', 1_800_000_000_000, 0xabc, random)
    expect(made).toMatch(/^asm_[0-9a-hjkmnp-tv-z]{38}$/)
    expect(v.is(id('assessment'), made)).toBe(true)
    expect(v.is(id('challenge'), made)).toBe(false)
    expect(readId(made)).toEqual({ timeMs: 1_800_000_000_000, bucket: 0xabc })
  })
  it('keep the ends of their ranges', () => {
    for (const timeMs of [0, 2 ** 48 - 1]) {
      for (const bucket of [0, 4095]) {
        expect(readId(formatId('event', timeMs, bucket, random))).toEqual({ timeMs, bucket })
      }
    }
  })
  it('sort by time, then by bucket, as plain text', () => {
    const made = [
      formatId('event', 1, 4095, random),
      formatId('event', 2, 0, random),
      formatId('event', 2, 1, random),
      formatId('event', 2 ** 40, 0, random),
    ]
    expect([...made].sort()).toEqual(made)
  })
  it('differ whenever their random bits do', () => {
    const other = Uint8Array.from(random)
    other[15] = (other[15] ?? 0) ^ 1
    expect(formatId('event', 1, 1, other)).not.toBe(formatId('event', 1, 1, random))
  })
  it('are refused out of range', () => {
    expect(() => formatId('event', 2 ** 48, 0, random)).toThrow(RangeError)
    expect(() => formatId('event', -1, 0, random)).toThrow(RangeError)
    expect(() => formatId('event', 1.5, 0, random)).toThrow(RangeError)
    expect(() => formatId('event', 1, 4096, random)).toThrow(RangeError)
    expect(() => formatId('event', 1, 0, random.subarray(1))).toThrow(RangeError)
  })
  it('are no ids with a foreign alphabet, a wrong length or another type', () => {
    const made = formatId('event', 1, 1, random)
    for (const bad of [
      made.slice(0, -1),
      `${made}0`,
      made.toUpperCase(),
      made.replace(/.$/, 'u'),
      '',
      null,
      7,
    ]) {
      expect(v.is(id('event'), bad)).toBe(false)
    }
  })
})
