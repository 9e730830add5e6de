import { backings, type Backing } from '../profile/pending.ts'
import type { Token } from '../profile/token.ts'
import type { Codes } from './codes.ts'

/** One sample of a text. */
export interface Row {
  readonly codes: Codes
  /** Minutes since 1970. */
  readonly minute: number
  /** Unverified rows say by what, and which event taught them. */
  readonly waits?: { readonly backing: Backing; readonly event: Token }
}

/**
 * Samples of one text, oldest first, side by side and not an object each: a decision reads some hundred of them. Codes stay where they
 * are, in the bytes of the profile.
 */
export interface Rows {
  readonly keys: number
  /** Bytes that hold the codes of the rows, `2·keys − 1` each. */
  readonly codes: Codes
  /** Where in {@link codes} each row begins. */
  readonly starts: readonly number[]
  /** For each row 0 where it is verified, else 1 and the place of its backing. */
  readonly waits: readonly number[]
  /** Minutes since 1970. */
  readonly minutes: readonly number[]
  /** Which taught it; 0 where it is verified. */
  readonly events: readonly Token[]
  /** When the first that waits is verified; infinite where none waits. */
  readonly ripeMs: number
}

export const backingNames = Object.keys(backings) as readonly Backing[]

const rowRipeMs = (minute: number, waits: number): number =>
  waits === 0 ? Infinity : minute * 60_000 + backings[backingNames[waits - 1]!].days * 86_400_000

export function firstRipeMs(minutes: readonly number[], waits: readonly number[]): number {
  let first = Infinity
  for (let row = 0; row < waits.length; row += 1)
    if (waits[row] !== 0) first = Math.min(first, rowRipeMs(minutes[row]!, waits[row]!))
  return first
}

export const noRows = (keys: number): Rows => ({
  keys,
  codes: new Uint8Array(),
  starts: [],
  waits: [],
  minutes: [],
  events: [],
  ripeMs: Infinity,
})

/** The rows as objects, for those who do not count their time. */
export const rowsOf = ({ keys, codes, starts, waits, minutes, events }: Rows): readonly Row[] =>
  starts.map((start, row) => {
    const backing = backingNames[waits[row]! - 1]
    return {
      codes: codes.slice(start, start + 2 * keys - 1),
      minute: minutes[row]!,
      ...(backing === undefined ? {} : { waits: { backing, event: events[row]! } }),
    }
  })

/** The rows at these places. */
export function pickRows<T extends Rows>(from: T, places: readonly number[]): T {
  const pick = (values: readonly number[]): readonly number[] => places.map((row) => values[row]!)
  const waits = pick(from.waits)
  const minutes = pick(from.minutes)
  const events = pick(from.events)
  return { ...from, starts: pick(from.starts), waits, minutes, events, ripeMs: firstRipeMs(minutes, waits) }
}

/** The places of rows that are kept. */
export const placesOf = ({ starts }: Rows, keep: (row: number) => boolean): readonly number[] =>
  starts.flatMap((_, row) => (keep(row) ? [row] : []))

/** With one row more, after those that are not younger. */
export function insertRow<T extends Rows>(into: T, { codes: own, minute, waits }: Row): T {
  const width = 2 * into.keys - 1
  const codes = new Uint8Array((into.starts.length + 1) * width)
  for (const [row, start] of into.starts.entries())
    for (let i = 0; i < width; i += 1) codes[row * width + i] = into.codes[start + i]!
  codes.set(own, into.starts.length * width)
  const later = into.minutes.findIndex((each) => each > minute)
  const at = later < 0 ? into.starts.length : later
  const insert = (values: readonly number[], value: number): readonly number[] => [
    ...values.slice(0, at),
    value,
    ...values.slice(at),
  ]
  const minutes = insert(into.minutes, minute)
  const allWaits = insert(into.waits, waits === undefined ? 0 : 1 + backingNames.indexOf(waits.backing))
  return {
    ...into,
    codes,
    starts: insert(
      into.starts.map((_, row) => row * width),
      into.starts.length * width,
    ),
    waits: allWaits,
    minutes,
    events: insert(into.events, waits?.event ?? 0),
    ripeMs: firstRipeMs(minutes, allWaits),
  }
}

/** What has waited long enough is verified. */
export function ripenRows<T extends Rows>(rows: T, nowMs: number): T {
  if (nowMs < rows.ripeMs) return rows
  const isRipe = (row: number): boolean => nowMs >= rowRipeMs(rows.minutes[row]!, rows.waits[row]!)
  const waits = rows.waits.map((each, row) => (isRipe(row) ? 0 : each))
  const events = rows.events.map((each, row) => (isRipe(row) ? 0 : each))
  return { ...rows, waits, events, ripeMs: firstRipeMs(rows.minutes, waits) }
}

/** The next row from `from` with every time of a sample, to `most` steps of its code; −1 where there is none. */
export function findAlike({ codes, starts }: Rows, sample: Codes, most: number, from = 0): number {
  const width = sample.length
  for (let row = from; row < starts.length; row += 1) {
    const start = starts[row]!
    let i = 0
    for (; i < width; i += 1) {
      const apart = sample[i]! - codes[start + i]!
      if (apart > most || -apart > most) break
    }
    if (i === width) return row
  }
  return -1
}
