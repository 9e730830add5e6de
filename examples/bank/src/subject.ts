import type { Subject } from '@newel/protocol'
import type { Account } from './ledger/bank.ts'

/** What the bank tells Newel of a customer: enough to reach them, and since when they are one. */
export const subjectOf = ({ id, holder, email, sinceMs }: Account): Subject => ({
  id,
  name: holder,
  // The bank confirmed the address when the account was opened.
  email: { value: email, verified_at_ms: sinceMs },
  since_ms: sinceMs,
})
