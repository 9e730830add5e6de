import {
  acrSatisfies,
  methods as methodDeclarations,
  strongerAcr,
  type Acr,
  type MethodName,
} from '@newel/protocol'
import { isProven, type Situation } from './situation.ts'

/** The best acr that the session can show now, within a freshness. */
export function heldAcr({ facts, assurance }: Situation, maxAgeSeconds: number): Acr {
  let held: Acr = 'newel:base'
  if (!isProven(facts)) return held
  for (const { acr, authTimeMs } of assurance) {
    // An auth_time ahead of the clock is another server's clock: it counts as now.
    if (facts.nowMs - authTimeMs <= maxAgeSeconds * 1000) held = strongerAcr(held, acr)
  }
  return held
}

/** Whether an acr can only have come from methods that are allowed: the session remembers the acr and not the method. */
export const provenBy = (held: Acr, allowed: readonly MethodName[] | undefined): boolean =>
  allowed === undefined ||
  (Object.keys(methodDeclarations) as MethodName[]).every(
    (method) => allowed.includes(method) || !acrSatisfies(methodDeclarations[method].acr, held),
  )
