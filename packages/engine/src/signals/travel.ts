import type { Finding } from '../evidence/groups.ts'
import type { Features } from '../facts.ts'
import {
  addPlace,
  apartKm,
  decodePlaces,
  encodePlaces,
  fromSample,
  toSample,
  traits,
  type Place,
  type Places,
} from '../profile/places.ts'
import { tokenOf } from '../profile/token.ts'
import { unitsPerSession } from '../profile/value-tree.ts'
import { blend, defineComparator, type Comparison, type Section } from './comparator.ts'
import { isStrong } from './grants.ts'
import { settledPlace } from './settled.ts'

/** Slower than an airliner with the wind behind it is no evidence; at twice of that, all of it. */
const airlinerKmh = 1000
/** What is nearer than that may be a train, a border, or a carrier's next gateway. */
const leastKm = 500
/** Databases place an address within the radius two times in three: both radii count twice, and 100 km on top. */
const slackKm = 100
/** Radius up to which a database means a city, and not the middle of a country. */
const cityKm = 100
/** Within which the databases of the two address families may place one line apart. Own estimate. */
const familiesDisagreeKm = 2000
/** Nine in ten of others, two in five of the subject's own hops to a new far network: VPNs, gateways, wrong databases. */
const weakNats = 0.8
/** The same where all of these are ruled out as far as lists can: one in ten of the subject's own. */
const solidNats = 2.2
/** On a new network, nine in ten of others in the country are far from where the subject was ever seen, and three in ten of its own. */
const farNats = 1.1
/** One in seven of others is near, and six in ten of the subject's own new networks. */
const nearNats = -1.4
const nearKm = 50
const farKm = 1000
/** Sessions that must stand behind a habit for it to speak by half. */
const habitSessions = 4

const has = (place: Place, trait: number): boolean => Math.floor(place.traits / trait) % 2 === 1

/** The sighting of a session; `undefined` where its place says nothing of the person. */
function sightingOf({ atMs, network, client, device }: Features): Place | undefined {
  const place = settledPlace(network)
  if (place === undefined) return undefined
  const offset = Number.isSafeInteger(client.offsetMinutes) ? client.offsetMinutes! : 0
  // To the hour by the client's clock, as the times of sign-ins are learned: one hour teaches one thing.
  const minute = Math.max(0, Math.floor((atMs / 60_000 + offset) / 60) * 60 - offset)
  const solid = place.radiusKm <= cityKm && place.city !== undefined && network.listed !== undefined
  const handheld = client.deviceType === 'mobile' || client.deviceType === 'tablet'
  const ipv6 = network.prefix?.includes(':') === true
  return {
    north: Math.round((place.latitude + 90) * 100),
    east: Math.round((place.longitude + 180) * 100),
    radiusKm: place.radiusKm,
    country: tokenOf(network.country),
    units: 0,
    minute,
    device: tokenOf(device.jkt),
    prefix: tokenOf(network.prefix),
    traits: (solid ? traits.solid : 0) + (handheld ? traits.handheld : 0) + (ipv6 ? traits.ipv6 : 0),
  }
}

/** Whether two places may be one town. Where a database only knows the country, nothing is near. */
const areNear = (a: Place, b: Place): boolean =>
  a.radiusKm <= cityKm && b.radiusKm <= cityKm && apartKm(a, b) <= nearKm + a.radiusKm + b.radiusKm

const section: Section<Places> = {
  empty: [],
  decode: decodePlaces,
  encode: encodePlaces,
  sample(features) {
    const seen = sightingOf(features)
    return seen === undefined ? [] : toSample(seen)
  },
  mask(places, sample) {
    const seen = fromSample(sample, 0)
    return seen !== undefined && places.some((place) => areNear(place, seen)) ? sample : []
  },
  learn(places, sample, units) {
    const seen = fromSample(sample, units)
    return seen === undefined ? places : addPlace(places, seen)
  },
}

const sessionsOf = (places: Places): number =>
  places.reduce((sum, { units }) => sum + units, 0) / unitsPerSession

