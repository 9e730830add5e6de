import type { Finding } from '../evidence/groups.ts'
import { ln } from '../math/ln.ts'
import { defineComparator } from './comparator.ts'
import { prefixFailureNats } from './failures.ts'

/** Decayed counts (half-life one hour) of what people do by themselves, and the most that more of it says. */
const kinds = [
  // People behind one address fumble, each by themselves; one browser is shared by a family.
  { code: 'spray_prefix', counter: 'prefixSubjects', usual: 5, most: 3 },
  { code: 'spray_device', counter: 'deviceSubjects', usual: 2, most: 3 },
  // One build of a browser in one part of the network: thousands of people at a large operator.
  { code: 'spray_client', counter: 'clientSubjects', usual: 20, most: 2 },
  { code: 'action_burst', counter: 'sensitiveActions', usual: 8, most: 2 },
  { code: 'session_burst', counter: 'sessionStarts', usual: 4, most: 1.5 },
  // A session left open until it timed out was left alone: nobody says who finds the next one.
  { code: 'session_timeouts', counter: 'sessionTimeouts', usual: 4, most: 1 },
] as const

/**
 * Different accounts that fail from one place, and more than people do within hours: ln((n + 1) / usual), never below 0. What the
 * failures of a prefix have said is not said again by whose they were.
 */
export const velocity = defineComparator({
  id: 'velocity@1',
  group: 'attack',
  compare: ({ facts: { counters } }): readonly Finding[] =>
    kinds.flatMap(({ code, counter, usual, most }) => {
      const count = Math.max(0, counters[counter] ?? 0)
      const said = code === 'spray_prefix' ? prefixFailureNats(counters.prefixFailures) : 0
      const nats = Math.min(most, ln((count + 1) / usual)) - said
      return nats > 0 ? [{ code, nats, support: Math.floor(count) }] : []
    }),
})
