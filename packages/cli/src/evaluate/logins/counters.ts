import type { CounterFacts } from '@newel/engine'

interface Count {
  readonly value: number
  readonly atMs: number
}

const hourMs = 3_600_000
/** What has decayed for a day is nothing any more. */
const forgottenMs = 24 * hourMs
const sweepAt = 200_000

export interface Counters {
  /** A failed attempt of this subject, device and prefix, as far as they are known. */
  fail(keys: CounterKeys, nowMs: number): void
  read(keys: CounterKeys, nowMs: number): CounterFacts
}
export interface CounterKeys {
  readonly subject: string
  readonly device: string | undefined
  readonly prefix: string | undefined
}

/** The decayed counters of a server: half-life one hour. */
export function createCounters(): Counters {
  const counts = new Map<string, Count>()
  const now = (key: string, nowMs: number): number => {
    const { value, atMs } = counts.get(key) ?? { value: 0, atMs: nowMs }
    return value * 2 ** (-Math.max(0, nowMs - atMs) / hourMs)
  }
  const named = ({ subject, device, prefix }: CounterKeys) => [
    `subject:${subject}`,
    device === undefined ? undefined : `device:${device}`,
    prefix === undefined ? undefined : `prefix:${prefix}`,
  ]
  let room = sweepAt
  const sweep = (nowMs: number): void => {
    for (const [key, { atMs }] of counts) if (nowMs - atMs > forgottenMs) counts.delete(key)
    room = Math.max(sweepAt, 2 * counts.size)
  }
  return {
    fail(keys, nowMs) {
      for (const key of named(keys)) {
        if (key !== undefined) counts.set(key, { value: now(key, nowMs) + 1, atMs: nowMs })
      }
      if (counts.size > room) sweep(nowMs)
    },
    read(keys, nowMs) {
      const [subjectFailures, deviceFailures, prefixFailures] = named(keys).map((key) =>
        key === undefined ? 0 : now(key, nowMs),
      )
      return {
        subjectFailures: subjectFailures!,
        deviceFailures: deviceFailures!,
        prefixFailures: prefixFailures!,
      }
    },
  }
}
