import type { CounterFacts } from '@newel/engine'

interface Count {
  readonly value: number
  readonly atMs: number
}

const hourMs = 3_600_000
/** What has decayed for a day is nothing any more. */
const forgottenMs = 24 * hourMs
const sweepAt = 200_000
/** As in the server: below it, what an account failed before has decayed. */
const freshBelow = 0.5

/** What an attempt is counted under, as far as it is known. */
export interface Attempt {
  readonly subject: string
  readonly device: string | undefined
  readonly prefix: string
  /** The user agent, in one part of the network. */
  readonly client: string
}

export interface Counters {
  fail(attempt: Attempt, nowMs: number): void
  /** A session begins. */
  start(attempt: Attempt, nowMs: number): void
  read(attempt: Attempt, nowMs: number): CounterFacts
}

type Keys = Readonly<Partial<Record<keyof CounterFacts, string>>>

const keysOf = ({ subject, device, prefix, client }: Attempt): Keys => ({
  subjectFailures: `subject:${subject}`,
  prefixFailures: `prefix:${prefix}`,
  prefixSubjects: `prefix-subjects:${prefix}`,
  clientSubjects: `client-subjects:${client}`,
  sessionStarts: `sessions:${subject}`,
  ...(device !== undefined && {
    deviceFailures: `device:${device}`,
    deviceSubjects: `device-subjects:${device}`,
  }),
})

/** The decayed counters of a server, half-life one hour, as far as a history of sign-ins moves them. */
export function createCounters(): Counters {
  const counts = new Map<string, Count>()
  const now = (key: string | undefined, nowMs: number): number => {
    const count = key === undefined ? undefined : counts.get(key)
    return count === undefined ? 0 : count.value * 2 ** (-Math.max(0, nowMs - count.atMs) / hourMs)
  }
  let room = sweepAt
  const add = (nowMs: number, ...keys: readonly (string | undefined)[]): void => {
    for (const key of keys) {
      if (key !== undefined) counts.set(key, { value: now(key, nowMs) + 1, atMs: nowMs })
    }
    if (counts.size <= room) return
    for (const [key, { atMs }] of counts) if (nowMs - atMs > forgottenMs) counts.delete(key)
    room = Math.max(sweepAt, 2 * counts.size)
  }
  return {
    fail(attempt, nowMs) {
      const keys = keysOf(attempt)
      const first = now(keys.subjectFailures, nowMs) < freshBelow
      add(nowMs, keys.subjectFailures, keys.deviceFailures, keys.prefixFailures)
      if (first) add(nowMs, keys.prefixSubjects, keys.deviceSubjects, keys.clientSubjects)
    },
    start: (attempt, nowMs) => add(nowMs, keysOf(attempt).sessionStarts),
    read: (attempt, nowMs) => ({
      subjectFailures: 0,
      deviceFailures: 0,
      prefixFailures: 0,
      ...Object.fromEntries(Object.entries(keysOf(attempt)).map(([name, key]) => [name, now(key, nowMs)])),
    }),
  }
}
