import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, dayMs, hourMs, laptop, startMs } from '../../test/account.ts'
import { comparisonOf, learned, said } from '../../test/comparison.ts'
import { hourOfWeek, time } from './time.ts'

const tuesdayNine = at({ ...laptop(), client: { ...laptop().client, offsetMinutes: 0 } }, startMs)
const shifted = (hours: number) => at(tuesdayNine, startMs + hours * hourMs)
const nats = (facts: typeof tuesdayNine, state = learned(time, [tuesdayNine, 20])): number =>
  Object.values(said(time, comparisonOf(facts), state))[0] ?? 0

describe('the hour of the week', () => {
  it('starts on Monday and is that of the person’s clock', () => {
    expect(hourOfWeek(startMs, 0)).toBe(24 + 9)
    expect(hourOfWeek(startMs, 540)).toBe(24 + 18)
    expect(hourOfWeek(startMs - 33.5 * hourMs, 60)).toBe(0)
    expect(hourOfWeek(0, 0)).toBe(72)
    expect(hourOfWeek(startMs, undefined)).toBeUndefined()
  })
  it('is always one of 168', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: -840, max: 840 }), (ms, offset) => {
        const hour = hourOfWeek(ms, offset)!
        return Number.isInteger(hour) && hour >= 0 && hour < 168
      }),
      { seed: 2, numRuns: 500 },
    )
  })
})

describe('the time', () => {
  it('that is usual calms, and an hour off nearly as much', () => {
    expect(nats(tuesdayNine)).toBeLessThan(-2)
    expect(nats(shifted(1))).toBeLessThan(-1.5)
    expect(nats(shifted(1))).toBeGreaterThan(nats(tuesdayNine))
  })
  it('of the same hour on another day calms less than on the same day', () => {
    expect(nats(shifted(24))).toBeGreaterThan(nats(tuesdayNine) + 0.5)
    expect(nats(shifted(24))).toBeLessThan(0)
  })
  it('that is unusual alarms', () => {
    expect(nats(shifted(11))).toBeGreaterThan(1)
  })
  it('is a circle: Sunday night lies beside Monday morning', () => {
    const sunday = at(tuesdayNine, startMs + 134.5 * hourMs)
    const monday = at(tuesdayNine, startMs + 135.5 * hourMs)
    expect(nats(monday, learned(time, [sunday, 20]))).toBeLessThan(-1)
  })
  it('says nothing without a history, or without the client’s offset', () => {
    const { offsetMinutes: _offset, ...client } = laptop().client
    expect(said(time, comparisonOf(tuesdayNine), time.section!.empty)).toEqual({})
    expect(said(time, comparisonOf({ ...tuesdayNine, client }), learned(time, [tuesdayNine, 20]))).toEqual({})
  })
  it('keeps its counts in a byte, and their proportions', () => {
    const state = learned(time, [tuesdayNine, 400], [shifted(dayMs / hourMs), 10])
    expect(Math.max(...state)).toBeLessThanOrEqual(255)
    expect(time.section!.decode(time.section!.encode(state))).toEqual(state)
  })
})
