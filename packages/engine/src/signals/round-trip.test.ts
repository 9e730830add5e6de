import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laptop } from '../../test/account.ts'
import { comparisonOf, learned, said } from '../../test/comparison.ts'
import type { Facts, PlaceFacts } from '../facts.ts'
import { roundTrip } from './round-trip.ts'

const within = (roundTripMs: number | undefined, asn = 17676, place?: PlaceFacts): Facts => {
  const base = laptop()
  return {
    ...base,
    network: {
      ...base.network,
      asn,
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      ...(place === undefined ? {} : { place }),
    },
  }
}
const usual = learned(roundTrip, [within(22), 3], [within(27), 2])
const say = (facts: Facts, anchors = usual, all = usual) => said(roundTrip, comparisonOf(facts), anchors, all)

describe('the round trip', () => {
  it('as usual, or shorter, says nothing', () => {
    for (const ms of [1, 15, 25, 40]) expect(say(within(ms))).toEqual({})
  })
  it('several times as long as usual on this network is weak evidence of something in between', () => {
    expect(say(within(64))['round_trip_long']).toBeCloseTo(0.233, 2)
    expect(say(within(80))['round_trip_long']).toBeCloseTo(0.467, 2)
    expect(say(within(300))['round_trip_long']).toBe(0.7)
  })
  it('on another network has no usual length', () => {
    expect(say(within(600, 64500))).toEqual({})
  })
  it('needs three readings before it speaks', () => {
    const few = learned(roundTrip, [within(25), 2])
    expect(say(within(600), few, few)).toEqual({})
  })
  it('that was always long, as by satellite, is usual', () => {
    const satellite = learned(roundTrip, [within(620), 5])
    expect(say(within(700), satellite, satellite)).toEqual({})
  })
  it('that is not known says nothing, nor does an absurd one', () => {
    for (const ms of [undefined, NaN, -5, Infinity, 1e9]) expect(say(within(ms))).toEqual({})
  })
  it('never calms, is bounded, and longer never says less', () => {
    const ms = fc.integer({ min: 0, max: 65_534 })
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)].map(
          (each) => say(within(each))['round_trip_long'] ?? 0,
        )
        expect(short).toBeGreaterThanOrEqual(0)
        expect(long).toBeGreaterThanOrEqual(short!)
        expect(long).toBeLessThanOrEqual(0.7)
      }),
      { seed: 4, numRuns: 300 },
    )
  })
  it('shorter than light needs from the place of the address says that the place is wrong', () => {
    const far: PlaceFacts = { latitude: 50, longitude: 8, radiusKm: 50, serverKm: 9000 }
    expect(say(within(20, 17676, far))).toEqual({ round_trip_short: 0.7 })
    // 9 000 km and back take 90 ms.
    expect(say(within(95, 64500, far))).toEqual({})
    expect(say(within(20, 64500, { ...far, radiusKm: 4500 }))).toEqual({})
  })
  it('is not taught in silence, unless it is shorter', () => {
    const section = roundTrip.section!
    const of = (ms: number) => section.sample(comparisonOf(within(ms)).features)
    expect(section.mask(usual, of(600))).toEqual([])
    expect(section.mask(usual, of(20))).toEqual(of(20))
  })
  it('is kept in a few bytes', () => {
    expect(roundTrip.section!.decode(roundTrip.section!.encode(usual))).toEqual(usual)
    expect(roundTrip.section!.encode(usual).length).toBeLessThan(20)
  })
})
