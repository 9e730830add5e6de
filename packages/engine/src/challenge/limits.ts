import { isDisabled } from './authenticator.ts'
import type { AuthenticatorRow, ChallengeRow, SendsRow } from '../stores/rows.ts'

/** Whether a challenge can be answered at `nowMs`. States go forward only: what ended, expired or is out of attempts stays so. */
export const isOpen = (challenge: ChallengeRow, nowMs: number): boolean =>
  challenge.ended === undefined && nowMs < challenge.expiresAtMs && challenge.attempts < challenge.maxAttempts

export interface AttemptLimits {
  readonly attemptsPerWindow: number
  readonly attemptWindowSeconds: number
  readonly consecutiveFailures: number
}

export type AttemptVerdict =
  | { readonly allowed: true }
  /** No more until it is bound again (SP 800-63B-4 §3.2.2). */
  | { readonly allowed: false; readonly disabled: true }
  | { readonly allowed: false; readonly disabled: false; readonly retryAtMs: number }

/**
 * Whether an authenticator may be tried at `nowMs`. Failures in the window make the next try wait, from the fifth on twice
 * as long each time (1 s, 2 s, 4 s, …), until the window's limit closes it. Counts are of the authenticator: no resend,
 * new session, new address or first-factor success touches them (RFC 4226 §7.3, SP 800-63B-4 §3.1.3.2).
 */
export function attemptAllowed(row: AuthenticatorRow, nowMs: number, limits: AttemptLimits): AttemptVerdict {
  if (isDisabled(row, limits.consecutiveFailures)) return { allowed: false, disabled: true }
  const windowMs = limits.attemptWindowSeconds * 1000
  const recent = row.recentFailuresMs.filter((atMs) => atMs > nowMs - windowMs)
  const newest = recent[0]
  if (newest === undefined) return { allowed: true }
  const oldest = recent[limits.attemptsPerWindow - 1]
  if (oldest !== undefined) return { allowed: false, disabled: false, retryAtMs: oldest + windowMs }
  if (recent.length < 5) return { allowed: true }
  let waitMs = 1000
  for (let failures = 5; failures < recent.length; failures++) waitMs *= 2
  const retryAtMs = newest + waitMs
  return nowMs < retryAtMs ? { allowed: false, disabled: false, retryAtMs } : { allowed: true }
}

export interface SendLimits {
  readonly sendsPerWindow: number
  readonly sendWindowSeconds: number
  readonly sendsPerDay: number
}

const dayMs = 86_400_000

/** When a code may be sent to one key: now (`undefined`) or not before a time. */
export function nextSendAtMs(
  sends: SendsRow | undefined,
  nowMs: number,
  limits: SendLimits,
): number | undefined {
  const latest = sends?.latestMs ?? []
  const blocked = [
    [limits.sendsPerWindow, limits.sendWindowSeconds * 1000],
    [limits.sendsPerDay, dayMs],
  ].map(([count = 0, spanMs = 0]) => {
    const limiting = latest.filter((atMs) => atMs > nowMs - spanMs)[count - 1]
    return limiting === undefined ? 0 : limiting + spanMs
  })
  const until = Math.max(...blocked)
  return until > nowMs ? until : undefined
}
