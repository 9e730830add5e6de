import { describe, expect, it } from 'vitest'
import { comparisonOf, said } from '../../test/comparison.ts'
import { after, doing, nats, near, visits } from '../../test/doings.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { BehaviourFacts } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { navigation } from './navigation.ts'

describe('navigation', () => {
  const way = (more: Partial<NonNullable<BehaviourFacts['navigation']>> = {}, visit = 0) =>
    doing({
      navigation: {
        pages: near([11, 4000, 12, 9000, 13, 20_000], 0, 0).map((value, i) =>
          i % 2 ? near([value], visit, 30)[0]! : value,
        ),
        fields: [21, 900, 22, 1200],
        pasted: 0,
        returns: 0,
        absences: 0,
        flurries: 0,
        ...more,
      },
    })
  const state = after(
    navigation,
    visits.map((i) => way({}, i)),
  )
  it('knows the way that its people go', () => {
    expect(nats(navigation, way({}, 9), state)).toBeLessThan(-0.3)
  })
  it('is surprised by another order, a hurry and a paste', () => {
    const hurried = way({ pages: [11, 60, 14, 50, 15, 40], fields: [22, 30, 21, 20], pasted: 1 })
    expect(nats(navigation, hurried, state)).toBeGreaterThan(0.4)
  })
  it('does not hold a habit against its people', () => {
    const pasting = after(
      navigation,
      visits.map((i) => way({ pasted: 1 }, i)),
    )
    const strange = { pages: [11, 4000, 15, 9000] }
    expect(nats(navigation, way({ ...strange, pasted: 1 }), pasting)).toBeLessThan(
      nats(navigation, way({ ...strange, pasted: 1 }), state),
    )
  })
  it('says nothing before three sessions', () => {
    expect(said(navigation, comparisonOf(way()), after(navigation, [way(), way()]))).toEqual({})
    expect(nats(navigation, way(), after(navigation, [way(), way(), way()]))).toBe(-0.7)
  })
  /** Who enters by one of four pages, and does nothing else. */
  const entering = after(
    navigation,
    [11, 12, 13, 14, 11, 12, 13, 14].map((page) => way({ pages: [page, 4000], fields: [] })),
  )
  it('takes what lies before the first step for no pace: nobody spends any time there', () => {
    const odd = ln(0.1 / 0.02) + ln(0.85 / 0.97) + ln(0.8 / 0.96) + ln(0.95 / 0.99)
    const order = tierNats({ count: 2, total: 8, distinct: 4 }, 1 / 8)
    expect(nats(navigation, way({ pages: [11, 4000], fields: [], pasted: 1 }), entering)).toBeCloseTo(
      odd + order,
      3,
    )
  })
  it('reads the pace by the spreads of people and of one person, half of it at most', () => {
    const going = after(
      navigation,
      [11, 12, 13, 14, 11, 12, 13, 14].map((page) => way({ pages: [page, 4000, 15, 100], fields: [] })),
    )
    const nearly = (ms: number) =>
      nats(navigation, way({ pages: [11, ms, 15, 100], fields: [], pasted: 1 }), going)
    const orders =
      tierNats({ count: 2, total: 8, distinct: 4 }, 1 / 8) +
      tierNats({ count: 2, total: 2, distinct: 1 }, 1 / 8)
    const odd = ln(0.1 / 0.02) + ln(0.85 / 0.97) + ln(0.8 / 0.96) + ln(0.95 / 0.99)
    // 4 s is 51 eighths of a doubling from 50 ms, and 3 s is 47, three from that of people and four from her own.
    const spread = 11 * Math.sqrt(1 + 1 / 2)
    const pace = ln(spread / 20) - (3 * 3) / (2 * 20 * 20) + (4 * 4) / (2 * spread * spread)
    expect(nearly(3000)).toBeCloseTo(odd + (orders + pace / 2) / 2, 3)
    expect(nearly(20)).toBeCloseTo(odd + (orders + 0.5) / 2, 3)
  })
  it('draws the lines of what is odd', () => {
    const plain = { pages: [11, 4000], fields: [] }
    const differs = (more: object): boolean =>
      nats(navigation, way({ ...plain, ...more }), entering) > nats(navigation, way(plain), entering)
    expect([differs({ returns: 1 }), differs({ returns: 2 })]).toEqual([false, true])
    expect([differs({ absences: 2 }), differs({ absences: 3 })]).toEqual([false, true])
    expect([differs({ flurries: 1 }), differs({ pasted: 1 })]).toEqual([true, true])
  })
  it('does not take the middle of a long way for its start', () => {
    const long = [21, 10, 22, 10, 23, 10, 24, 10, 25, 10, 11, 10]
    const startsOf = (pages: number[]) =>
      after(navigation, [way({ pages, fields: [] })]).steps.filter(({ from }) => from === 0).length
    expect([long.slice(0, 10), long].map(startsOf)).toEqual([1, 0])
  })
  it('stays small, and comes back as it was written', () => {
    const many = after(
      navigation,
      Array.from({ length: 300 }, (_, i) =>
        way({ pages: [i, 10, i * 7, 20, i * 13, 30], fields: [i, 5, i * 3, 5] }),
      ),
    )
    const bytes = navigation.section!.encode(many)
    expect(bytes.length).toBeLessThan(400)
    expect(navigation.section!.decode(bytes)).toEqual(many)
  })
})
