import { describe, expect, it } from 'vitest'
import { cllr, minCllr } from './cllr.ts'
import { areaUnderRoc, equalErrorRate, zeroMissFalseAlarm } from './eer.ts'
import { clusterInterval, deviation, mean, quantile } from './interval.ts'

describe('the equal error rate', () => {
  it('is 0 where no impostor scores as low as a genuine attempt', () => {
    expect(equalErrorRate({ genuine: [1, 2, 3], impostor: [4, 5] })).toBe(0)
  })
  it('is 1 where every impostor scores lower', () => {
    expect(equalErrorRate({ genuine: [4, 5], impostor: [1, 2, 3] })).toBe(1)
  })
  it('is the rate at a threshold where both are equal', () => {
    expect(equalErrorRate({ genuine: [1, 2, 3, 6], impostor: [2.5, 5, 7, 8] })).toBe(0.25)
  })
  it('is interpolated between the two points around the crossing', () => {
    // Points (miss, false alarm): (0, 1/3), (1/2, 1/3), (1/2, 0): the middle one crosses at 1/3.
    expect(equalErrorRate({ genuine: [1, 2, 4], impostor: [3, 5] })).toBeCloseTo(1 / 3, 12)
    // From (0, 1) to (1, 0) in one step: nothing is told apart.
    expect(equalErrorRate({ genuine: [1, 1], impostor: [1, 1] })).toBe(0.5)
  })
  it('needs both kinds', () => {
    expect(() => equalErrorRate({ genuine: [], impostor: [1] })).toThrow(RangeError)
  })
})

describe('beside it', () => {
  it('the zero-miss rate is the share of genuine attempts above the lowest impostor', () => {
    expect(zeroMissFalseAlarm({ genuine: [1, 2, 4, 6], impostor: [3, 5] })).toBe(0.5)
  })
  it('the area is the share of pairs in order, a tie counting half', () => {
    expect(areaUnderRoc({ genuine: [1, 3], impostor: [2, 3] })).toBeCloseTo((1 + 1 + 0 + 0.5) / 4, 12)
  })
})

describe('Cllr', () => {
  it('of saying nothing is one bit', () => {
    expect(cllr({ genuine: [0, 0], impostor: [0] })).toBe(1)
  })
  it('is the mean cost of both kinds', () => {
    const nats = Math.log(3)
    // A genuine attempt at odds of 1 to 3, an impostor at 3 to 1: both cost log2(4/3).
    expect(cllr({ genuine: [-nats], impostor: [nats] })).toBeCloseTo(Math.log2(4 / 3), 12)
  })
  it('grows without bound where a certain ratio is wrong', () => {
    expect(cllr({ genuine: [50], impostor: [1] })).toBeGreaterThan(30)
  })
})

describe('the least Cllr of any monotone map', () => {
  it('is 0 where the scores separate, however wrong they are as ratios', () => {
    expect(minCllr({ genuine: [7, 8], impostor: [9, 10] })).toBe(0)
  })
  it('is one bit where they say nothing or the contrary', () => {
    expect(minCllr({ genuine: [1, 1], impostor: [1, 1] })).toBeCloseTo(1, 12)
    expect(minCllr({ genuine: [5, 6], impostor: [1, 2] })).toBeCloseTo(1, 12)
  })
  it('is the entropy of the pooled blocks', () => {
    // Blocks: {1 genuine of 2}, {1 genuine and 1 impostor of 2 each}, {1 impostor}: only the middle one costs.
    expect(minCllr({ genuine: [1, 3], impostor: [2, 4] })).toBeCloseTo(0.5, 12)
  })
  it('takes equal scores as one observation, whatever comes before them', () => {
    // At 2 stand one genuine and three impostors of four: apart from the block at 1, which is even.
    const scores = { genuine: [1, 1, 1, 2], impostor: [1, 2, 2, 2] }
    const entropy = (p: number) => -p * Math.log2(p) - (1 - p) * Math.log2(1 - p)
    expect(minCllr(scores)).toBeCloseTo(entropy(0.25), 12)
  })
  it('is never above the Cllr itself', () => {
    const scores = { genuine: [-2, -1, 0.5, 1], impostor: [-0.5, 0.2, 2, 3] }
    expect(minCllr(scores)).toBeLessThanOrEqual(cllr(scores))
  })
})

describe('an interval over subjects', () => {
  it('holds the mean, is the same every time, and narrows with more subjects', () => {
    const few = Array.from({ length: 10 }, (_, i) => (i % 5) / 10)
    const many = Array.from({ length: 1000 }, (_, i) => (i % 5) / 10)
    const narrow = clusterInterval(many, mean)
    const wide = clusterInterval(few, mean)
    expect(wide).toEqual(clusterInterval(few, mean))
    expect(wide.low).toBeLessThan(wide.value)
    expect(wide.high).toBeGreaterThan(wide.value)
    expect(narrow.high - narrow.low).toBeLessThan((wide.high - wide.low) / 5)
    // Standard error of a mean: 1.96 · sd / √n.
    expect(narrow.high - narrow.value).toBeCloseTo((1.96 * deviation(many)) / Math.sqrt(1000), 3)
  })
  it('takes quantiles linearly between neighbours', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 3], share))).toEqual([1, 1.5, 2, 3])
  })
})
