import { automationCounts, type SignalValue } from '@newel/protocol'
import type { BehaviourFacts } from '../facts.ts'
import { tokenOf } from '../profile/token.ts'
import { codesOf, encodeText } from '../typing/codes.ts'

/** What a page observed of the person, as its envelopes say it. */
export interface SeenBehaviour {
  /** With when the server first had it in this visit. */
  readonly typing?: { readonly sinceMs: number; readonly fields: SignalValue<'typing'>['fields'] } | undefined
  readonly freeText?: SignalValue<'free-text'> | undefined
  readonly pointer?: SignalValue<'pointer'> | undefined
  readonly navigation?: SignalValue<'navigation'> | undefined
  readonly automation?: SignalValue<'automation'> | undefined
}

const median = (quantiles: readonly number[]): number => quantiles[(quantiles.length - 1) / 2] ?? 0

/** In the order of `freeTextDimensions`. A share of none is something to tell: it counts as one in a thousand. */
const freeTextValues = (seen: SignalValue<'free-text'>): readonly number[] => [
  median(seen.hold_ms),
  seen.hold_ms.at(-1) ?? 0,
  median(seen.same_hand_ms),
  median(seen.other_hand_ms),
  median(seen.before_space_ms),
  median(seen.after_space_ms),
  Math.max(1, seen.rollover_permille),
  Math.max(1, seen.corrections_permille),
  median(seen.burst_keys),
]

/** In the order of `pointerDimensions`. */
const pointerValues = (seen: SignalValue<'pointer'>): readonly number[] =>
  [
    seen.duration_ms,
    seen.speed,
    seen.peak,
    seen.straightness,
    seen.curvature,
    seen.jerk,
    seen.rest_ms,
    seen.press_ms,
  ].map(median)

/**
 * Facts of what was observed; `undefined` where nothing was.
 * @param source visit and device key, which together say where it was observed
 */
export function behaviourFacts(seen: SeenBehaviour, source: string): BehaviourFacts | undefined {
  const { typing, freeText, pointer, navigation, automation } = seen
  if ([typing, freeText, pointer, navigation, automation].every((each) => each === undefined))
    return undefined
  return {
    source: tokenOf(source),
    ...(typing && {
      typing: {
        sinceMs: typing.sinceMs,
        fields: typing.fields.map(({ field, input, resolution_us, hold_ms, down_down_ms }) => ({
          field,
          input,
          resolutionUs: resolution_us,
          codes: encodeText(codesOf(hold_ms, down_down_ms)),
        })),
      },
    }),
    ...(freeText && {
      freeText: {
        keys: freeText.keys,
        resolutionUs: freeText.resolution_us,
        values: freeTextValues(freeText),
      },
    }),
    ...(pointer && {
      pointer: { pointer: pointer.pointer, strokes: pointer.strokes, values: pointerValues(pointer) },
    }),
    ...(navigation && {
      navigation: {
        pages: navigation.pages.flatMap(({ kind, stay_ms }) => [kind, stay_ms]),
        fields: navigation.fields.flatMap(({ kind, hesitation_ms }) => [kind, hesitation_ms]),
        pasted: navigation.fields.filter(({ manner }) => manner === 'pasted').length,
        returns: navigation.returns,
        absences: navigation.absences,
        flurries: navigation.flurries,
      },
    }),
    ...(automation && { automation: automationCounts.map((name) => automation[name]) }),
  }
}
