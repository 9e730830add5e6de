import type { Backing } from '../profile/pending.ts'
import type { Token } from '../profile/token.ts'
import { distancesTo } from './compare.ts'
import type { Codes } from './codes.ts'
import { findAlike, insertRow, noRows, pickRows, placesOf, ripenRows, type Row } from './rows.ts'
import {
  fitSlot,
  lastMinute,
  maxScores,
  maxSlots,
  maxTypingBytes,
  sameKind,
  scoreCode,
  scoreOf,
  slotBytes,
  type Kind,
  type Slot,
} from './slot.ts'
import { thresholdOf } from './threshold.ts'

const minuteOf = (ms: number): number => Math.max(0, Math.floor(ms / 60_000))

/**
 * How near to the verified rows an unverified one has to lie, as a share of the threshold: who is let in by what waits alone
 * walks the template away slowly.
 */
const reach = 0.9

export interface Lesson {
  readonly kind: Kind
  readonly codes: Codes
  readonly atMs: number
  readonly event: Token
  /** `undefined` where the session was strongly proven. */
  readonly backing: Backing | undefined
}

/** The least recently used make room. In order of their kinds, so that equal events give equal bytes. */
function fitSlots(slots: readonly Slot[]): readonly Slot[] {
  const kept = [...slots]
  const size = (): number => kept.reduce((sum, slot) => sum + slotBytes(slot), 1)
  while (kept.length > maxSlots || size() > maxTypingBytes) {
    const oldest = kept.reduce((first, slot) => (lastMinute(slot) < lastMinute(first) ? slot : first))
    kept.splice(kept.indexOf(oldest), 1)
  }
  return kept.sort(
    (a, b) => a.field - b.field || a.input - b.input || a.resolution - b.resolution || a.keys - b.keys,
  )
}

/** A score that the same text hardly ever has: two sessions in a thousand of the CMU set. */
const anotherText = 1.6

/**
 * Two strongly proven sessions in a row that are far from all before them: the text was changed for one of the same length,
 * and the slot begins anew with the first of them.
 */
function withoutOldText(slot: Slot, { codes, backing }: Lesson): Slot {
  const last = slot.scores.at(-1)
  const newest = slot.starts.length - 1
  if (backing !== undefined || last === undefined || newest < 0) return slot
  if (slot.waits[newest] !== 0 || scoreOf(last) < anotherText) return slot
  const before = pickRows(
    slot,
    placesOf(slot, (row) => row < newest),
  )
  const { score } = distancesTo(before, codes)
  if (score === undefined || score < anotherText) return slot
  return { ...pickRows(slot, [newest]), scores: new Uint8Array() }
}

function learnRow(known: Slot, lesson: Lesson): Slot {
  const { codes, atMs, event, backing } = lesson
  // No person types one rhythm twice.
  if (findAlike(known, codes, 0) >= 0) return known
  const slot = withoutOldText(known, lesson)
  const { score, verified } = distancesTo(slot, codes)
  const threshold = thresholdOf(slot)
  const silent = backing === 'allowed'
  // A silent session that scores high raises no threshold, and one far from what is verified teaches nothing.
  if (silent && score !== undefined && score > threshold) return slot
  const scores =
    score === undefined ? slot.scores : Uint8Array.from([...slot.scores, scoreCode(score)].slice(-maxScores))
  if (silent && verified !== undefined && verified > reach * threshold) return { ...slot, scores }
  const row: Row = {
    codes,
    minute: minuteOf(atMs),
    ...(backing === undefined ? {} : { waits: { backing, event } }),
  }
  return fitSlot({ ...insertRow(slot, row), scores })
}

/** The slots after one session. */
export function learnText(slots: readonly Slot[], lesson: Lesson): readonly Slot[] {
  const { kind } = lesson
  const known = slots.find((slot) => sameKind(slot, kind))
  const slot = learnRow(known ?? { ...kind, ...noRows(kind.keys), scores: new Uint8Array() }, lesson)
  return slot === known ? slots : fitSlots([...slots.filter((each) => each !== known), slot])
}

/** What has waited long enough without a bad label is verified from now on. */
export const ripenTexts = (slots: readonly Slot[], nowMs: number): readonly Slot[] =>
  slots.every(({ ripeMs }) => nowMs < ripeMs) ? slots : slots.map((slot) => ripenRows(slot, nowMs))

/** Takes back what an event taught, where that still waits. */
export const takeBackTexts = (slots: readonly Slot[], event: Token): readonly Slot[] =>
  slots.flatMap((slot) => {
    const kept = placesOf(slot, (row) => slot.waits[row] === 0 || slot.events[row] !== event)
    if (kept.length === slot.starts.length) return [slot]
    return kept.length === 0 ? [] : [pickRows(slot, kept)]
  })

/** Without the oldest sample of the text that takes the most room. */
export function shrinkTexts(slots: readonly Slot[]): readonly Slot[] | undefined {
  if (slots.length === 0) return undefined
  const largest = slots.reduce((most, slot) => (slotBytes(slot) > slotBytes(most) ? slot : most))
  const less = pickRows(
    largest,
    placesOf(largest, (row) => row > 0),
  )
  return slots.flatMap((slot) => (slot !== largest ? [slot] : less.starts.length > 0 ? [less] : []))
}
