import { describe, expect, it } from 'vitest'
import { readParams } from './params.ts'

describe('params', () => {
  it('are strings, booleans and safe integers, copied and frozen', () => {
    const values = { to: 'DE00', amount: '100.00', fast: true, count: 3 }
    const params = readParams(values)
    expect(params).toEqual(values)
    expect(params).not.toBe(values)
    expect(Object.isFrozen(params)).toBe(true)
  })

  it('leave out what is undefined, so that Newel says what is missing', () => {
    expect(readParams({ to: undefined, amount: '1' })).toEqual({ amount: '1' })
  })

  it('are refused for any other value', () => {
    const others: unknown[] = [
      1.5,
      Number.NaN,
      Infinity,
      2 ** 53,
      null,
      {},
      [],
      ['a'],
      1n,
      Symbol('x'),
      () => 1,
    ]
    for (const value of [...others, 'x'.repeat(2049), 'a\ud800'])
      expect(readParams({ to: value })).toBeUndefined()
  })

  it('are refused for names that no policy can declare, and in numbers that none has', () => {
    for (const name of ['To', '', '__proto__', 'a b', 'a'.repeat(65)]) {
      expect(
        readParams(JSON.parse(`{${JSON.stringify(name)}:"x"}`) as object as Record<string, unknown>),
      ).toBeUndefined()
    }
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x']))
    expect(readParams(many(32))).toBeDefined()
    expect(readParams(many(33))).toBeUndefined()
  })

  it('have one zero', () => {
    expect(Object.is(readParams({ count: -0 })?.['count'], 0)).toBe(true)
  })
})
