import * as v from 'valibot'
import { defineMethod } from './define.ts'

/** Eight digits, fixed length, ASCII (RFC 4226 §5.3; mail codes are longer than six since mail is slow to be read). */
const code = v.strictObject({ code: v.pipe(v.string(), v.regex(/^[0-9]{8}$/, 'expected eight digits')) })

/** A code by mail: shows that an address is reachable and no more, since it can be relayed. */
export const email = defineMethod({
  name: 'email',
  acr: 'newel:contact',
  response: code,
  enrollment: code,
  ratio: { passed: 1 / 3, failed: 2 },
})
