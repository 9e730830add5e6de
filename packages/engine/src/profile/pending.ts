import { createReader, createWriter } from './bytes.ts'
import { dayOf } from './history.ts'
import type { Token } from './token.ts'

/** What stands behind an unverified session, and for how many days without a bad label it waits to become an anchor. */
export const backings = {
  allowed: { units: 1, days: 7 },
  contact: { units: 2, days: 14 },
  vouched: { units: 4, days: 7 },
  imported: { units: 1, days: 14 },
} as const
export type Backing = keyof typeof backings
const backingNames = Object.keys(backings) as readonly Backing[]

/** An unverified session: it counts at once, by less than its full weight, and can be taken back. */
export interface Pending {
  /** Of the event. */
  readonly event: Token
  readonly atMs: number
  readonly backing: Backing
  /** What each comparator learns of it, by the comparator's id. */
  readonly samples: ReadonlyMap<string, readonly number[]>
}

const maxPending = 16
/** Bound of what unverified sessions move in a day: so many that differ. */
const maxPendingPerDay = 4

/**
 * Adds a session unless the day has one that looks the same, or too many already. The oldest makes room.
 * @param lookOf two sessions of equal look are the same
 */
export function addPending(
  pending: readonly Pending[],
  added: Pending,
  lookOf: (samples: Pending['samples']) => string,
): readonly Pending[] {
  const sameDay = pending.filter(({ atMs }) => dayOf(atMs) === dayOf(added.atMs))
  const look = lookOf(added.samples)
  if (sameDay.some((each) => each.backing === added.backing && lookOf(each.samples) === look)) return pending
  const cheap = added.backing === 'allowed' || added.backing === 'imported'
  if (cheap && sameDay.length >= maxPendingPerDay) return pending
  return [...pending, added].slice(-maxPending)
}

export const hasAged = ({ atMs, backing }: Pending, nowMs: number): boolean =>
  nowMs - atMs >= backings[backing].days * 86_400_000

const maxSampleLength = 32
const maxNames = 64

/** Section `pending@1`: the names of the comparators once, then each session. */
export function encodePending(pending: readonly Pending[]): Uint8Array {
  const writer = createWriter()
  const names = [...new Set(pending.flatMap(({ samples }) => [...samples.keys()]))].sort()
  writer.varint(names.length)
  for (const name of names) writer.ascii(name)
  writer.varint(pending.length)
  for (const { event, atMs, backing, samples } of pending) {
    writer.word(event)
    writer.varint(atMs)
    writer.varint(backingNames.indexOf(backing))
    for (const name of names) {
      const sample = samples.get(name) ?? []
      writer.varint(sample.length)
      for (const value of sample) writer.varint(value)
    }
  }
  return writer.finish()
}

export function decodePending(bytes: Uint8Array): readonly Pending[] {
  const reader = createReader(bytes)
  const names: string[] = []
  for (let left = reader.varint(maxNames); left > 0; left -= 1) names.push(reader.ascii(64))
  const pending: Pending[] = []
  for (let left = reader.varint(maxPending); left > 0; left -= 1) {
    const event = reader.word()
    const atMs = reader.varint()
    const backing = backingNames[reader.varint(backingNames.length - 1)]!
    const samples = new Map<string, readonly number[]>()
    for (const name of names) {
      const sample: number[] = []
      for (let values = reader.varint(maxSampleLength); values > 0; values -= 1) sample.push(reader.varint())
      if (sample.length > 0) samples.set(name, sample)
    }
    pending.push({ event, atMs, backing, samples })
  }
  reader.end()
  return pending
}
