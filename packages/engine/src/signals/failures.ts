import type { Finding } from '../evidence/groups.ts'
import type { CounterFacts } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { defineComparator } from './comparator.ts'
import { passedAt } from './crowds.ts'

/** Failures of the last hours (half-life one hour) that people make by themselves, and the most that they say. */
const kinds = [
  { code: 'recent_failures', counter: 'subjectFailures', usual: 3, most: 3 },
  { code: 'device_failures', counter: 'deviceFailures', usual: 3, most: 3 },
  // Many people share a prefix, and together they fumble often: one each for those that signed in there.
  { code: 'prefix_failures', counter: 'prefixFailures', usual: 12, most: 2 },
] as const

function natsOf(counters: CounterFacts, { code, counter, usual, most }: (typeof kinds)[number]): number {
  const people = code === 'prefix_failures' ? passedAt(counters, 'prefix') : 0
  return Math.max(0, Math.min(most, ln((Math.max(0, counters[counter]) + 1) / (usual + people))))
}

/** What the failures of a prefix say, for the comparator of whose they were. */
export const prefixFailureNats = (counters: CounterFacts): number => natsOf(counters, kinds[2])

/** Failed sign-ins lately: ln((n + 1) / usual), never below 0. Guessing shows in the order of magnitude, not in one more. */
export const failures = defineComparator({
  id: 'failures@1',
  group: 'attack',
  compare: ({ facts: { counters } }): readonly Finding[] =>
    kinds.flatMap((kind) => {
      const nats = natsOf(counters, kind)
      return nats > 0
        ? [{ code: kind.code, nats, support: Math.floor(Math.max(0, counters[kind.counter])) }]
        : []
    }),
})
