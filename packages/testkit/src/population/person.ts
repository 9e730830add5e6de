import type { SeededRandom } from '../random.ts'
import { inputOf, machines, observationsOf, phones, userAgentOf, type ClientKind } from './clients.ts'
import { mix, pick, streamOf } from './draw.ts'
import { drawHabits, hourOf } from './habits.ts'
import type { Login } from './login.ts'
import {
  accessNetwork,
  anyCountry,
  drawCity,
  drawCountry,
  mobileNetwork,
  networkOfCity,
  placeIn,
  roundTripMs,
  workNetwork,
  type Country,
  type Place,
} from './places.ts'
import { typedByOwner } from './typing.ts'

export interface Making {
  readonly seed: number
  readonly startMs: number
  readonly deviceKeys: boolean
  readonly observations: boolean
  readonly typing: boolean
}

/** A browser of one person, over the years: what it is, how often it is replaced or cleared. */
interface Browser {
  readonly kind: ClientKind
  readonly lag: number
  readonly replacedEveryDays: number
  readonly clearedEveryDays: number
  readonly phase: number
}

/** All that does not change about one person: made again from the seed whenever it is asked for, so nothing is kept. */
export interface Person {
  readonly number: number
  readonly country: Country
  readonly city: number
  readonly home: number
  readonly carrier: number
  readonly work: { readonly asn: number; readonly network: number } | undefined
  readonly phone: Browser | undefined
  readonly machine: Browser | undefined
  /** Keeps nothing from visit to visit: private windows. */
  readonly private: boolean
  readonly habits: readonly [number, number]
}

export const dayMs = 86_400_000
const goodPassword = 0.78
/** Shares of one person's attempts. */
const abroad = 0.012
const elsewhere = 0.04
const borrowed = 0.02
const measured = 0.041

const browser = (random: SeededRandom, kinds: typeof phones): Browser => ({
  kind: pick(random, kinds),
  lag: random.next() < 0.8 ? 0 : random.below(4),
  replacedEveryDays: 500 + random.below(900),
  clearedEveryDays: 80 + random.below(900),
  phase: random.below(1000),
})

export function personOf(seed: number, number: number): Person {
  const random = streamOf(seed, number, 1)
  const country = drawCountry(random)
  const uses = random.next()
  return {
    number,
    country,
    city: drawCity(random),
    home: accessNetwork(country, random),
    carrier: mobileNetwork(country, random),
    work: random.next() < 0.45 ? { asn: workNetwork(country, random), network: random.below(6) } : undefined,
    phone: uses < 0.75 ? browser(random, phones) : undefined,
    machine: uses >= 0.45 ? browser(random, machines) : undefined,
    private: random.next() < 0.06,
    habits: drawHabits(random),
  }
}

export const subjectOf = (seed: number, number: number): string =>
  `u${mix(seed, number, 11).toString(36)}${number.toString(36)}`

function placeOf(person: Person, mobile: boolean, day: number, random: SeededRandom): [Place, Country] {
  const { number, country, city, home, carrier, work } = person
  const where = random.next()
  if (where < abroad) {
    const other = anyCountry(random)
    const away = drawCity(random)
    return [
      placeIn(other, away, accessNetwork(other, random), networkOfCity(away, random), random.below(254)),
      other,
    ]
  }
  if (where < abroad + elsewhere) {
    const asn = accessNetwork(country, random)
    return [placeIn(country, city, asn, networkOfCity(city, random), random.below(254)), country]
  }
  if (mobile && random.next() < 0.42)
    return [placeIn(country, city, carrier, networkOfCity(city, random), random.below(254)), country]
  if (work !== undefined && random.next() < (mobile ? 0.15 : 0.3))
    return [placeIn(country, city, work.asn, 500 + work.network, random.below(20)), country]
  // A home's address changes about monthly, its network about twice a year.
  const network = city * 32 + (mix(number, Math.floor((day + number) / 180)) % 32)
  const host = mix(number, 3, Math.floor((day + number) / 30)) % 254
  return [placeIn(country, city, home, network, host), country]
}

const epoch = (day: number, phase: number, every: number): number => Math.floor((day + phase) / every)

/** The key that a browser holds on a day. */
export const keyOf = (seed: number, person: Person, kind: 'phone' | 'machine', day: number): string => {
  const { phase, replacedEveryDays, clearedEveryDays } = person[kind]!
  const made = mix(
    seed,
    person.number,
    kind === 'phone' ? 21 : 22,
    epoch(day, phase, replacedEveryDays),
    epoch(day, phase, clearedEveryDays),
  )
  return `k${made.toString(36)}${person.number.toString(36)}`
}

/** Which of a person's browsers, by chance. */
export const drawBrowser = (person: Person, random: SeededRandom): 'phone' | 'machine' =>
  person.machine === undefined || (person.phone !== undefined && random.next() < 0.65) ? 'phone' : 'machine'

export const atHour = (making: Making, day: number, hour: number, { offsetMinutes }: Country): number =>
  making.startMs + day * dayMs + Math.floor(hour * 3_600_000) - offsetMinutes * 60_000

/** The nth attempt of a person, on a day since the start. */
export function ownAttempt(making: Making, number: number, day: number, nth: number): Login {
  const { seed } = making
  const person = personOf(seed, number)
  const random = streamOf(seed, number, 2, nth)
  const which = drawBrowser(person, random)
  const own = person[which]!
  const strange = random.next() < borrowed
  const kind = strange ? pick(random, [...phones, ...machines]) : own.kind
  const [place, country] = placeOf(person, which === 'phone', day, random)
  const hour = hourOf(random, person.habits)
  const keeps = making.deviceKeys && !person.private && !strange
  const rtt = roundTripMs(country, random)
  const made = random.next() < measured
  const typing = making.typing ? typedByOwner(seed, number, inputOf(kind), nth) : undefined
  return {
    ts_ms: atHour(making, day, hour, person.country),
    subject: subjectOf(seed, number),
    ...place,
    ...(made && { rtt_ms: rtt }),
    user_agent: userAgentOf(kind, day, strange ? 0 : own.lag),
    success: random.next() < goodPassword,
    ...(keeps && { device_key: keyOf(seed, person, which, day) }),
    ...(making.observations && {
      observations: observationsOf(kind, strange ? random.below(1000) : mix(number, which.length), {
        zone: country.zone,
        offsetMinutes: country.offsetMinutes,
        languages: person.country.languages,
      }),
    }),
    ...(typing && { typing }),
  }
}
