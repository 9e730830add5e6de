import { scoreOf, type Slot } from './slot.ts'

/** Share of the subject's own scores that lie below the threshold, and how far above that it is. */
const share = 0.9
const margin = 1.06
/** What own scores are before there are any, and how many of them that weighs. */
const usualScore = 0.8
const usualScores = 3

/**
 * The score above which a session is unlike the subject: a little above the ninth tenth of the subject's own last scores. No
 * other subject's data enter it.
 */
export function thresholdOf({ scores }: Pick<Slot, 'scores'>): number {
  const count = scores.length
  if (count === 0) return margin * usualScore
  const sorted = Uint8Array.from(scores).sort()
  const at = share * (count - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, count - 1)]!
  const own = scoreOf(low + (at - below) * (high - low))
  return (margin * (count * own + usualScores * usualScore)) / (count + usualScores)
}
