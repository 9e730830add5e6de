import { ln } from '../math/ln.ts'

/** What a subject's history says of one value on one tier. */
export interface TierCounts {
  /** Sessions with this value, among those that share the coarser values. */
  readonly count: number
  readonly total: number
  /** Different values among them. */
  readonly distinct: number
}

/** However long a history: one session in so many brings a value that it never showed. */
const sessionsPerChange = 20

/**
 * Mass of all values the subject never showed. M of Freeman et al. (NDSS 2016) is, on the subject's side, the number of different
 * values shown so far (Witten and Bell, 1991): who changes often is expected to change again. At least `least`.
 */
export function unseenMass({ total, distinct }: TierCounts, least: number): number {
  const unseen = Math.max(1, distinct)
  return Math.max(unseen / (total + unseen), 1 / sessionsPerChange, least)
}

/**
 * Log-likelihood ratio of one value: ln(p(x | others) / p(x | subject)). The subject's unseen mass is spread as the
 * background spreads it, so a value that the subject never showed gives ln(1 / mass) whatever the value, and an empty
 * history gives 0.
 *
 * @param others probability of the value among others, in (0, 1]
 * @param least lower bound of the unseen mass, for what is expected to change
 */
export function tierNats(counts: TierCounts, others: number, least = 0): number {
  const mass = unseenMass(counts, least)
  const seen = counts.total > 0 ? ((1 - mass) * counts.count) / counts.total : 0
  return ln(others / (seen + mass * others))
}
