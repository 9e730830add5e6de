import * as v from 'valibot'
import { defineSignal } from './define.ts'
import { whole } from './numbers.ts'

/** 16 bits of a digest: enough to see that two are the same in one visit, too few to look anything up. */
const kind = v.pipe(whole(65_535), v.minValue(1))
const duration = whole(3_600_000)

/** The way through the pages of a visit and the fields of its latest page: order, pace and manner. */
export const navigation = defineSignal({
  name: 'navigation',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** Latest last. */
    pages: v.pipe(v.array(v.strictObject({ kind, stay_ms: duration })), v.minLength(1), v.maxLength(12)),
    /** Fields that may be observed, latest last. */
    fields: v.pipe(
      v.array(
        v.strictObject({
          kind,
          /** From entering the field to its first change. */
          hesitation_ms: duration,
          stay_ms: duration,
          manner: v.picklist(['left', 'typed', 'corrected', 'pasted', 'filled', 'composed']),
        }),
      ),
      v.maxLength(12),
    ),
    /** Fields entered again after another one. */
    returns: whole(99),
    /** Times the page lost the focus. */
    absences: whole(99),
    /** Bursts of clicks on one spot. */
    flurries: whole(99),
  }),
  unit: 'milliseconds, counts',
  purpose: 'Notice that the account is used in another order, at another pace, or erratically.',
  retentionDays: 7,
})
