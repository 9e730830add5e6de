import * as v from 'valibot'
import { defineSignal, text } from './define.ts'

/** What the browser says it is, as the page sees it. */
export const client = defineSignal({
  name: 'client',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** `navigator.userAgentData.platform`, else `navigator.platform`. */
    platform: text(64),
    mobile: v.optional(v.boolean()),
    /** Brand and major version of `navigator.userAgentData.brands`, without the GREASE entry. */
    brands: v.optional(v.pipe(v.array(text(64)), v.maxLength(8))),
    /** `navigator.maxTouchPoints`. */
    touch_points: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(256))),
    /** `navigator.webdriver`. */
    webdriver: v.optional(v.boolean()),
  }),
  unit: 'names',
  purpose: 'Notice a browser or system that this account does not use, or one that contradicts itself.',
  retentionDays: 7,
})
