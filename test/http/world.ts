import { defaultPolicy, type TenantDeclaration } from '@newel/server'
import type { Policy } from '@newel/protocol'

/** Public base of Newel; where it really listens is a port of the moment, which nothing may take for its name. */
export const newelUrl = 'https://bank.example/newel'
export const masterKey = 'bWFzdGVyLWtleS1vZi10aGUtdGVzdHMtMzItYnl0ZSE'

/** One action for each thing that an action may declare. */
export const policy: Policy = {
  ...defaultPolicy,
  audit_share: 0,
  actions: {
    'sign-in': { params: 'none', starts_session: true },
    'statement.read': { params: 'none' },
    'address.change': { params: 'none', floor: { acr: 'newel:contact' } },
    transfer: {
      params: { to: { type: 'string' }, amount: { type: 'string' } },
      once: true,
      floor: { acr: 'newel:contact' },
      display: { en: 'Send {amount} to {to}' },
    },
    'limit.raise': {
      params: { cents: { type: 'integer' }, forever: { type: 'boolean' } },
      once: true,
      floor: { acr: 'newel:otp' },
    },
    'vault.open': { params: 'none', once: true, floor: { acr: 'phr' } },
  },
}

const tenant = (id: string, name: string): TenantDeclaration & { readonly origins: readonly [string] } => ({
  id,
  name,
  origins: [`https://${id}.example`],
  publishableKey: `pk_${id}_${'p'.repeat(24)}`,
  secretKeys: [`sk_${id}_${'s'.repeat(40)}`],
  policy,
  // What is enrolled counts at once: holds have tests of their own.
  holdHours: 0,
})

/** The tenant of the stories, and one beside it that must not notice. */
export const bank = tenant('bank', 'First Bank')
export const shop = tenant('shop', 'Corner Shop')
