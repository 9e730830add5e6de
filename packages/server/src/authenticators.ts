import { effectiveAcr, type AuthenticatorRow } from '@newel/engine'
import type { AuthenticatorView } from '@newel/protocol'

/** What a back end may show of an authenticator: no key, no seed, no address. */
export const authenticatorView = (row: AuthenticatorRow, nowMs: number): AuthenticatorView => ({
  id: row.id as AuthenticatorView['id'],
  method: row.method,
  acr: effectiveAcr(row, nowMs),
  label: row.label,
  created_at_ms: row.createdAtMs,
  ...(row.lastUsedAtMs !== undefined && { last_used_at_ms: row.lastUsedAtMs }),
})
