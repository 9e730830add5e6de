import { createReader, createWriter } from './bytes.ts'
import type { Token } from './token.ts'

/** How much is known of a subject, which tells `enrolling` from `known`. */
export interface History {
  readonly firstMs: number
  readonly lastMs: number
  /** Sessions learned from; what follows within the hour belongs to the same one. */
  readonly sessions: number
  /** Sessions backed by `newel:otp` or better. */
  readonly verified: number
  readonly lastVerifiedMs: number
  /** What the latest verified session looked like: the same again within its hour teaches nothing. */
  readonly lastVerified: Token
  /** Days whose unverified sessions aged without a bad label. */
  readonly agedDays: number
  readonly lastAgedDay: number
}

export const noHistory: History = {
  firstMs: 0,
  lastMs: 0,
  sessions: 0,
  verified: 0,
  lastVerifiedMs: 0,
  lastVerified: 0,
  agedDays: 0,
  lastAgedDay: 0,
}

/** Events closer than this belong to one session, since an outcome names none. */
const sessionMs = 3_600_000
export const dayOf = (ms: number): number => Math.floor(ms / 86_400_000)

/** Enough to be `known` (design, section 4): 3 sessions backed by `newel:otp` or better, or 5 aged ones. */
export const isKnown = ({ verified, agedDays }: History): boolean => verified >= 3 || agedDays >= 5

export function countSession(history: History, atMs: number): History {
  const next = history.sessions === 0 || atMs - history.lastMs >= sessionMs
  return {
    ...history,
    firstMs: history.sessions === 0 ? atMs : Math.min(history.firstMs, atMs),
    lastMs: Math.max(history.lastMs, atMs),
    sessions: history.sessions + (next ? 1 : 0),
  }
}

/** Whether what comes now would belong to another session than the latest. */
export const isSessionOver = ({ lastMs }: History, nowMs: number): boolean => nowMs - lastMs >= sessionMs

/** Whether a strongly proven session is one of its own, or the same as one within the hour. */
export const isRepeated = (history: History, atMs: number, look: Token): boolean =>
  history.verified > 0 && atMs - history.lastVerifiedMs < sessionMs && history.lastVerified === look

export function countVerified(history: History, atMs: number, look: Token): History {
  const next = history.verified === 0 || atMs - history.lastVerifiedMs >= sessionMs
  return {
    ...history,
    verified: history.verified + (next ? 1 : 0),
    // The hour counts from the session's first proof, or a long session would never end.
    lastVerifiedMs: next ? atMs : history.lastVerifiedMs,
    lastVerified: look,
  }
}

export const countAged = (history: History, atMs: number): History =>
  history.agedDays > 0 && dayOf(atMs) <= history.lastAgedDay
    ? history
    : { ...history, agedDays: history.agedDays + 1, lastAgedDay: dayOf(atMs) }

const numbers = [
  'firstMs',
  'lastMs',
  'sessions',
  'verified',
  'lastVerifiedMs',
  'agedDays',
  'lastAgedDay',
] as const

/** Section `sessions@1`. */
export function encodeHistory(history: History): Uint8Array {
  const writer = createWriter()
  for (const name of numbers) writer.varint(history[name])
  writer.word(history.lastVerified)
  return writer.finish()
}

export function decodeHistory(bytes: Uint8Array): History {
  const reader = createReader(bytes)
  const read = Object.fromEntries(numbers.map((name) => [name, reader.varint()])) as Record<
    (typeof numbers)[number],
    number
  >
  const history = { ...read, lastVerified: reader.word() }
  reader.end()
  return history
}
