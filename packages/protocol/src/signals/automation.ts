import * as v from 'valibot'
import { defineSignal } from './define.ts'
import { whole } from './numbers.ts'

/** What is counted; records keep the counts in this order. */
export const automationCounts = [
  /** Keys pressed and let go, on a keyboard that tells them. */
  'keys',
  /** Of these, let go within 5 ms. */
  'instant_keys',
  /** Of these, that followed the one before within 8 ms. */
  'fast_keys',
  /** Of these, that followed the one before after the same time as that one its own, within half a millisecond. */
  'even_keys',
  /** Clicks by a mouse. */
  'clicks',
  /** Of these, let go within 5 ms. */
  'instant_clicks',
  /** Of these, that hit the very centre of what they hit. */
  'centred_clicks',
  /** Of these, elsewhere than where the pointer was last seen. */
  'jumps',
  /** Events made by a script, not by a person's device (`isTrusted` is false). */
  'synthetic_keys',
  'synthetic_moves',
  'synthetic_clicks',
] as const
export type AutomationCounts = Readonly<Record<(typeof automationCounts)[number], number>>

/** What hands hardly do on a page since it was loaded, each beside the number of chances that there were. */
export const automation = defineSignal({
  name: 'automation',
  version: 1,
  source: 'page',
  schema: v.strictObject(v.entriesFromList(automationCounts, whole(999))),
  unit: 'counts',
  purpose: 'Notice that a program types and clicks in place of a person.',
  retentionDays: 7,
})
