import * as v from 'valibot'
import { defineSignal } from './define.ts'

/**
 * FingerprintJS components, each as the first 9 bytes of the SHA-256 of its JSON (12 characters of base64url): equality is
 * all that is compared, so equality is all that is sent.
 */
export const fingerprint = defineSignal({
  name: 'fingerprint',
  version: 1,
  source: 'page',
  schema: v.strictObject({
    /** Version of the library: components of two majors are never compared. */
    library: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)),
    components: v.pipe(
      v.record(
        v.pipe(v.string(), v.regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/)),
        v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{12}$/)),
      ),
      v.check((value) => Object.keys(value).length <= 64, 'at most 64 components'),
    ),
  }),
  unit: 'digests by component',
  purpose: 'Notice when the browser behind an account is built differently from the ones it uses.',
  retentionDays: 7,
})
