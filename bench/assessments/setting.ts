import { defaultPolicy, type Logger, type TenantDeclaration } from '@newel/server'
import { base64url } from 'jose'

/** The application's origin, and Newel's public base: nothing listens there, the calls go to loopback. */
export const origin = 'https://shop.example'
export const newelUrl = 'https://newel.example'

const fixed = (length: number): string => base64url.encode(new Uint8Array(length).fill(7))

/** Seals a database that is deleted after the run. */
export const masterKey = fixed(32)
export const secretKey = `sk_bench_${fixed(24)}`
export const publishableKey = `pk_bench_${fixed(12)}`

/** What is asked about: a transfer that costs little to guess wrong, as most guarded calls of a day are. */
export const action = 'transfer'

export const tenant: TenantDeclaration = {
  id: 'bench',
  name: 'Bench',
  origins: [origin],
  publishableKey,
  secretKeys: [secretKey],
  policy: {
    ...defaultPolicy,
    // Every request is to be answered alike.
    audit_share: 0,
    actions: {
      [action]: { params: { to: { type: 'string' }, amount: { type: 'string' } }, once: true },
    },
  },
}

/** Says what a Newel of the run complains about; nothing of it is expected. */
export const complain: Logger = {
  log: (level, event, fields) => {
    if (level !== 'info') console.error(event, fields)
  },
}
