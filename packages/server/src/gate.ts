import type { RouteSpec } from './routes/specs/index.ts'

export interface Caller {
  readonly side: RouteSpec['side']
  /** As its key names it, unchecked. */
  readonly tenant: string
  /** A back end that showed a secret key of its tenant. All others are strangers. */
  readonly known: boolean
  /** What its address counts as, and the network around that; `undefined` where the host names none. */
  readonly address: { readonly subscriber: string; readonly network: string } | undefined
}

export type Entered =
  | { readonly leave: () => void }
  /** Turned away before any work: by what is in flight, or by what its own address or network has in flight. */
  | { readonly refused: 'busy' | 'address' }

/**
 * Bounds work in flight (design, section 6). Signals are turned away when three quarters of the limit are taken by anybody,
 * assessments when back ends have taken all of it, and calls that finish something never: a person who has a code in hand gets
 * through. Strangers take nothing from back ends: whoever calls with a wrong secret key is turned away like signals, and what
 * pages ask of challenges, which is known to be theirs only once it is loaded, is bounded: a quarter of the limit by address,
 * half by network (an IPv6 /48 has 65 536 addresses of this kind), all of it for those without an address together, and twice
 * the limit for all of them. With several tenants one alone gets half.
 */
export function createGate(limit: number, tenants: number) {
  const share = tenants > 1 ? Math.ceil(limit / 2) : limit
  const anybody = createCount()
  const backEnds = createCount()
  const pages = createCount()
  const addresses = createCount()
  const networks = createCount()

  const placesOf = ({ side, address }: Caller): readonly (readonly [Count, string, number])[] => {
    if (side !== 'browser') return []
    if (address === undefined) return [[addresses, 'unknown', limit]]
    return [
      [addresses, address.subscriber, Math.ceil(limit / 4)],
      [networks, address.network, Math.ceil(limit / 2)],
    ]
  }

  const full = (count: Count, tenant: string, factor: number): boolean =>
    count.all() >= limit * factor || count.of(tenant) >= share * factor

  function refusal(shed: RouteSpec['shed'], caller: Caller): 'busy' | 'address' | undefined {
    const { side, tenant, known } = caller
    if (placesOf(caller).some(([count, key, most]) => count.of(key) >= most)) return 'address'
    if (side === 'browser' && full(pages, tenant, 2)) return 'busy'
    const stranger = side === 'back_end' && !known
    if (shed === 'signals' || stranger) return full(anybody, tenant, 0.75) ? 'busy' : undefined
    return shed === 'assessments' && full(backEnds, tenant, 1) ? 'busy' : undefined
  }

  return {
    enter(shed: RouteSpec['shed'], caller: Caller): Entered {
      const refused = refusal(shed, caller)
      if (refused !== undefined) return { refused }
      const left = [anybody.add(caller.tenant)]
      if (caller.known) left.push(backEnds.add(caller.tenant))
      if (caller.side === 'browser') left.push(pages.add(caller.tenant))
      for (const [count, key] of placesOf(caller)) left.push(count.add(key))
      return {
        leave: () => {
          for (const leave of left) leave()
        },
      }
    },
  }
}

type Count = ReturnType<typeof createCount>

/** How many are inside, all and by key; keys of whom nobody is inside are forgotten. */
function createCount() {
  const byKey = new Map<string, number>()
  let total = 0
  return {
    all: () => total,
    of: (key: string) => byKey.get(key) ?? 0,
    add(key: string): () => void {
      total += 1
      byKey.set(key, (byKey.get(key) ?? 0) + 1)
      return () => {
        total -= 1
        const left = (byKey.get(key) ?? 1) - 1
        if (left === 0) byKey.delete(key)
        else byKey.set(key, left)
      }
    },
  }
}
