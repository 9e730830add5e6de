import { automationCounts, type AutomationCounts } from '@newel/protocol'
import { describe, expect, it } from 'vitest'
import { comparisonOf, said } from '../../test/comparison.ts'
import { after, doing } from '../../test/doings.ts'
import { exp } from '../math/exp.ts'
import { ln } from '../math/ln.ts'
import { automation } from './automation.ts'

const none = automation.section!.empty
const counts = (some: Partial<AutomationCounts>) =>
  doing({ automation: automationCounts.map((name) => some[name] ?? 0) })
const told = (some: Partial<AutomationCounts>) => said(automation, comparisonOf(counts(some)), none)

describe('the lines of automation', () => {
  it('lie at four in five of eight keys and more', () => {
    const keys = { keys_mechanical: 1.5 }
    expect([told({ keys: 8, fast_keys: 8 }), told({ keys: 7, fast_keys: 7 })]).toEqual([keys, {}])
    expect([told({ keys: 10, even_keys: 8 }), told({ keys: 10, even_keys: 7 })]).toEqual([keys, {}])
  })
  it('lie at four in five of clicks in all three ways, which say more from three on', () => {
    const clicks = (all: number, most: number) =>
      told({ clicks: all, instant_clicks: all, centred_clicks: most, jumps: all })['clicks_mechanical']
    expect([clicks(1, 1), clicks(2, 2), clicks(3, 3), clicks(5, 4), clicks(5, 3)]).toEqual([
      0.7,
      0.7,
      1,
      1,
      undefined,
    ])
  })
  it('lie above the events that a password manager makes', () => {
    const events = (some: Partial<AutomationCounts>) => told(some)['events_synthetic']
    expect([events({ synthetic_keys: 12, keys: 5 }), events({ synthetic_keys: 12, keys: 6 })]).toEqual([
      1,
      undefined,
    ])
    expect([events({ synthetic_keys: 11 }), events({ synthetic_moves: 11 })]).toEqual([undefined, undefined])
    expect([events({ synthetic_moves: 12 }), events({ synthetic_clicks: 3 })]).toEqual([1, 1])
    expect(events({ synthetic_clicks: 2 })).toBeUndefined()
  })
  it('lie at five numbers that are more than 1, by a clock of 4 ms', () => {
    const repeated = (values: readonly number[], resolutionUs: number) => {
      const typed = (source: number) => doing({ freeText: { keys: 60, resolutionUs, values } }, source)
      return said(automation, comparisonOf(typed(2)), after(automation, [typed(1)]))['behaviour_replayed']
    }
    const five = [2, 3, 4, 5, 6, 1, 1]
    expect([repeated(five, 4000), repeated(five, 4001), repeated(five.slice(1), 4000)]).toEqual([
      4,
      undefined,
      undefined,
    ])
  })
})

it('says ln(0.5 / own share) of who did so under proof, with the share of people as one session', () => {
  const program = { keys: 20, fast_keys: 20 }
  const state = after(automation, [program, {}, {}, {}, {}].map(counts))
  const own = (1 + 0.5 * exp(-1.5)) / (5 + 1)
  expect(said(automation, comparisonOf(counts(program)), state)['keys_mechanical']).toBeCloseTo(
    ln(0.5 / own),
    3,
  )
})
