import type { CounterFacts, CrowdPlace } from '../facts.ts'
import { ln } from '../math/ln.ts'

/** Accounts that fail somewhere by themselves, and the most that more of them say. */
export const crowdKinds = {
  // People behind one address fumble, each by themselves; one browser is shared by a family.
  prefix: { code: 'spray_prefix', usual: 5, most: 3 },
  // One build of a browser in one part of the network: thousands of people at a large operator.
  client: { code: 'spray_client', usual: 20, most: 2 },
  operator: { code: 'spray_operator', usual: 50, most: 1.5 },
  device: { code: 'spray_device', usual: 2, most: 3 },
  // Machines of one kind look alike.
  fingerprint: { code: 'spray_fingerprint', usual: 5, most: 2 },
} as const satisfies Record<CrowdPlace, unknown>

/** Accounts that signed in somewhere lately: where many people are, many fumble. */
export const passedAt = ({ crowds }: CounterFacts, place: CrowdPlace): number =>
  Math.max(0, crowds?.[place]?.[1] ?? 0)

/** ln((failed + 1) / (usual + passed)), never below 0: those that fail against those that belong there. */
export function crowdNats(counters: CounterFacts, place: CrowdPlace): number {
  const { usual, most } = crowdKinds[place]
  const failed = Math.max(0, counters.crowds?.[place]?.[0] ?? 0)
  return Math.max(0, Math.min(most, ln((failed + 1) / (usual + passedAt(counters, place)))))
}
