import type { Finding } from '../evidence/groups.ts'
import type { CounterFacts, CrowdPlace } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { defineComparator } from './comparator.ts'
import { crowdKinds, crowdNats } from './crowds.ts'
import { prefixFailureNats } from './failures.ts'

/** Decayed counts (half-life one hour) of what people do by themselves, and the most that more of it says. */
const kinds = [
  { code: 'action_burst', counter: 'sensitiveActions', usual: 8, most: 2 },
  { code: 'session_burst', counter: 'sessionStarts', usual: 4, most: 1.5 },
  // A session left open until it timed out was left alone: nobody says who finds the next one.
  { code: 'session_timeouts', counter: 'sessionTimeouts', usual: 4, most: 1 },
] as const

const naturalNats = (count: number, { usual, most }: { usual: number; most: number }): number =>
  Math.max(0, Math.min(most, ln((Math.max(0, count) + 1) / usual)))

/** What sessions begun say, for the comparator of those in use. */
export const sessionBurstNats = ({ sessionStarts = 0 }: CounterFacts): number =>
  naturalNats(sessionStarts, kinds[1])

/** The same failures, from the finest place to the coarsest: each says only what those before it have not said. */
const nested: readonly (readonly CrowdPlace[])[] = [
  ['prefix', 'client', 'operator'],
  ['device', 'fingerprint'],
]

function sprays(counters: CounterFacts): readonly Finding[] {
  return nested.flatMap((places) => {
    let said = places[0] === 'prefix' ? prefixFailureNats(counters) : 0
    return places.flatMap((place) => {
      const nats = crowdNats(counters, place) - said
      if (nats <= 0) return []
      said += nats
      return [{ code: crowdKinds[place].code, nats, support: Math.floor(counters.crowds?.[place]?.[0] ?? 0) }]
    })
  })
}

/**
 * Different accounts that fail from one place against those that sign in there, and more than people do within hours:
 * ln((n + 1) / usual), never below 0.
 */
export const velocity = defineComparator({
  id: 'velocity@1',
  group: 'attack',
  compare: ({ facts: { counters } }): readonly Finding[] => [
    ...sprays(counters),
    ...kinds.flatMap((kind) => {
      const count = Math.max(0, counters[kind.counter] ?? 0)
      const nats = naturalNats(count, kind)
      return nats > 0 ? [{ code: kind.code, nats, support: Math.floor(count) }] : []
    }),
  ],
})
