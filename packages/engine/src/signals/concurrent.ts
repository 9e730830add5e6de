import type { Finding } from '../evidence/groups.ts'
import { ln } from '../math/ln.ts'
import { defineComparator } from './comparator.ts'
import { sessionBurstNats } from './velocity.ts'

/** Devices that one person uses within half an hour: three, and this one. */
const usual = 4
const mostNats = 1.5

/**
 * Other devices that use the account at the same time: ln((n + 1) / usual), never below 0. What sessions begun lately have said
 * is not said again by their being open.
 */
export const concurrent = defineComparator({
  id: 'concurrent@1',
  group: 'attack',
  compare({ facts: { session, counters } }): readonly Finding[] {
    const others = session?.others ?? 0
    const nats = Math.min(mostNats, ln((others + 1) / usual)) - sessionBurstNats(counters)
    return nats > 0 ? [{ code: 'session_concurrent', nats, support: others }] : []
  },
})
