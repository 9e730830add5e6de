import type { Limits } from './options.ts'

/** The defaults that `Limits` documents. */
export const defaultLimits: Limits = {
  bodyBytes: 65_536,
  challengeSeconds: 300,
  tokenSeconds: 300,
  receiptSeconds: 300,
  nonceSeconds: 300,
  clockToleranceSeconds: 60,
  attemptsPerChallenge: 5,
  attemptsPerWindow: 10,
  attemptWindowSeconds: 900,
  consecutiveFailures: 100,
  sendsPerWindow: 3,
  sendWindowSeconds: 600,
  sendsPerDay: 10,
  resendSeconds: 30,
  opHours: 24,
  envelopeDays: 7,
  assessmentDays: 400,
  eventDays: 120,
  inFlight: 64,
  deadlineMs: 2500,
}

/**
 * Past these a limit would not hold: a retired key verifies for 12 minutes, stores tell of 100 failures and 200 sends, and
 * keep them for a day.
 */
const most: Partial<Limits> = {
  challengeSeconds: 600,
  tokenSeconds: 600,
  receiptSeconds: 600,
  nonceSeconds: 600,
  attemptsPerWindow: 100,
  attemptWindowSeconds: 86_400,
  sendsPerWindow: 200,
  sendWindowSeconds: 86_400,
  sendsPerDay: 200,
}

/**
 * The defaults with what an operator sets.
 * @throws TypeError where a limit is no number of at least 0, or more than would hold
 */
export function checkedLimits(given: Partial<Limits> = {}): Limits {
  const limits: Limits = { ...defaultLimits, ...given }
  for (const name of Object.keys(defaultLimits) as (keyof Limits)[]) {
    const highest = most[name] ?? Number.MAX_SAFE_INTEGER
    // Written so that NaN and a member that is `undefined` fail, too.
    if (!(limits[name] >= 0 && limits[name] <= highest)) {
      throw new TypeError(`limits.${name} has to be a number from 0 to ${highest}`)
    }
  }
  return limits
}
