import * as v from 'valibot'
import { defineSignal } from './define.ts'

const duration = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400_000))

/** How the page came to be where it is, from the Navigation Timing of this document. */
export const pageTiming = defineSignal({
  name: 'page-timing',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** From navigation start to the first byte of the response. */
    first_byte_ms: v.optional(duration),
    /** From navigation start to DOM interactive. */
    interactive_ms: v.optional(duration),
    /** From navigation start to this observation. */
    age_ms: duration,
    navigation: v.optional(v.picklist(['navigate', 'reload', 'back_forward', 'prerender'])),
    /** Smallest step of `performance.now()` seen, in microseconds. */
    timer_step_us: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000))),
  }),
  unit: 'milliseconds',
  purpose: 'Notice pages that are driven faster than people can read them.',
  retentionDays: 7,
})
