/**
 * Counts with a half-life of one hour, kept so that adding one is an addition and needs no power function in a database:
 * an event at a time counts 2^(hours since the epoch's start), and the sum is scaled down when it is read. An epoch is 512
 * hours, which keeps the sum far inside a double; going over to the next one multiplies by a power of two, which is exact.
 */
const halfLifeMs = 3_600_000
const epochHours = 512
const epochMs = epochHours * halfLifeMs

/** What a sum of the epoch before is worth in this one. */
export const carry = 2 ** -epochHours

export interface Decaying {
  readonly epoch: number
  readonly value: number
}

/** One event, now. */
export function oneAt(nowMs: number): Decaying {
  const epoch = Math.floor(nowMs / epochMs)
  return { epoch, value: 2 ** ((nowMs - epoch * epochMs) / halfLifeMs) }
}

/** Adds one; the SQL of `counters.ts` says the same. */
export function addOne(held: Decaying | undefined, one: Decaying): Decaying {
  if (held === undefined) return one
  const epochs = one.epoch - held.epoch
  if (epochs === 0) return { epoch: held.epoch, value: held.value + one.value }
  if (epochs === 1) return { epoch: one.epoch, value: held.value * carry + one.value }
  if (epochs > 1) return one
  // A server whose clock is behind.
  return { epoch: held.epoch, value: epochs === -1 ? held.value + one.value * carry : held.value }
}

/** The count as of now. */
export const valueAt = (held: Decaying, nowMs: number): number =>
  held.value * 2 ** -((nowMs - held.epoch * epochMs) / halfLifeMs)

/** Epochs up to this one have decayed to nothing. */
export const deadEpoch = (nowMs: number): number => Math.floor(nowMs / epochMs) - 2
