import type { Limits } from './options.ts'

/** What a limit may be: whole numbers from `least` to `most`. */
export interface LimitRange {
  readonly default: number
  readonly least: number
  readonly most: number
  /** For documentation. */
  readonly about: string
}

const range = (standing: number, least: number, most: number, about: string): LimitRange => ({
  default: standing,
  least,
  most,
  about,
})

/**
 * The only list of limits with their ranges; configuration and documentation are read from it. Past some an invariant would
 * not hold: a retired key verifies for 12 minutes, stores tell of 100 failures and 200 sends, and keep them for a day.
 */
export const limitRanges: Readonly<Record<keyof Limits, LimitRange>> = {
  bodyBytes: range(65_536, 1024, 1_048_576, 'Largest request body.'),
  challengeSeconds: range(300, 30, 600, 'Life of a challenge.'),
  tokenSeconds: range(300, 30, 600, 'Life of a step-up token.'),
  receiptSeconds: range(300, 30, 600, 'Life of a receipt.'),
  nonceSeconds: range(300, 30, 600, 'Life of a nonce.'),
  clockToleranceSeconds: range(60, 0, 300, 'How far the time of a proof may be off, either way.'),
  attemptsPerChallenge: range(5, 1, 10, 'Answers to one challenge.'),
  attemptsPerWindow: range(10, 1, 100, 'Failures of one authenticator in a window.'),
  attemptWindowSeconds: range(900, 60, 86_400, 'That window.'),
  consecutiveFailures: range(100, 5, 100, 'Failures in a row that disable an authenticator.'),
  sendsPerWindow: range(3, 1, 200, 'Codes to a subject and to a destination in a window.'),
  sendWindowSeconds: range(600, 60, 86_400, 'That window.'),
  sendsPerDay: range(10, 1, 200, 'Codes a day, likewise.'),
  resendSeconds: range(30, 5, 600, 'Least time between two codes of one challenge.'),
  signalsPerMinute: range(
    600,
    1,
    1_000_000,
    'Calls of `hello` and `signals` from one IPv4 address or IPv6 /64, to one process; more get 429 with Retry-After.',
  ),
  opHours: range(24, 1, 168, 'How long the first answer to an op is kept.'),
  envelopeDays: range(7, 1, 90, 'How long envelopes are kept.'),
  assessmentDays: range(400, 1, 3650, 'How long assessments are kept.'),
  eventDays: range(120, 1, 3650, 'How long outcome events are kept.'),
  inFlight: range(
    64,
    1,
    10_000,
    'Calls of back ends worked on at once, and three quarters as many of all calls before signals are turned away; more get 503 with Retry-After.',
  ),
  deadlineMs: range(2500, 100, 60_000, 'For all database round trips of one request.'),
}

const names = Object.keys(limitRanges) as (keyof Limits)[]

/** The defaults that `Limits` documents. */
export const defaultLimits = Object.fromEntries(
  names.map((name) => [name, limitRanges[name].default]),
) as unknown as Limits

/**
 * The defaults with what an operator sets.
 * @throws TypeError where a limit is no whole number of its range
 */
export function checkedLimits(given: Partial<Limits> = {}): Limits {
  const limits: Limits = { ...defaultLimits, ...given }
  for (const name of names) {
    const { least, most } = limitRanges[name]
    // Written so that a member that is `undefined` fails, too.
    if (!(Number.isInteger(limits[name]) && limits[name] >= least && limits[name] <= most)) {
      throw new TypeError(`limits.${name} has to be a whole number from ${least} to ${most}`)
    }
  }
  return limits
}
