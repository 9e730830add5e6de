/** How much a read returns at most, alike in every store. */
export const atMost = {
  /** Due events that an assessment folds in memory. */
  dueEvents: 32,
  /** Events that one fold takes; the rest waits for the next. */
  foldedEvents: 256,
  authenticators: 64,
  /** Ten for each of those. */
  attempts: 640,
  /** No fewer than any limit counts up to that an operator may set: what is not told is not counted. */
  recentFailures: 100,
  recentSends: 200,
  grants: 64,
  demands: 64,
  envelopes: 8,
  otherSessions: 8,
  spends: 8,
  eventsAbout: 256,
} as const

/** A removed authenticator is seen for the longest hold there is. */
export const longestHoldMs = 30 * 86_400_000

/** A session may take over what a `starts_session` token proved for so long after it was spent. */
export const spendsLiveMs = 5 * 60_000

/** No operator lets a step-up token live longer, from the end of its challenge at the latest. */
export const longestTokenMs = 10 * 60_000

/** A session that was used within so long is in use: as long as a visit lasts without anything done. */
export const inUseMs = 30 * 60_000

/** A session before the account is known belongs to the empty subject: no account has that id. */
export const sessionOwner = (subject: string | undefined): string => subject ?? ''

/** Where a demand sticks, in one text. */
export const demandScope = (demand: { session?: string; jkt?: string; prefix?: string }): string =>
  JSON.stringify([demand.session ?? null, demand.jkt ?? null, demand.prefix ?? null])

/** In the place of a version: nothing was learned, and what the engine ships serves. Its own version stands in what it decides. */
export const shipped = 'shipped'
