import { createLru, type Lru } from './lru.ts'

/** How many of the other subjects seen lately showed the very same fingerprint. */
export interface Alike {
  readonly others: number
  readonly seen: number
}

/**
 * Fingerprints that several subjects share, counted on the spot: as this process saw them, since its start. It takes no round
 * trip, and another server may have seen others; what was counted stands in the facts.
 */
export interface Collisions {
  count(tenant: string, subject: string, fingerprint: Fingerprint): Alike
}

interface Fingerprint {
  readonly library: string
  readonly components: Readonly<Record<string, string>>
}

const maxTenants = 64
/** Subjects that are remembered of a tenant, each with the fingerprint that it showed last. */
const maxSubjects = 4096
/** Characters of a component that the engine compares. */
const compared = 4

interface Seen {
  /** In the order of their latest visit, which a map keeps. */
  readonly latest: Map<string, string>
  readonly counts: Map<string, number>
}

const printOf = ({ library, components }: Fingerprint): string => {
  let print = library
  for (const name in components) print += `,${name}${components[name]!.slice(0, compared)}`
  return print
}

function forget({ latest, counts }: Seen, subject: string): void {
  const print = latest.get(subject)
  if (print === undefined) return
  latest.delete(subject)
  const left = (counts.get(print) ?? 1) - 1
  if (left > 0) counts.set(print, left)
  else counts.delete(print)
}

export function createCollisions(): Collisions {
  const tenants: Lru<string, Seen> = createLru(maxTenants)
  return {
    count(tenant, subject, fingerprint) {
      let seen = tenants.get(tenant)
      if (seen === undefined) tenants.set(tenant, (seen = { latest: new Map(), counts: new Map() }))
      const { latest, counts } = seen
      forget(seen, subject)
      const print = printOf(fingerprint)
      const alike = { others: counts.get(print) ?? 0, seen: latest.size }
      latest.set(subject, print)
      counts.set(print, alike.others + 1)
      if (latest.size > maxSubjects) {
        const [oldest] = latest.keys()
        if (oldest !== undefined) forget(seen, oldest)
      }
      return alike
    },
  }
}
