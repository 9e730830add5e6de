import type { CounterFacts, CrowdPlace } from '@newel/engine'

interface Count {
  readonly value: number
  readonly atMs: number
}

const hourMs = 3_600_000
/** What has decayed for a day is nothing any more. */
const forgottenMs = 24 * hourMs
const sweepAt = 200_000
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

/** Accounts of this span and of the one before. */
interface Accounts {
  readonly span: number
  readonly now: Set<string>
  readonly before: ReadonlySet<string>
}

const nobody: ReadonlySet<string> = new Set()

function inSpan(accounts: Accounts | undefined, span: number): Accounts {
  if (accounts?.span === span) return accounts
  return { span, now: new Set(), before: accounts?.span === span - 1 ? accounts.now : nobody }
}

/** As the server's counts, but exact: what the span before has beside this one fades until this one ends. */
function accountsAt(accounts: Accounts | undefined, nowMs: number): number {
  const { span, now, before } = inSpan(accounts, Math.floor(nowMs / spanMs))
  let past = 0
  for (const account of before) if (!now.has(account)) past += 1
  return now.size + past * (1 - (nowMs / spanMs - span))
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

/** The counters of a server, as far as a history of sign-ins moves them. */
export function createCounters(): Counters {
  const counts = new Map<string, Count>()
  const crowds = new Map<string, Accounts>()
  const now = (key: string, nowMs: number): number => {
    const count = counts.get(key)
    return count === undefined ? 0 : count.value * 2 ** (-Math.max(0, nowMs - count.atMs) / hourMs)
  }
  let room = sweepAt
  function sweep(nowMs: number): void {
    if (counts.size + crowds.size <= room) return
    for (const [key, { atMs }] of counts) if (nowMs - atMs > forgottenMs) counts.delete(key)
    const span = Math.floor(nowMs / spanMs)
    for (const [key, accounts] of crowds) if (accounts.span < span - 1) crowds.delete(key)
    room = Math.max(sweepAt, 2 * (counts.size + crowds.size))
  }
  function add(key: string, nowMs: number): void {
    counts.set(key, { value: now(key, nowMs) + 1, atMs: nowMs })
  }
  function mark(key: string, subject: string, nowMs: number): void {
    const accounts = inSpan(crowds.get(key), Math.floor(nowMs / spanMs))
    accounts.now.add(subject)
    crowds.set(key, accounts)
  }
  return {
    fail(attempt, nowMs) {
      const { subject } = attempt
      add(`subject:${subject}`, nowMs)
      for (const [, key] of placesOf(attempt)) {
        add(key, nowMs)
        mark(`failed ${key}`, subject, nowMs)
      }
      sweep(nowMs)
    },
    start(attempt, nowMs) {
      const { subject } = attempt
      add(`sessions:${subject}`, nowMs)
      for (const [, key] of placesOf(attempt)) mark(`passed ${key}`, subject, nowMs)
      sweep(nowMs)
    },
    read(attempt, nowMs) {
      const { subject, prefix, device } = attempt
      const seen = placesOf(attempt).flatMap(([place, key]) => {
        const failed = accountsAt(crowds.get(`failed ${key}`), nowMs)
        return failed > 0 ? [[place, [failed, accountsAt(crowds.get(`passed ${key}`), nowMs)]] as const] : []
      })
      return {
        subjectFailures: now(`subject:${subject}`, nowMs),
        deviceFailures: device === undefined ? 0 : now(`device:${device}`, nowMs),
        prefixFailures: now(`prefix:${prefix}`, nowMs),
        sessionStarts: now(`sessions:${subject}`, nowMs),
        ...(seen.length > 0 && { crowds: Object.fromEntries(seen) }),
      }
    },
  }
}