/** Distance to the nearest habitual place of the same country, in nats. A country that is new has said so by itself. */
function habitNats(seen: Place, places: Places): number {
  if (seen.radiusKm > cityKm) return 0
  const known = places.filter(({ country, radiusKm }) => country === seen.country && radiusKm <= cityKm)
  if (known.length === 0 || known.some(({ prefix }) => prefix === seen.prefix)) return 0
  const sessions = sessionsOf(known)
  const weight = sessions / (sessions + habitSessions)
  if (known.some((place) => areNear(place, seen))) return weight * nearNats
  const nearest = Math.min(
    ...known.map((place) => apartKm(place, seen) - nearKm - place.radiusKm - seen.radiusKm),
  )
  return weight * farNats * Math.min(1, nearest / farKm)
}

interface Hop {
  readonly nats: number
  /** Nothing that is known explains it. */
  readonly solid: boolean
}

/** What the hop from one sighting says. The time between them is taken as long as it may have been. */
function hopNats(from: Place, seen: Place, nowMs: number, own: boolean): Hop {
  const none = { nats: 0, solid: false }
  const minutes = nowMs / 60_000 - from.minute
  // A sighting that is still to come was written by another clock.
  if (minutes < 0) return none
  const sameDevice = from.device !== 0 && from.device === seen.device
  // Two devices of one person may well be in two places; one that a mailed code put on record may be whose code was relayed.
  if (own && from.device !== 0 && !sameDevice) return none
  const abroad = from.country !== 0 && seen.country !== 0 && from.country !== seen.country
  const km = apartKm(from, seen)
  // Databases of the two families disagree about one line, though not by continents: anybody can choose the family.
  const otherLine = has(from, traits.ipv6) !== has(seen, traits.ipv6) && (!abroad || km < familiesDisagreeKm)
  if (sameDevice && otherLine) return none
  // Anybody can also claim to be a handheld: that counts of a sighting that was learned, and of a key that is known.
  if (!abroad && (has(from, traits.handheld) || (own && has(seen, traits.handheld)))) return none
  const beyond = km - 2 * (from.radiusKm + seen.radiusKm) - slackKm
  if (km < leastKm || beyond <= 0) return none
  const kmh = (beyond * 60) / Math.max(30, minutes)
  const share = Math.min(1, Math.max(0, kmh / airlinerKmh - 1))
  const solid = abroad && !otherLine && has(from, traits.solid) && has(seen, traits.solid)
  return { nats: share * (solid ? solidNats : weakNats), solid: solid && share === 1 }
}

/**
 * Where the subject is, against where it was: distance to habit, and the speed that lies between two sightings. Speed never
 * calms. Places of services and gateways are nobody's place, and neither learned nor compared.
 */
export const travel = defineComparator<Places>({
  id: 'travel@1',
  group: 'network',
  section,
  compare({ facts, features, grants }: Comparison, anchors, all): readonly Finding[] {
    const seen = sightingOf(features)
    if (seen === undefined || all.length === 0) return []
    const support = sessionsOf(all)
    const findings: Finding[] = []
    const habit = blend(habitNats(seen, anchors), habitNats(seen, all))
    if (habit !== 0)
      findings.push({ code: habit < 0 ? 'place_familiar' : 'place_unfamiliar', nats: habit, support })

    // With a key that was strongly proven, it was the network that moved.
    const strong = grants.some(isStrong)
    const hops = all.map((from) => ({ from, ...hopNats(from, seen, facts.nowMs, strong) }))
    const fastest = Math.min(strong ? weakNats : solidNats, Math.max(...hops.map(({ nats }) => nats)))
    const isKnown = (places: Places): boolean => places.some((place) => areNear(place, seen))
    const nats = blend(isKnown(anchors) ? 0 : fastest, isKnown(all) ? 0 : fastest)
    if (nats > 0) {
      const sure =
        !strong &&
        !isKnown(anchors) &&
        hops.some(({ solid, from }) => solid && anchors.some((place) => areNear(place, from)))
      findings.push({ code: sure ? 'travel_impossible' : 'travel_fast', nats, support })
    }
    return findings
  },
})
