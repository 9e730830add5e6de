import * as v from 'valibot'
import { defineSignal } from './define.ts'
import { whole } from './numbers.ts'

const count = whole(999)

/** What hands hardly do, each beside the number of chances that there were. */
export const automation = defineSignal({
  name: 'automation',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    keys: count,
    /** Let go within 5 ms. */
    instant_keys: count,
    /** Within 8 ms of the one before. */
    fast_keys: count,
    /** After the same time as the one before, within half a millisecond. */
    even_keys: count,
    /** By a mouse. */
    clicks: count,
    instant_clicks: count,
    /** On the very centre of what was hit. */
    centred_clicks: count,
    /** Elsewhere than where the pointer was last seen. */
    jumps: count,
    /** Made by a script, not by a device. */
    synthetic_keys: count,
    synthetic_moves: count,
    synthetic_clicks: count,
  }),
  unit: 'counts',
  purpose: 'Notice that a program types and clicks in place of a person.',
  retentionDays: 7,
})
