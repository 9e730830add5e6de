import type { Finding } from '../evidence/groups.ts'
import { defineComparator } from './comparator.ts'

/**
 * ln of how much more often a relay's two addresses differ (about 1 in 2) than those of a person's one browser, behind a
 * dual stack, a corporate proxy or an operator's shared addresses (about 1 in 7).
 */
const mismatchNats = 1.2

/** Browser to Newel and browser to application, from two addresses. One address says nothing. */
export const addressMismatch = defineComparator({
  id: 'address-mismatch@1',
  group: 'network',
  compare: ({ facts }): readonly Finding[] =>
    facts.network.sameAddress === false ? [{ code: 'address_mismatch', nats: mismatchNats, support: 0 }] : [],
})
