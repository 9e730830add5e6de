import * as v from 'valibot'
import { defineSignal } from './define.ts'

/** Keystrokes of one text that are observed; what is longer says no more of a rhythm that repeats. */
export const maxTypedKeys = 40
/** Fields of one visit that are observed. */
export const maxTypedFields = 2

const milliseconds = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))

/**
 * The rhythm of a text that is typed again and again, such as a password: one entry for each field that was typed from
 * empty to the end without a correction. Timings only, of keys that gave a character, in order; which keys they were is
 * never collected. Pasted, filled and corrected fields are left out, and fields of private kinds unless the operator opts
 * one in (design, section 7). How many keys there were shows how long the text is.
 */
export const typing = defineSignal({
  name: 'typing',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    fields: v.pipe(
      v.array(
        v.pipe(
          v.strictObject({
            /** The operator's name for the field: texts of different fields are never compared. */
            field: v.pipe(v.string(), v.regex(/^[a-zA-Z0-9_.-]{1,32}$/)),
            /** A keyboard with keys, or one drawn on a screen. */
            input: v.picklist(['keys', 'screen']),
            /** Smallest step of the clock that took the times, in microseconds. */
            resolution_us: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
            /** How long each key was down. */
            hold_ms: v.pipe(v.array(milliseconds(60_000)), v.minLength(4), v.maxLength(maxTypedKeys)),
            /** From each key going down to the next one going down: one less than keys. */
            down_down_ms: v.pipe(v.array(milliseconds(600_000)), v.maxLength(maxTypedKeys - 1)),
          }),
          v.check(
            ({ hold_ms, down_down_ms }) => down_down_ms.length === hold_ms.length - 1,
            'down_down_ms has one value less than hold_ms',
          ),
        ),
      ),
      v.minLength(1),
      v.maxLength(maxTypedFields),
      v.check(
        (fields) => new Set(fields.map(({ field }) => field)).size === fields.length,
        'a field is named once',
      ),
    ),
  }),
  unit: 'milliseconds by field',
  purpose: 'Notice when the text that an account types often is typed in another rhythm.',
  retentionDays: 7,
})
