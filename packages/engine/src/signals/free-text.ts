import type { Dimension } from '../behaviour/habit.ts'
import { habitComparator } from './habit.ts'

/**
 * Numbers of a free text. Means and spreads between people of hold, pace, rollover: Dhakal, Feit, Kristensson and Oulasvirta, "Observations
 * on Typing from 136 Million Keystrokes" (CHI 2018), put in logarithms; all others, and every `within`, are own estimates.
 */
export const freeTextDimensions: readonly Dimension[] = [
  { name: 'hold', scale: 'ln', mean: 4.7, between: 0.22, within: 0.1 },
  { name: 'slow hold', scale: 'ln', mean: 5.0, between: 0.25, within: 0.14 },
  { name: 'same hand', scale: 'ln', mean: 5.2, between: 0.32, within: 0.14 },
  { name: 'other hand', scale: 'ln', mean: 5.05, between: 0.35, within: 0.14 },
  { name: 'before space', scale: 'ln', mean: 5.0, between: 0.35, within: 0.18 },
  { name: 'after space', scale: 'ln', mean: 5.2, between: 0.35, within: 0.2 },
  { name: 'rollover', scale: 'root', mean: 0.45, between: 0.18, within: 0.08 },
  { name: 'corrections', scale: 'root', mean: 0.25, between: 0.08, within: 0.08 },
  { name: 'burst', scale: 'ln', mean: 2.6, between: 0.5, within: 0.4 },
]

/** Times under a coarse timer are of another kind. */
const coarseUs = 4000

/** The rhythm of many keys together, whatever they say. */
export const freeText = habitComparator({
  id: 'free-text@1',
  dimensions: freeTextDimensions,
  familiar: 'free_text_familiar',
  unfamiliar: 'free_text_unfamiliar',
  valuesOf: ({ freeText: seen }) =>
    seen && { context: seen.resolutionUs > coarseUs ? 1 : 0, values: seen.values },
})
