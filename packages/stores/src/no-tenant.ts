import type { AssessmentContext } from '@newel/engine'

/** What a decision finds where there is no such tenant. */
export const noTenant: AssessmentContext = {
  revision: undefined,
  op: undefined,
  subject: undefined,
  events: [],
  authenticators: [],
  grants: [],
  session: undefined,
  others: [],
  assurance: [],
  demands: [],
  envelopes: [],
  tie: undefined,
  proofUsed: false,
  openChallenge: undefined,
  counters: [],
  spends: [],
}
