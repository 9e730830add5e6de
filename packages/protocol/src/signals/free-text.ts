import * as v from 'valibot'
import { defineSignal } from './define.ts'
import { quantiles, whole } from './numbers.ts'

/** How somebody types in ordinary fields, over 40 keys and more. No time belongs to a key, and no key is named. */
export const freeText = defineSignal({
  name: 'free-text',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** Keys that gave a character. */
    keys: v.pipe(whole(512), v.minValue(40)),
    /** Smallest step of the clock that took the times, in microseconds. */
    resolution_us: v.pipe(whole(1_000_000), v.minValue(1)),
    /** How long keys were down: 10, 25, 50, 75 and 90 %. */
    hold_ms: quantiles(5),
    /** From one key going down to the next, by the hands that the two belong to: 25, 50 and 75 %. */
    same_hand_ms: quantiles(3),
    other_hand_ms: quantiles(3),
    before_space_ms: quantiles(3),
    after_space_ms: quantiles(3),
    /** Of a thousand keys, how many went down before the one before was let go. */
    rollover_permille: whole(1000),
    corrections_permille: whole(1000),
    /** Pauses of half a second and more. */
    pauses_permille: whole(1000),
    /** Keys between two pauses: 25, 50 and 75 %. */
    burst_keys: quantiles(3, 512),
  }),
  unit: 'milliseconds, thousandths',
  purpose: 'Notice that somebody else types, by the rhythm of many keys together.',
  retentionDays: 7,
})
