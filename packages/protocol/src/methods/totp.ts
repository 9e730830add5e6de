import * as v from 'valibot'
import { defineMethod } from './define.ts'

const code = v.strictObject({ code: v.pipe(v.string(), v.regex(/^[0-9]{6}$/, 'expected six digits')) })

/** Time-based one-time password (RFC 6238): SHA-1, six digits, 30 s steps, one step either side. */
export const totp = defineMethod({
  name: 'totp',
  acr: 'newel:otp',
  response: code,
  enrollment: code,
  ratio: { passed: 1 / 10, failed: 2 },
})
