import * as v from 'valibot'
import { defineSignal } from './define.ts'

const pixels = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32767))

export const screen = defineSignal({
  name: 'screen',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    width: pixels,
    height: pixels,
    color_depth: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
    /** Hundredths: 1.5 is sent as 150. */
    pixel_ratio_percent: v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(1000)),
  }),
  unit: 'CSS pixels',
  purpose: 'Notice a screen that this account does not use.',
  retentionDays: 7,
})
