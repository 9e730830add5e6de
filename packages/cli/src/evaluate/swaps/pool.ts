import type { Facts } from '@newel/engine'
import type { SeededRandom } from '@newel/testkit'

/** How close the session of somebody else is to the subject's own last one. */
export const matches = ['any', 'same country', 'same network', 'same network and client'] as const
export type Match = (typeof matches)[number]

export interface Session {
  readonly subject: string
  readonly facts: Facts
}

/** Sessions kept for each country, network, and network with client; and of networks and clients, so many at most. */
const kept: Readonly<Record<Match, number>> = {
  any: 2000,
  'same country': 60,
  'same network': 20,
  'same network and client': 10,
}
const maxKeys = 5000

function keyOf(match: Match, { network, client }: Facts): string | undefined {
  const { asn, prefix, country } = network
  const operator = asn ?? prefix
  switch (match) {
    case 'any':
      return ''
    case 'same country':
      return country
    case 'same network':
      return operator === undefined ? undefined : String(operator)
    case 'same network and client':
      return operator === undefined
        ? undefined
        : `${operator} ${client.deviceType} ${client.os} ${client.browser}`
  }
}

interface Bin {
  seen: number
  readonly sessions: Session[]
}

/** A bounded sample of recorded sessions, from which one that matches is drawn. */
export interface Pool {
  add(session: Session): void
  /** A session of another subject at this degree of match; `undefined` where there is none. */
  draw(match: Match, own: Session): Session | undefined
}

export function createPool(random: SeededRandom): Pool {
  const bins = new Map(matches.map((match) => [match, new Map<string, Bin>()]))
  return {
    add(session) {
      for (const [match, byKey] of bins) {
        const key = keyOf(match, session.facts)
        if (key === undefined) continue
        let bin = byKey.get(key)
        if (bin === undefined) {
          if (byKey.size >= maxKeys) continue
          byKey.set(key, (bin = { seen: 0, sessions: [] }))
        }
        bin.seen += 1
        // Each session seen so far is kept with the same chance (Vitter, 1985, algorithm R).
        const at = bin.sessions.length < kept[match] ? bin.sessions.length : random.below(bin.seen)
        if (at < kept[match]) bin.sessions[at] = session
      }
    },
    draw(match, own) {
      const key = keyOf(match, own.facts)
      const bin = key === undefined ? undefined : bins.get(match)!.get(key)
      const others = bin?.sessions.filter(({ subject }) => subject !== own.subject) ?? []
      return others.length === 0 ? undefined : others[random.below(others.length)]
    },
  }
}
