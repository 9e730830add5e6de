import * as v from 'valibot'
import { defineSignal } from './define.ts'
import { quantiles, whole } from './numbers.ts'

/** How somebody moves a pointer or a finger: numbers over at least three strokes, and nothing of what they pointed at. */
export const pointer = defineSignal({
  name: 'pointer',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    pointer: v.picklist(['mouse', 'touch', 'pen']),
    strokes: v.pipe(whole(64), v.minValue(3)),
    /** 25, 50 and 75 %, as all that follow. */
    duration_ms: quantiles(3),
    /** Pixels a second. */
    speed: quantiles(3),
    /** Peak over mean speed, in hundredths. */
    peak: quantiles(3),
    /** Distance over way, in thousandths. */
    straightness: quantiles(3),
    /** Milliradians a pixel. */
    curvature: quantiles(3),
    /** Mean change of acceleration over mean speed, in hundredths. */
    jerk: quantiles(3),
    /** From coming to rest to pressing. */
    rest_ms: quantiles(3),
    /** From pressing to letting go. */
    press_ms: quantiles(3),
  }),
  unit: 'milliseconds, pixels a second, ratios',
  purpose: 'Notice that another hand, or none, moves the pointer.',
  retentionDays: 7,
})
