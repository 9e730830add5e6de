import type { BehaviourFacts, Facts } from '../src/facts.ts'
import type { Comparator } from '../src/signals/comparator.ts'
import { laptop } from './account.ts'
import { comparisonOf, learned, said } from './comparison.ts'

export const doing = (behaviour: Partial<BehaviourFacts>, source = 1): Facts => ({
  ...laptop(),
  behaviour: { source, ...behaviour },
})
/** Learns each once. */
export const after = <State>(comparator: Comparator<State>, facts: readonly Facts[]): State =>
  learned(comparator, ...facts.map((each) => [each, 1] as const))
/** Sum of all that is said. */
export const nats = <State>(comparator: Comparator<State>, facts: Facts, state: State): number =>
  Object.values(said(comparator, comparisonOf(facts), state)).reduce((sum, each) => sum + each, 0)

/** Numbers of a visit, each off by a few per cent. */
export const near = (values: readonly number[], visit: number, percent = 5): number[] =>
  values.map((value, i) => Math.round(value * (1 + (percent / 500) * (((visit * 7 + i * 3) % 11) - 5))))
export const visits = Array.from({ length: 6 }, (_, i) => i)
