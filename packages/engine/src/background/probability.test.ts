import { describe, expect, it } from 'vitest'
import { backgroundTiers, type Background, type BackgroundTier } from './background.ts'
import { backgroundProbability, hourProbability, tierProbability } from './probability.ts'
import { shippedBackground } from './shipped.ts'

const complete: BackgroundTier = { total: 100, distinct: 3, unseen: 4, values: { a: 70, b: 20, c: 10 } }

/** Freeman et al., written down again from the paper: (c/N)(1 − M/(N+M)), else 1/(N+M). */
const freeman = (c: number, n: number, m: number): number =>
  c > 0 ? (c / n) * (1 - m / (n + m)) : 1 / (n + m)

describe('the probability of a value among others', () => {
  it('is that of Freeman et al. where every value is listed', () => {
    expect(tierProbability(complete, 'a')).toBeCloseTo(freeman(70, 100, 4), 12)
    expect(tierProbability(complete, 'c')).toBeCloseTo(freeman(10, 100, 4), 12)
    expect(tierProbability(complete, 'z')).toBeCloseTo(freeman(0, 100, 4), 12)
  })
  it('adds up to one over listed, unlisted and unseen values', () => {
    const cut: BackgroundTier = { ...complete, distinct: 12, total: 130 }
    const listed = ['a', 'b', 'c'].map((value) => tierProbability(cut, value)).reduce((a, b) => a + b)
    expect(listed + (12 - 3 + 4) * tierProbability(cut, 'z')).toBeCloseTo(1, 12)
  })
  it('gives an unlisted name of the language no count', () => {
    expect(tierProbability(complete, 'constructor')).toBe(tierProbability(complete, 'z'))
  })
})

describe('the shipped background', () => {
  it.each(backgroundTiers)('adds up in %s: no more is listed than counted', (name) => {
    const { total, distinct, unseen, values } = shippedBackground.tiers[name]
    const counts = Object.values(values)
    expect(counts.every((count) => Number.isSafeInteger(count) && count > 0)).toBe(true)
    expect(counts.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(total)
    expect(counts.length).toBeLessThanOrEqual(distinct)
    expect(unseen).toBeGreaterThanOrEqual(1)
  })
  it('has each hour of the week', () => {
    expect(shippedBackground.hours).toHaveLength(168)
    const sum = Array.from({ length: 168 }, (_, hour) => hourProbability(shippedBackground, hour)).reduce(
      (a, b) => a + b,
    )
    expect(sum).toBeCloseTo(1, 12)
  })
  it('fits in a quarter of a mebibyte', () => {
    expect(JSON.stringify(shippedBackground).length).toBeLessThan(262_144)
  })
})

describe("a tenant's background", () => {
  const own = (total: number): Background => ({
    ...shippedBackground,
    tiers: { ...shippedBackground.tiers, country: { total, distinct: 1, unseen: 1, values: { NO: total } } },
  })
  it('weighs as much as the shipped one at 200 subject-days', () => {
    const shipped = backgroundProbability(shippedBackground, 'country', 'NO')
    const tenant = tierProbability(own(200).tiers.country, 'NO')
    expect(backgroundProbability(own(200), 'country', 'NO')).toBeCloseTo((shipped + tenant) / 2, 12)
  })
  it('is the shipped one while it is empty', () => {
    expect(
      backgroundProbability({ ...own(0), hours: Array.from({ length: 168 }, () => 0) }, 'country', 'NO'),
    ).toBeCloseTo(tierProbability(shippedBackground.tiers.country, 'NO'), 12)
  })
  it('tells how many share a subject’s country; the shipped one, which is of no service, at least one in four', () => {
    expect(backgroundProbability(shippedBackground, 'country', 'NO', true)).toBeCloseTo(0.26, 12)
    expect(backgroundProbability(own(1_000_000), 'country', 'NO', true)).toBeGreaterThan(0.99)
    const few = {
      ...own(0),
      tiers: {
        ...own(0).tiers,
        country: { total: 1_000_000, distinct: 2, unseen: 1, values: { SE: 990_000, NO: 10_000 } },
      },
    }
    expect(backgroundProbability(few, 'country', 'NO', true)).toBeCloseTo(0.01, 3)
  })
  it('outweighs it in the end', () => {
    expect(backgroundProbability(own(1_000_000), 'country', 'NO')).toBeGreaterThan(0.99)
  })
})
