import { keysOf, type Codes } from './codes.ts'
import { findAlike, pickRows, placesOf, type Rows } from './rows.ts'
import type { Kind } from './slot.ts'

/** Below so many keys chance alone makes people look like programs. */
const minKeys = 6

/**
 * Whether a rhythm is one that can tell people from programs: long enough, by an exact clock. Keyboards on screens report holds
 * as they like.
 */
export const isTelling = ({ keys, resolution, input }: Kind): boolean =>
  keys >= minKeys && resolution === 0 && input === 0

function spread(codes: Codes, from: number, to: number): number {
  let least = 255
  let most = 0
  for (let i = from; i < to; i += 1) {
    least = Math.min(least, codes[i]!)
    most = Math.max(most, codes[i]!)
  }
  return most - least
}

/** All holds alike, or all down-down times: to a step of their codes, 2 and 3 %. A hand does neither. */
export const isJitterless = (codes: Codes): boolean => {
  const keys = keysOf(codes)
  return spread(codes, 0, keys) <= 1 || spread(codes, keys, codes.length) <= 1
}

/**
 * The next row from `from` of which every time is that of a sample, to a step: a replay, noise of a millisecond or two included. −1
 * where there is none.
 */
export const findReplay = (rows: Rows, codes: Codes, from = 0): number => findAlike(rows, codes, 1, from)

/** Whether two rhythms are one and the same in this sense. */
export const isReplayOf = (codes: Codes, other: Codes): boolean =>
  codes.every((code, i) => Math.abs(code - other[i]!) <= 1)

export function withoutReplays(rows: Rows, codes: Codes): Rows {
  const replays = new Set<number>()
  for (let row = findReplay(rows, codes); row >= 0; row = findReplay(rows, codes, row + 1)) replays.add(row)
  if (replays.size === 0) return rows
  return pickRows(
    rows,
    placesOf(rows, (row) => !replays.has(row)),
  )
}
