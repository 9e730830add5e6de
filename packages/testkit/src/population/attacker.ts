import type { SeededRandom } from '../random.ts'
import { inputOf, observationsOf, popularClient, userAgentOf, type ClientKind } from './clients.ts'
import { mix, streamOf } from './draw.ts'
import { hourOf } from './habits.ts'
import type { AttackerKind, Login } from './login.ts'
import { atHour, drawBrowser, keyOf, personOf, subjectOf, type Making, type Person } from './person.ts'
import {
  accessNetwork,
  anyCountry,
  attackPlace,
  attackPool,
  drawCity,
  hostingNetwork,
  networkOfCity,
  placeIn,
  type Country,
  type Place,
} from './places.ts'
import { typedByAttacker } from './typing.ts'

export const attackerKinds: readonly AttackerKind[] = ['naive', 'vpn', 'targeted', 'takeover']

/** Share of takeovers that come from an address on a blocklist. */
const listedTakeovers = 0.55
/** Of the takeovers, those from the victim's own network, and those by code on the victim's own device. */
const sameNetwork = 0.12
const sameDevice = 0.05

const from = (country: Country, city: number, asn: number, random: SeededRandom): [Place, Country] => [
  placeIn(country, city, asn, networkOfCity(city, random), random.below(254)),
  country,
]

function placeOf(
  making: Making,
  kind: AttackerKind,
  victim: Person,
  day: number,
  random: SeededRandom,
): [Place, Country] {
  const { country, city, home, number } = victim
  switch (kind) {
    case 'naive': {
      const any = anyCountry(random)
      return from(any, drawCity(random), hostingNetwork(any, random), random)
    }
    case 'vpn':
      return from(country, drawCity(random), hostingNetwork(country, random), random)
    case 'targeted':
      // A residential proxy in the victim's city: its operators by their shares, sometimes the victim's own.
      return from(country, city, accessNetwork(country, random), random)
    case 'takeover': {
      if (random.next() < sameNetwork) {
        const network = city * 32 + (mix(number, Math.floor((day + number) / 180)) % 32)
        return [placeIn(country, city, home, network, random.below(254)), country]
      }
      return random.next() < listedTakeovers / (1 - sameNetwork)
        ? [attackPlace(making.seed, random.below(attackPool)), country]
        : from(country, city, random.next() < 0.5 ? home : accessNetwork(country, random), random)
    }
  }
}

/** The nth attack of a kind on one person: the password is right, as where it was phished or used elsewhere. */
export function attack(making: Making, kind: AttackerKind, number: number, day: number, nth: number): Login {
  const { seed } = making
  const victim = personOf(seed, number)
  const random = streamOf(seed, number, 3, day, nth)
  const [place, country] = placeOf(making, kind, victim, day, random)
  const copies = kind === 'targeted' || kind === 'takeover'
  const which = drawBrowser(victim, random)
  const own = victim[which]!
  const client: ClientKind = copies ? own.kind : popularClient(random)
  const stolen = kind === 'takeover' && random.next() < sameDevice && !victim.private
  const attacker = mix(seed, number, day, nth, 31)
  const typing = making.typing ? typedByAttacker(seed, attacker, inputOf(client)) : undefined
  return {
    ts_ms: atHour(making, day, hourOf(random, [14, 21]), country),
    subject: subjectOf(seed, number),
    ...place,
    user_agent: userAgentOf(client, day, copies ? own.lag : 0),
    success: true,
    attacker: kind,
    ...(making.deviceKeys && {
      device_key: stolen ? keyOf(seed, victim, which, day) : `x${attacker.toString(36)}`,
    }),
    ...(making.observations && {
      observations: observationsOf(client, copies ? mix(number, which.length) : random.below(1000), {
        zone: kind === 'naive' ? country.zone : victim.country.zone,
        offsetMinutes: kind === 'naive' ? country.offsetMinutes : victim.country.offsetMinutes,
        languages: copies ? victim.country.languages : kind === 'vpn' ? country.languages : ['en-US', 'en'],
      }),
    }),
    ...(typing && { typing }),
  }
}

/** Accounts that nobody has: one id takes nearly all attempts on names that do not exist. */
export const unknownAccount = 'unknown-account'
export const lockedAccount = 'locked-account'
const locked = 0.005
/** Share of these attempts whose address is on a blocklist. */
const flagged = 0.53
const bots = 0.14
const botAgent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

/** An attempt that fails: a guess from the rented addresses, or a mistyped name, at `subject` or at nobody. */
export function failedAttempt(making: Making, day: number, nth: number, subject?: string): Login {
  const random = streamOf(making.seed, 4, day, nth)
  const listed = subject !== undefined || random.next() < flagged
  const country = anyCountry(random)
  const place = listed
    ? attackPlace(making.seed, Math.floor(attackPool * random.next() * random.next()))
    : from(country, drawCity(random), accessNetwork(country, random), random)[0]
  const agent = random.next() < bots ? botAgent : userAgentOf(popularClient(random), day, random.below(6))
  return {
    ts_ms: atHour(making, day, hourOf(random, [11, 15]), country),
    subject: subject ?? (random.next() < locked ? lockedAccount : unknownAccount),
    ...place,
    user_agent: agent,
    success: false,
    ...(listed && { attacker: 'naive' as const }),
  }
}
