import type { Policy } from '@newel/protocol'

/** Share of audits where a policy names none: that of the loop that was measured on typing (docs/results.md). */
export const defaultAuditShare = 0.02

/**
 * Low allows; medium asks for a confirmed address or better, once in twelve hours of a session; high asks for a passkey with
 * user verification; critical denies. No actions of the application's own. Edges are log-odds of attack: about 1 in 1 000,
 * 1 in 34 and 4 in 5.
 */
export const defaultPolicy: Policy = {
  version: 1,
  mode: 'enforce',
  bands: { medium: -7, high: -3.5, critical: 1.5 },
  requirements: {
    low: 'allow',
    medium: { acr: 'newel:contact', max_age_s: 43_200 },
    high: { acr: 'phr' },
    critical: 'deny',
  },
  missing_signals: 'stricter',
  unmet: { then: 'deny' },
  actions: {},
}
