import type { CounterFacts, CrowdPlace } from '@newel/engine'

interface Count {
  readonly value: number
  readonly atMs: number
}

const hourMs = 3_600_000
/** Half-lives after which what is left of a count is nothing beside the next attempt: 2^-36. */
const forgottenMs = 36 * hourMs
/** As in the server: an account counts for two to four hours. */
const spanMs = 2 * hourMs

/** What an attempt is counted under, as far as it is known. */
export interface Attempt {
  readonly subject: string
  readonly device: string | undefined
  readonly prefix: string
  /** The user agent, in one part of the network. */
  readonly client: string
  readonly operator: number | undefined
}

export interface Counters {
  fail(attempt: Attempt, nowMs: number): void
  /** A session begins. */
  start(attempt: Attempt, nowMs: number): void
  read(attempt: Attempt, nowMs: number): CounterFacts
}

/** Accounts that were seen under a key within one span. */
interface Accounts {
  readonly seen: Set<string>
  /** Of them, those that were there in the span before as well. */
  again: number
}

/** Accounts by key, of this span and of the one before. */
function createCrowds() {
  let span = -Infinity
  let now = new Map<string, Accounts>()
  let before = new Map<string, Accounts>()
  function turn(nowMs: number): void {
    const next = Math.floor(nowMs / spanMs)
    if (next <= span) return
    before = next === span + 1 ? now : new Map<string, Accounts>()
    now = new Map()
    span = next
  }
  return {
    mark(key: string, subject: string, nowMs: number): void {
      turn(nowMs)
      let accounts = now.get(key)
      if (accounts === undefined) now.set(key, (accounts = { seen: new Set(), again: 0 }))
      if (accounts.seen.has(subject)) return
      accounts.seen.add(subject)
      if (before.get(key)?.seen.has(subject) === true) accounts.again += 1
    },
    /** As the server's counts, but exact: what the span before has beside this one fades until this one ends. */
    at(key: string, nowMs: number): number {
      turn(nowMs)
      const { seen, again } = now.get(key) ?? { seen: { size: 0 }, again: 0 }
      const past = (before.get(key)?.seen.size ?? 0) - again
      return seen.size + past * (1 - (nowMs / spanMs - span))
    },
  }
}

/** Counts by key that halve within an hour; one that nothing was added to for long is forgotten. */
function createCounts() {
  let young = new Map<string, Count>()
  let old = new Map<string, Count>()
  let turnMs = -Infinity
  function at(key: string, nowMs: number): number {
    const count = young.get(key) ?? old.get(key)
    return count === undefined ? 0 : count.value * 2 ** (-Math.max(0, nowMs - count.atMs) / hourMs)
  }
  return {
    at,
    add(key: string, nowMs: number): void {
      if (nowMs - turnMs > forgottenMs) {
        old = young
        young = new Map()
        turnMs = nowMs
      }
      young.set(key, { value: at(key, nowMs) + 1, atMs: nowMs })
    },
  }
}

const placesOf = ({
  prefix,
  client,
  operator,
  device,
}: Attempt): readonly (readonly [CrowdPlace, string])[] => [
  ['prefix', `prefix:${prefix}`],
  ['client', `client:${client}`],
  ...(operator === undefined ? [] : ([['operator', `operator:${operator}`]] as const)),
  ...(device === undefined ? [] : ([['device', `device:${device}`]] as const)),
]

/** The counters of a server, as far as a history of sign-ins moves them; what they hold is the last days of the file. */
export function createCounters(): Counters {
  const counts = createCounts()
  const crowds = createCrowds()
  return {
    fail(attempt, nowMs) {
      const { subject, device, prefix } = attempt
      counts.add(`subject:${subject}`, nowMs)
      counts.add(`prefix:${prefix}`, nowMs)
      if (device !== undefined) counts.add(`device:${device}`, nowMs)
      for (const [, key] of placesOf(attempt)) crowds.mark(`failed ${key}`, subject, nowMs)
    },
    start(attempt, nowMs) {
      const { subject } = attempt
      counts.add(`sessions:${subject}`, nowMs)
      for (const [, key] of placesOf(attempt)) crowds.mark(`passed ${key}`, subject, nowMs)
    },
    read(attempt, nowMs) {
      const { subject, prefix, device } = attempt
      const seen = placesOf(attempt).flatMap(([place, key]) => {
        const [failed, passed] = [crowds.at(`failed ${key}`, nowMs), crowds.at(`passed ${key}`, nowMs)]
        return failed + passed > 0 ? [[place, [failed, passed]] as const] : []
      })
      return {
        subjectFailures: counts.at(`subject:${subject}`, nowMs),
        deviceFailures: device === undefined ? 0 : counts.at(`device:${device}`, nowMs),
        prefixFailures: counts.at(`prefix:${prefix}`, nowMs),
        sessionStarts: counts.at(`sessions:${subject}`, nowMs),
        ...(seen.length > 0 && { crowds: Object.fromEntries(seen) }),
      }
    },
  }
}
