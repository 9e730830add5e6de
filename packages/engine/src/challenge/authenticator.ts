import { acrSatisfies, strongerAcr, weakerAcr, type Acr, type MethodName } from '@newel/protocol'
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
 * Whether wrong answers in a row have disabled an authenticator until it is bound again (SP 800-63B-4 §3.2.2). Nobody guesses
 * the answer of one that is phishing-resistant: it is never disabled, or garbage would take the best proof away from a person.
 *
 * @param most wrong answers in a row that disable
 */
export const isDisabled = (row: AuthenticatorRow, most: number): boolean =>
  row.consecutiveFailures >= most && !acrSatisfies(row.acr, 'phr')

export interface HighestOptions {
  /** How long an authenticator that was removed or disabled keeps counting. */
  readonly holdMs: number
  /** Wrong answers in a row that disable. */
  readonly consecutiveFailures: number
}

/**
 * The highest assurance the subject has, which enrolling and removing demand. An authenticator that was removed keeps
 * counting for the hold, so that removing the best one does not open the door to adding another under less. So does one that is
 * disabled, from its last wrong answer on; after that it can be removed, and bound again, under what the subject has else.
 */
export function highestAcr(
  rows: readonly AuthenticatorRow[],
  nowMs: number,
  { holdMs, consecutiveFailures }: HighestOptions,
): Acr {
  const heldSinceMs = nowMs - holdMs
  let highest: Acr = 'newel:base'
  for (const row of rows) {
    const removedLongAgo = row.removedAtMs !== undefined && row.removedAtMs <= heldSinceMs
    const disabledLongAgo = isDisabled(row, consecutiveFailures) && (row.lastAttemptAtMs ?? 0) <= heldSinceMs
    if (row.confirmedAtMs !== undefined && !removedLongAgo && !disabledLongAgo)
      highest = strongerAcr(highest, effectiveAcr(row, nowMs))
  }
  return highest
}
