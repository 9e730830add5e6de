import { automationCounts } from '@newel/protocol'
import type { BehaviourFacts } from '../facts.ts'
import { compactTyping } from '../typing/facts.ts'

const whole = (value: number | undefined, most: number): number =>
  value === undefined || !(value > 0) ? 0 : Math.min(most, Math.round(value))
const wholes = (values: readonly number[], length: number, most: number): readonly number[] =>
  values.slice(-length).map((value) => whole(value, most))

const maxValue = 60_000
const maxMs = 3_600_000
const maxCount = 999
/** No fewer than the pages of a visit can count together: a share of what was cut would be another share. */
const maxEvents = 9999
/** Pages and fields of a way, the latest ones. */
export const keptPages = 6
export const keptFields = 8

/** Whole numbers within bounds, and no more of them than comparators read: a record holds all of it. */
export function compactBehaviour({
  source,
  typing: given,
  freeText,
  pointer,
  navigation,
  automation,
}: BehaviourFacts): BehaviourFacts {
  const typing = given && compactTyping(given)
  return {
    source: source >>> 0,
    ...(typing && { typing }),
    ...(freeText && {
      freeText: {
        keys: whole(freeText.keys, maxCount),
        resolutionUs: whole(freeText.resolutionUs, 1_000_000),
        values: wholes(freeText.values, 12, maxValue),
      },
    }),
    ...(pointer && {
      pointer: {
        pointer: pointer.pointer,
        strokes: whole(pointer.strokes, maxCount),
        values: wholes(pointer.values, 12, maxValue),
      },
    }),
    ...(navigation && {
      navigation: {
        pages: wholes(navigation.pages, 2 * keptPages, maxMs),
        fields: wholes(navigation.fields, 2 * keptFields, maxMs),
        pasted: whole(navigation.pasted, maxCount),
        returns: whole(navigation.returns, maxCount),
        absences: whole(navigation.absences, maxCount),
        flurries: whole(navigation.flurries, maxCount),
      },
    }),
    ...(automation && { automation: automationCounts.map((_, i) => whole(automation[i], maxEvents)) }),
  }
}
