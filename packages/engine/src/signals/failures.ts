import type { Finding } from '../evidence/groups.ts'
import { ln } from '../math/ln.ts'
import { defineComparator } from './comparator.ts'

/** Failures of the last hours (half-life one hour) that people make by themselves, and the most that they say. */
const kinds = [
  { code: 'recent_failures', counter: 'subjectFailures', usual: 3, most: 3 },
  { code: 'device_failures', counter: 'deviceFailures', usual: 3, most: 3 },
  // Many people share a prefix, and together they fumble often.
  { code: 'prefix_failures', counter: 'prefixFailures', usual: 12, most: 2 },
] as const

/** What the failures of a prefix say, for the comparator of whose they were. */
export function prefixFailureNats(count: number): number {
  const { usual, most } = kinds[2]
  return Math.max(0, Math.min(most, ln((Math.max(0, count) + 1) / usual)))
}

/** Failed sign-ins lately: ln((n + 1) / usual), never below 0. Guessing shows in the order of magnitude, not in one more. */
export const failures = defineComparator({
  id: 'failures@1',
  group: 'attack',
  compare: ({ facts }): readonly Finding[] =>
    kinds.flatMap(({ code, counter, usual, most }) => {
      const count = Math.max(0, facts.counters[counter])
      const nats = Math.min(most, ln((count + 1) / usual))
      return nats > 0 ? [{ code, nats, support: Math.floor(count) }] : []
    }),
})
