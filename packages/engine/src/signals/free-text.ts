import {
  habitBytes,
  habitNats,
  habitSection,
  habitSupport,
  type Dimension,
  type Habit,
} from '../behaviour/habit.ts'
import type { Finding } from '../evidence/groups.ts'
import type { Features } from '../facts.ts'
import { blend, defineComparator } from './comparator.ts'

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

function read({
  behaviour,
}: Features): { readonly context: number; readonly bytes: readonly number[] } | undefined {
  if (behaviour?.freeText === undefined) return undefined
  const { resolutionUs, values } = behaviour.freeText
  return { context: resolutionUs > coarseUs ? 1 : 0, bytes: habitBytes(values, freeTextDimensions) }
}

/** The rhythm of many keys together, whatever they say. */
export const freeText = defineComparator<Habit>({
  id: 'free-text@1',
  group: 'behaviour',
  section: habitSection(freeTextDimensions, read),
  compare({ features }, anchors, all): readonly Finding[] {
    const now = read(features)
    const support = now === undefined ? 0 : habitSupport(all, now.context)
    if (now === undefined || support === 0) return []
    const score = (habit: Habit): number =>
      habitNats(
        habit.filter(({ context }) => context === now.context),
        now.bytes,
        freeTextDimensions,
      )
    const nats = blend(score(anchors), score(all))
    return [{ code: nats <= 0 ? 'free_text_familiar' : 'free_text_unfamiliar', nats, support }]
  },
})
