import type { Backing } from '../profile/pending.ts'
import { backings } from '../profile/pending.ts'
import type { Token } from '../profile/token.ts'
import { distancesTo, type Template } from './compare.ts'
import type { Codes } from './codes.ts'
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
  type Row,
  type Slot,
} from './slot.ts'
import { thresholdOf } from './threshold.ts'

const minuteOf = (ms: number): number => Math.max(0, Math.floor(ms / 60_000))
const sameCodes = (a: Codes, b: Codes): boolean =>
  a.length === b.length && a.every((code, i) => code === b[i])

/** Where a sample of this very rhythm stands, or −1. No person types one twice. */
export const findRepeat = ({ rows }: Pick<Slot, 'rows'>, codes: Codes): number =>
  rows.findIndex((row) => sameCodes(row.codes, codes))

export function templateOf({ keys, rows }: Pick<Slot, 'keys' | 'rows'>): Template {
  const width = 2 * keys - 1
  const codes = new Uint8Array(rows.length * width)
  const waits = new Uint8Array(rows.length)
  for (const [i, row] of rows.entries()) {
    codes.set(row.codes, i * width)
    waits[i] = row.waits === undefined ? 0 : 1
  }
  return { keys, codes, waits }
}

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
  const newest = slot.rows.at(-1)
  if (backing !== undefined || last === undefined || newest === undefined) return slot
  if (newest.waits !== undefined || scoreOf(last) < anotherText) return slot
  const before = { ...slot, rows: slot.rows.slice(0, -1) }
  const { score } = distancesTo(templateOf(before), codes)
  if (score === undefined || score < anotherText) return slot
  return { ...slot, rows: [newest], scores: new Uint8Array() }
}

function learnRow(known: Slot, lesson: Lesson): Slot {
  const { codes, atMs, event, backing } = lesson
  if (findRepeat(known, codes) >= 0) return known
  const slot = withoutOldText(known, lesson)
  const { score, verified } = distancesTo(templateOf(slot), codes)
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
  const later = slot.rows.findIndex(({ minute }) => minute > row.minute)
  const at = later < 0 ? slot.rows.length : later
  return fitSlot({ ...slot, scores, rows: [...slot.rows.slice(0, at), row, ...slot.rows.slice(at)] })
}

/** The slots after one session. */
export function learnText(slots: readonly Slot[], lesson: Lesson): readonly Slot[] {
  const known = slots.find((slot) => sameKind(slot, lesson.kind))
  const slot = learnRow(known ?? { ...lesson.kind, rows: [], scores: new Uint8Array() }, lesson)
  return slot === known ? slots : fitSlots([...slots.filter((each) => each !== known), slot])
}

const mapRows = (slots: readonly Slot[], change: (row: Row) => Row | undefined): readonly Slot[] =>
  slots.flatMap((slot) => {
    const rows = slot.rows.flatMap((row) => change(row) ?? [])
    if (rows.length === slot.rows.length && rows.every((row, i) => row === slot.rows[i])) return [slot]
    return rows.length === 0 ? [] : [{ ...slot, rows }]
  })

/** What has waited long enough without a bad label is verified from now on. */
export const ripenTexts = (slots: readonly Slot[], nowMs: number): readonly Slot[] =>
  mapRows(slots, (row) =>
    row.waits !== undefined && nowMs - row.minute * 60_000 >= backings[row.waits.backing].days * 86_400_000
      ? { codes: row.codes, minute: row.minute }
      : row,
  )

/** Takes back what an event taught, where that still waits. */
export const takeBackTexts = (slots: readonly Slot[], event: Token): readonly Slot[] =>
  mapRows(slots, (row) => (row.waits?.event === event ? undefined : row))
