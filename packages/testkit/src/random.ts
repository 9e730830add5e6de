/** Numbers that look random and are the same in every run. Never for anything secret. */
export interface SeededRandom {
  /** At least 0, below 1. */
  next(): number
  /** An integer, at least 0, below `limit`. */
  below(limit: number): number
  bytes(length: number): Uint8Array<ArrayBuffer>
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, enough to vary test data. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { next, below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) }
}
