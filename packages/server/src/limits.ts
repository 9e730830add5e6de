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
