import { describe, expect, it } from 'vitest'
import { formatAmount, parseAmount } from './money.ts'

describe('an amount', () => {
  it.each([
    ['250', 25_000],
    ['12.5', 1250],
    ['0.07', 7],
    [' 999999.99 ', 99_999_999],
  ])('reads %j as %i cents', (text, cents) => {
    expect(parseAmount(text)).toBe(cents)
  })

  it.each(['', '0', '0.00', '-5', '1e3', '12.345', '1,000.00', '1000000', '٣', 'NaN', '0x10', '1 2'])(
    'is not %j',
    (text) => {
      expect(parseAmount(text)).toBeUndefined()
    },
  )

  it('has one written form', () => {
    expect(formatAmount(25_000)).toBe('250.00')
    expect(formatAmount(7)).toBe('0.07')
    expect(formatAmount(-4500)).toBe('-45.00')
  })
})
