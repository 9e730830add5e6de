import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparisonOf, learned, said } from '../../test/comparison.ts'
import { at, dayMs, laptop, startMs } from '../../test/account.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { Facts } from '../facts.ts'
import { gap } from './gap.ts'
import { idle } from './idle.ts'

const spell = (idleMinutes: number): Facts => ({ ...laptop(), session: { idleMinutes, others: 0 } })
/** Somebody who was here yesterday, and is most days. */
const after = (idleMinutes: number) =>
  comparisonOf(spell(idleMinutes), { firstMs: startMs - 20 * dayMs, lastMs: startMs - dayMs })
const lunches = learned(idle, [spell(60), 20])
const nights = learned(idle, [spell(60), 5], [spell(14 * 60), 20], [spell(62 * 60), 8])

describe('a session that lay unused', () => {
  it('for longer than its owner leaves one says something, with the spells behind it', () => {
    expect(said(idle, after(60), lunches)).toEqual({})
    expect(said(idle, after(600), lunches)).toEqual({ session_idle: 1 })
    expect(idle.compare(after(600), lunches, lunches)[0]?.support).toBe(20)
  })
  it.each([
    // From and to in minutes, share of others, spells of this class and of another one.
    [30, 119, 0.25, 2, 18],
    [120, 479, 0.25, 2, 18],
    [480, 1439, 0.2, 2, 18],
    [1440, 4319, 0.15, 2, 18],
    [4320, 12_959, 0.1, 1, 19],
    [12_960, 99_999, 0.05, 1, 39],
  ])('from %d to %d minutes is a class, which others show by %d', (from, to, others, own, rest) => {
    const usual = from === 30 ? 600 : 60
    const nats = tierNats({ count: own, total: own + rest, distinct: 2 }, others)
    expect(nats).toBeGreaterThan(0.1)
    for (const [known, now] of [
      [from, to],
      [to, from],
    ] as const) {
      const state = learned(idle, [spell(known), own], [spell(usual), rest])
      expect(said(idle, after(now), state)['session_idle']).toBeCloseTo(nats, 3)
    }
  })
  it('overnight says nothing of somebody who never signs out, nor over a weekend', () => {
    for (const hours of [9, 14, 23, 25, 62]) expect(said(idle, after(hours * 60), nights)).toEqual({})
  })
  it('for less than a visit lasts, or where nothing was told of it, says nothing', () => {
    expect(said(idle, after(29), nights)).toEqual({})
    expect(said(idle, comparisonOf(laptop()), nights)).toEqual({})
    expect(said(idle, comparisonOf({ ...laptop(), session: { others: 3 } }), nights)).toEqual({})
  })
  it('says nothing before there is a habit, and nothing of sessions without spells is learned', () => {
    expect(said(idle, after(9000), learned(idle, [spell(60), 4]))).toEqual({})
    expect(said(idle, after(9000), learned(idle, [spell(60), 5]))).toEqual({ session_idle: 1 })
    expect(learned(idle, [laptop(), 20], [spell(3), 20])).toEqual(learned(idle))
  })
  it('says by half what is not verified yet', () => {
    const { session_idle: half } = said(idle, after(600), learned(idle, [spell(600), 20]), lunches)
    expect(half).toBeGreaterThan(0)
    expect(half).toBeLessThan(1)
  })
  it('while the account was not used either is said once', () => {
    const holidays = comparisonOf(at(spell(18 * 1440), startMs + 18 * dayMs), {
      sessions: 11,
      firstMs: startMs - 20 * dayMs,
      lastMs: startMs,
    })
    const { gap_long: said1 } = said(gap, holidays, undefined)
    expect(said(idle, holidays, lunches)['session_idle']).toBeCloseTo(1 - said1!, 2)
  })
  it('never calms and stays in range, whatever is claimed', () => {
    fc.assert(
      fc.property(fc.double(), (minutes) => {
        const nats = Object.values(said(idle, after(minutes), nights))
        for (const each of nats) expect(each > 0 && each <= 1).toBe(true)
      }),
      { seed: 7 },
    )
  })
})
