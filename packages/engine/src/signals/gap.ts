import type { Finding } from '../evidence/groups.ts'
import { ln } from '../math/ln.ts'
import { defineComparator, type Comparison } from './comparator.ts'

const dayMs = 86_400_000
/** Sessions before a rhythm can be told. */
const least = 5
/** Within so many times the usual gap a pause is a pause. */
const usual = 4
const mostNats = 1

/** What the gap says, for the comparator of one session's. */
export function gapNats({ facts, sessions, firstMs, lastMs }: Comparison): number {
  if (sessions < least) return 0
  const mean = Math.max(dayMs, (lastMs - firstMs) / (sessions - 1))
  const ratio = (facts.nowMs - lastMs) / mean
  return ratio > usual ? Math.min(mostNats, ln((1 + ratio) / (1 + usual))) : 0
}

/**
 * How long the account was not used, against how often it is: an account that lies idle is no less attractive. Gaps have a long
 * tail (holidays), so that a longer one says ln((1 + r) / (1 + 4)) only, r in usual gaps of a day at least. Never calms: who
 * comes every day is imitated by coming on a day.
 */
export const gap = defineComparator({
  id: 'gap@1',
  group: 'time',
  compare(comparison): readonly Finding[] {
    const nats = gapNats(comparison)
    return nats > 0 ? [{ code: 'gap_long', nats, support: comparison.sessions }] : []
  },
})
