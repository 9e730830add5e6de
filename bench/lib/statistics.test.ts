import { describe, expect, it } from 'vitest'
import { median, percentile } from './statistics.ts'

describe('statistics', () => {
  it('take the middle value, or the mean of two', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(() => median([])).toThrow(RangeError)
  })
  it('take percentiles by nearest rank', () => {
    const hundred = Float64Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile(Float64Array.of(7), 0.99)).toBe(7)
    expect(() => percentile(new Float64Array(), 0.5)).toThrow(RangeError)
  })
})
