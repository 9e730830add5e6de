import { formatId, type IdKind } from '@newel/protocol'
import { deadEpoch } from './decay.ts'

const dayMs = 86_400_000

/** Up to which time or id rows of each kind are deleted. */
export interface Bounds {
  /** Rows that carry their own expiry. */
  readonly expired: number
  /** Sends and attempts, whose limits look back a day at most; challenges, a day after they expired. */
  readonly dayAgo: number
  /** Assurance older than any session may last (NIST SP 800-63B-4 §2.1.3: 30 days). */
  readonly monthAgo: number
  readonly events: number
  readonly assessments: number
  /** Ids sort by time, so that old rows are found by their key and need no index by time. */
  readonly eventId: string
  readonly assessmentId: string
  /** A notice that could not be delivered for a week tells nobody anything any more. */
  readonly messageId: string
  readonly deadEpoch: number
}

const firstIdAt = (kind: IdKind, atMs: number) => formatId(kind, Math.max(0, atMs), 0, new Uint8Array(16))

export const boundsOf = (before: {
  readonly nowMs: number
  readonly assessmentsBeforeMs: number
  readonly eventsBeforeMs: number
}): Bounds => ({
  expired: before.nowMs,
  dayAgo: before.nowMs - dayMs,
  monthAgo: before.nowMs - 31 * dayMs,
  events: before.eventsBeforeMs,
  assessments: before.assessmentsBeforeMs,
  eventId: firstIdAt('event', before.eventsBeforeMs),
  assessmentId: firstIdAt('assessment', before.assessmentsBeforeMs),
  messageId: firstIdAt('message', before.nowMs - 7 * dayMs),
  deadEpoch: deadEpoch(before.nowMs),
})
