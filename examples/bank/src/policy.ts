import type { Policy } from '@newel/protocol'
import { defaultPolicy } from '@newel/server'

/** From this many cents on a transfer is a large one. */
export const largeFrom = 100_000

/** What the bank guards. Bands and what they ask for are Newel's defaults. */
export const policy: Policy = {
  ...defaultPolicy,
  // What the tour says happens is what happens: nobody is asked by chance here.
  audit_share: 0,
  actions: {
    'sign-in': {
      params: 'none',
      starts_session: true,
      display: { en: 'Sign in to Larkfield Bank' },
    },
    transfer: {
      params: { to: { type: 'string' }, amount: { type: 'string' } },
      once: true,
      display: { en: 'Pay €{amount} to {to}' },
    },
    /** The same with more at stake: from a device that is not well known it takes a passkey. */
    'transfer-large': {
      params: { to: { type: 'string' }, amount: { type: 'string' } },
      once: true,
      stakes_nats: 5,
      display: { en: 'Pay €{amount} to {to}' },
    },
    'change-address': {
      params: { address: { type: 'string' } },
      display: { en: 'Change your address to {address}' },
    },
  },
}
