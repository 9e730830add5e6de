import { strongerAcr, weakerAcr, type Acr, type MethodName } from '@newel/protocol'
import type { AvailableMethod } from '../facts.ts'
import type { AuthenticatorRow } from '../stores/rows.ts'

/** Whether an authenticator may answer at `nowMs`: confirmed, and not removed yet. */
export const isActive = (row: AuthenticatorRow, nowMs: number): boolean =>
  row.confirmedAtMs !== undefined && (row.removedAtMs === undefined || row.removedAtMs > nowMs)

/**
 * What a success gives at `nowMs`: never more than the proof it was enrolled under until the hold has passed (design,
 * section 4).
 */
export const effectiveAcr = (row: AuthenticatorRow, nowMs: number): Acr =>
  nowMs < row.holdUntilMs ? weakerAcr(row.acr, row.enrolledUnder) : row.acr

/** Methods that may answer a challenge opened at `nowMs`, one entry a method with the best acr it gives. */
export function availableMethods(
  rows: readonly AuthenticatorRow[],
  nowMs: number,
  usable: (method: MethodName) => boolean,
): AvailableMethod[] {
  const best = new Map<MethodName, Acr>()
  for (const row of rows) {
    const acr = effectiveAcr(row, nowMs)
    if (!isActive(row, nowMs) || acr === 'newel:base' || !usable(row.method)) continue
    best.set(row.method, strongerAcr(best.get(row.method) ?? acr, acr))
  }
  return [...best].map(([method, acr]) => ({ method, acr }))
}

/**
 * The highest assurance the subject has, which enrolling and removing demand. An authenticator that was removed keeps
 * counting for `holdMs`, so that removing the best one does not open the door to adding another under less.
 */
export function highestAcr(rows: readonly AuthenticatorRow[], nowMs: number, holdMs: number): Acr {
  let highest: Acr = 'newel:base'
  for (const row of rows) {
    const removedLongAgo = row.removedAtMs !== undefined && row.removedAtMs <= nowMs - holdMs
    if (row.confirmedAtMs !== undefined && !removedLongAgo)
      highest = strongerAcr(highest, effectiveAcr(row, nowMs))
  }
  return highest
}
