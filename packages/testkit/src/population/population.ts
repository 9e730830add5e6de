import { attack, attackerKinds, failedAttempt } from './attacker.ts'
import { rounded, streamOf } from './draw.ts'
import { attemptsOf, busy } from './habits.ts'
import type { Login } from './login.ts'
import { dayMs, ownAttempt, subjectOf, type Making } from './person.ts'

export interface PopulationOptions {
  /** The same seed gives the same logins. */
  readonly seed: number
  readonly subjects: number
  /** Default 391, from 2020-02-03 to 2021-02-27: the time of the public data set. */
  readonly days?: number
  /** Midnight UTC of the first day. Default 2020-02-03. */
  readonly startMs?: number
  /**
   * Attempts of each kind of attacker with the right password, for every attempt of an owner. Default 0.01: far more than a
   * service sees, so that rates can be told.
   */
  readonly attacks?: number
  /** Device keys. Default true. */
  readonly deviceKeys?: boolean
  /** Screen, languages and zone, as the SDK observes them. Default false. */
  readonly observations?: boolean
  /** Timings of the password. Default false. */
  readonly typing?: boolean
}

/** Attempts on accounts that do not exist, for each attempt of an owner; from November 2020 on more than twice as many. */
const unknownPerAttempt = 0.773
const unknownAfterDrift = 1.6
const driftMs = Date.UTC(2020, 10, 1)
/** Guesses at real accounts from rented addresses, for each attempt of an owner. */
const guessesPerAttempt = 0.038

interface Day {
  /** Numbers of the people who try that day; an attack is one person's number and kind. */
  readonly people: number[]
  readonly attacks: { readonly person: number; readonly kind: number }[]
}

function schedule(options: PopulationOptions, days: number, startMs: number): readonly Day[] {
  const plan: Day[] = Array.from({ length: days }, () => ({ people: [], attacks: [] }))
  const weight = plan.map((_, day) => busy(startMs + day * dayMs) / 1.8)
  for (let person = 0; person < options.subjects; person += 1) {
    const random = streamOf(options.seed, person, 5)
    for (let left = attemptsOf(random); left > 0; left -= 1) {
      let day = random.below(days)
      while (random.next() >= weight[day]!) day = random.below(days)
      plan[day]!.people.push(person)
      for (const kind of attackerKinds.keys()) {
        for (let times = rounded(random, options.attacks ?? 0.01); times > 0; times -= 1)
          plan[Math.min(days - 1, day + 1 + random.below(20))]!.attacks.push({ person, kind })
      }
    }
  }
  return plan
}

/**
 * Logins of a made-up service, in order of time, one day at a time. What is known of the public data set (Wiefling et al.,
 * 31 million logins, 2020) is reproduced: attempts per account, half of the ids with one login, the stream of attempts on
 * unknown accounts, shares of countries and devices, hours and seasons, the change of November 2020, takeovers of which a
 * blocklist misses 45 %. Nobody's data is in it, and nothing of it is evidence about people.
 */
export function* population(options: PopulationOptions): Generator<Login, void> {
  const { seed, subjects, days = 391, startMs = Date.UTC(2020, 1, 3) } = options
  const making: Making = {
    seed,
    startMs,
    deviceKeys: options.deviceKeys ?? true,
    observations: options.observations ?? false,
    typing: options.typing ?? false,
  }
  const attempts = new Uint32Array(subjects)
  const random = streamOf(seed, 6)
  let waiting: Login[] = []
  for (const [day, { people, attacks }] of schedule(options, days, startMs).entries()) {
    const rows: Login[] = []
    for (const person of people) {
      rows.push(ownAttempt(making, person, day, attempts[person]!))
      attempts[person] = attempts[person]! + 1
    }
    for (const [nth, { person, kind }] of attacks.entries())
      rows.push(attack(making, attackerKinds[kind]!, person, day, nth))
    const unknown = startMs + day * dayMs < driftMs ? unknownPerAttempt : unknownAfterDrift
    let nth = 0
    for (let left = rounded(random, people.length * unknown); left > 0; left -= 1)
      rows.push(failedAttempt(making, day, (nth += 1)))
    for (let left = rounded(random, people.length * guessesPerAttempt); left > 0; left -= 1)
      rows.push(failedAttempt(making, day, (nth += 1), subjectOf(seed, random.below(subjects))))
    // A day by the clocks of its people reaches into those before and after it.
    waiting = [...waiting, ...rows].sort((a, b) => a.ts_ms - b.ts_ms)
    const settledMs = startMs + day * dayMs - dayMs / 2 + dayMs
    const settled = waiting.findIndex(({ ts_ms }) => ts_ms >= settledMs)
    yield* waiting.slice(0, settled < 0 ? waiting.length : settled)
    waiting = settled < 0 ? [] : waiting.slice(settled)
  }
  yield* waiting
}
