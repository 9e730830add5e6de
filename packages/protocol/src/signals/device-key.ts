import * as v from 'valibot'
import { defineSignal } from './define.ts'

/** What the page knows about its own device key; the key itself stands in the envelope's header. */
export const deviceKey = defineSignal({
  name: 'device-key',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** The key lives in memory only and will be gone with the page: it never goes on record. */
    ephemeral: v.boolean(),
  }),
  unit: 'flag',
  purpose: 'Recognise a browser that this account used before, without identifying it elsewhere.',
  retentionDays: 7,
})
