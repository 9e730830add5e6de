import * as v from 'valibot'
import { defineSignal } from './define.ts'

export const timezone = defineSignal({
  name: 'timezone',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** IANA zone name, such as "Asia/Tokyo". */
    zone: v.pipe(v.string(), v.maxLength(64), v.regex(/^[A-Za-z0-9_+\-/]+$/)),
    /** Minutes east of UTC at the time of observation. */
    offset_minutes: v.pipe(v.number(), v.integer(), v.minValue(-840), v.maxValue(840)),
  }),
  unit: 'IANA zone name, minutes east of UTC',
  purpose: 'Notice a clock set for another part of the world; read the hour of the week as the person does.',
  retentionDays: 7,
})
