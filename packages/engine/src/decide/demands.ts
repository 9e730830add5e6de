import { strongerAcr, type Acr } from '@newel/protocol'
import type { Demand, Facts } from '../facts.ts'
import type { StandingDemand } from './situation.ts'

interface Scope {
  readonly facts: Facts
  readonly session: string | undefined
  /** The key is on record and proven. */
  readonly keyProven: boolean
}

/**
 * A demand sticks to its session and to its key; and to its prefix for whoever comes without a key on record, so that
 * neither a fresh key nor a fresh session shakes it off.
 */
function isInScope(demand: Demand, { facts, session, keyProven }: Scope): boolean {
  if (demand.session !== undefined && demand.session === session) return true
  if (demand.jkt !== undefined && demand.jkt === facts.device.jkt) return true
  return !keyProven && demand.prefix !== undefined && demand.prefix === facts.network.prefix
}

/** What the unexpired demands of a scope ask together: the acr for the same action, the evidence for any. */
export function standingDemand(
  demands: readonly Demand[],
  action: string,
  scope: Scope,
): StandingDemand | undefined {
  const standing = demands.filter((demand) => demand.untilMs > scope.facts.nowMs && isInScope(demand, scope))
  if (standing.length === 0) return undefined
  const acr = standing
    .filter((demand) => demand.action === action)
    .reduce<Acr | undefined>(
      (most, demand) => (most === undefined ? demand.acr : strongerAcr(most, demand.acr)),
      undefined,
    )
  const nats = Math.max(...standing.map((demand) => demand.nats))
  return acr === undefined ? { nats } : { acr, nats }
}
