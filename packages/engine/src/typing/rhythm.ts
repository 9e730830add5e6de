import { keysOf, type Codes } from './codes.ts'
import type { Kind, Row } from './slot.ts'

/** Below so many keys chance alone makes people look like programs. */
const minKeys = 6

/**
 * Whether a rhythm is one that can tell people from programs: long enough, by an exact clock. Keyboards on screens report holds
 * as they like.
 */
export const isTelling = ({ keys, resolution, input }: Kind): boolean =>
  keys >= minKeys && resolution === 0 && input === 0

const spread = (codes: Codes): number => Math.max(...codes) - Math.min(...codes)

/** All holds alike, or all down-down times: to a step of their codes, 2 and 3 %. A hand does neither. */
export const isJitterless = (codes: Codes): boolean => {
  const keys = keysOf(codes)
  return spread(codes.subarray(0, keys)) <= 1 || spread(codes.subarray(keys)) <= 1
}

/** Whether every time is the same as in a stored sample, to a step: a replay, noise of a millisecond or two included. */
export const isReplayOf = (codes: Codes, row: Row): boolean =>
  codes.every((code, i) => Math.abs(code - row.codes[i]!) <= 1)
