import {
  distancesTo,
  learnText,
  relativeScore,
  thresholdOf,
  codesOf as codesOfTimes,
  maxKeys,
  minKeys,
  typingNats,
  type Codes,
  type Kind,
  type Slot,
} from '@newel/engine'
import { Failure } from '../../failure.ts'
import type { Detector } from './protocol.ts'
import type { TypingSample } from './sample.ts'

const dayMs = 86_400_000
/** A session of the data a day, from this day on, its repetitions ten minutes apart. */
const firstDayMs = Date.UTC(2026, 0, 5, 8)
const betweenMs = 600_000
export const timeOf = (session: number, index: number): number =>
  firstDayMs + (session - 1) * dayMs + index * betweenMs

/** A sample as profiles keep it. */
export function codesOf({ holdMs, downDownMs }: TypingSample): Codes {
  if (holdMs.length < minKeys || holdMs.length > maxKeys)
    throw new Failure(`The engine compares texts of ${minKeys} to ${maxKeys} keys.`)
  return codesOfTimes(holdMs, downDownMs)
}

/** What the engine keeps after these samples, each strongly proven. */
export function enrol(training: readonly TypingSample[]): Slot {
  const kind: Kind = { field: 1, input: 0, resolution: 0, keys: training[0]!.holdMs.length }
  const slots = training.reduce<readonly Slot[]>(
    (state, sample, index) =>
      learnText(state, {
        kind,
        codes: codesOf(sample),
        atMs: timeOf(sample.session, index),
        event: index,
        backing: undefined,
      }),
    [],
  )
  return slots[0]!
}

/** The engine's own comparator on its encoded template. */
export const engineDetector: Detector = (training) => {
  const slot = enrol(training)
  return (sample) => distancesTo(slot, codesOf(sample)).score ?? Infinity
}

/** The same in relation to the subject's own threshold: what the map to a likelihood ratio reads. */
export const engineRelative: Detector = (training) => {
  const slot = enrol(training)
  const threshold = thresholdOf(slot)
  return (sample) => relativeScore(distancesTo(slot, codesOf(sample)).score ?? Infinity, threshold)
}

/** The shipped evidence, in nats. */
export const engineNats: Detector = (training) => {
  const slot = enrol(training)
  const relative = engineRelative(training)
  return (sample) => typingNats(relative(sample), slot.starts.length, 3 * slot.keys - 2)
}
