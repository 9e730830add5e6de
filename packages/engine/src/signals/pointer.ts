import type { Dimension } from '../behaviour/habit.ts'
import { habitComparator } from './habit.ts'

/** Medians over the strokes of a visit. Means and spreads are own estimates: a hand differs from itself nearly as much as from others. */
export const pointerDimensions: readonly Dimension[] = [
  { name: 'duration', scale: 'ln', mean: 6.2, between: 0.35, within: 0.3 },
  { name: 'speed', scale: 'ln', mean: 6.3, between: 0.5, within: 0.35 },
  { name: 'peak', scale: 'ln', mean: 5.5, between: 0.25, within: 0.2 },
  { name: 'straightness', scale: 'root', mean: 0.95, between: 0.03, within: 0.03 },
  { name: 'curvature', scale: 'ln', mean: 2.6, between: 0.6, within: 0.5 },
  { name: 'jerk', scale: 'ln', mean: 3.4, between: 0.45, within: 0.3 },
  { name: 'rest', scale: 'ln', mean: 5.3, between: 0.6, within: 0.5 },
  { name: 'press', scale: 'ln', mean: 4.5, between: 0.3, within: 0.2 },
]

const contexts = { mouse: 0, touch: 1, pen: 2 } as const

/** How the hand moves a mouse, a finger or a pen: a weak signal, since a page sees a few strokes. */
export const pointer = habitComparator({
  id: 'pointer@1',
  dimensions: pointerDimensions,
  familiar: 'pointer_familiar',
  unfamiliar: 'pointer_unfamiliar',
  valuesOf: ({ pointer: seen }) => seen && { context: contexts[seen.pointer], values: seen.values },
})
