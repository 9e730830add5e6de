import { compactFacts } from '../src/decide/compact.ts'
import { extractFeatures } from '../src/decide/features.ts'
import { shippedBackground, type Facts } from '../src/index.ts'
import { noDevices } from '../src/profile/devices.ts'
import type { Comparator, Comparison } from '../src/signals/comparator.ts'
import { laptop, startMs } from './account.ts'

/** What a comparator is given, with nothing known of the subject. */
export const comparisonOf = (facts: Facts = laptop(), more: Partial<Comparison> = {}): Comparison => ({
  facts: compactFacts(facts),
  features: extractFeatures(facts),
  background: shippedBackground,
  sessions: 20,
  firstMs: 0,
  lastMs: 0,
  devices: noDevices.entries,
  statistics: noDevices.statistics,
  forgotten: 0,
  grants: [],
  hasKeys: false,
  ...more,
})

/** The state of a comparator's section after so many whole sessions of these facts. */
export function learned<State>(
  comparator: Comparator<State>,
  ...sessions: readonly (readonly [Facts, number])[]
): State {
  const { section } = comparator
  if (section === undefined) throw new Error('nothing is learned here')
  let state = section.empty
  for (const [facts, count] of sessions) {
    for (let i = 0; i < count; i += 1) {
      state = section.learn(
        state,
        section.sample(extractFeatures(facts)),
        4,
        Math.floor(startMs / 86_400_000),
      )
    }
  }
  return state
}

/** Codes and nats, rounded to thousandths. */
export const said = <State>(
  comparator: Comparator<State>,
  comparison: Comparison,
  anchors: State,
  all: State = anchors,
): Record<string, number> =>
  Object.fromEntries(
    comparator
      .compare(comparison, anchors, all)
      .map(({ code, nats }) => [code, Math.round(nats * 1000) / 1000]),
  )
