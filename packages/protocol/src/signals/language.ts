import * as v from 'valibot'
import { defineSignal } from './define.ts'

export const language = defineSignal({
  name: 'language',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** `navigator.languages`, first eight. */
    languages: v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/))),
      v.minLength(1),
      v.maxLength(8),
    ),
  }),
  unit: 'BCP 47 tags, preferred first',
  purpose: 'Notice languages that this account does not use.',
  retentionDays: 7,
})
