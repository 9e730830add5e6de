import { distanceKm } from '../math/sphere.ts'
import { createReader, createWriter } from './bytes.ts'
import type { Token } from './token.ts'

/** A place that the subject was seen at, with the latest time it was. */
export interface Place {
  /** Hundredths of a degree from the South Pole, and eastwards from the antimeridian. */
  readonly north: number
  readonly east: number
  readonly radiusKm: number
  readonly country: Token
  /** Quarters of a session. */
  readonly units: number
  /** Of the latest sighting: the start of its hour by the client's clock, in minutes since 1970. */
  readonly minute: number
  /** The key that was proven then; 0 without one. */
  readonly device: Token
  readonly prefix: Token
  readonly traits: number
}
export type Places = readonly Place[]

/** What {@link Place.traits} adds up. */
export const traits = {
  /** A city, to within 100 km, and no list names the address though some were asked. */
  solid: 1,
  handheld: 2,
  ipv6: 4,
} as const

const maxPlaces = 8
/** As in a tree of values: above so many sessions all counts are halved. */
const maxUnits = 800
const maxNorth = 18_000
const maxEast = 36_000
const maxRadius = 20_016

const byPlace = (a: Place, b: Place): number =>
  a.north - b.north || a.east - b.east || a.country - b.country || a.radiusKm - b.radiusKm
const isSame = (a: Place, b: Place): boolean => byPlace(a, b) === 0
/** What goes first: longest unused, then rarest. */
const byAge = (a: Place, b: Place): number => a.minute - b.minute || a.units - b.units || byPlace(a, b)

const point = ({ north, east }: Place) => ({ latitude: north / 100 - 90, longitude: east / 100 - 180 })
export const apartKm = (a: Place, b: Place): number => distanceKm(point(a), point(b))

export function addPlace(places: Places, seen: Place): Places {
  const known = places.find((each) => isSame(each, seen))
  const latest = known === undefined || seen.minute >= known.minute ? seen : known
  const merged = { ...latest, units: (known?.units ?? 0) + seen.units }
  let kept = [...places.filter((each) => each !== known), merged]
  if (kept.length > maxPlaces) kept = kept.sort(byAge).slice(kept.length - maxPlaces)
  if (kept.reduce((sum, { units }) => sum + units, 0) > maxUnits)
    kept = kept.map((each) => ({ ...each, units: Math.max(1, Math.floor(each.units / 2)) }))
  return kept.sort(byPlace)
}

/** A place as a sample of unsigned integers, without its count. */
export const toSample = (place: Omit<Place, 'units'>): readonly number[] => [
  place.north,
  place.east,
  place.radiusKm,
  place.country,
  place.minute,
  place.device,
  place.prefix,
  place.traits,
]

export function fromSample(sample: readonly number[], units: number): Place | undefined {
  const [north, east, radiusKm, country, minute, device, prefix, bits] = sample
  if (sample.length !== 8 || north! > maxNorth || east! > maxEast || radiusKm! > maxRadius) return undefined
  return {
    north: north!,
    east: east!,
    radiusKm: radiusKm!,
    country: country!,
    units,
    minute: minute!,
    device: device!,
    prefix: prefix!,
    traits: bits!,
  }
}

export function encodePlaces(places: Places): Uint8Array {
  const writer = createWriter()
  writer.varint(places.length)
  for (const place of places) {
    writer.varint(place.north)
    writer.varint(place.east)
    writer.varint(place.radiusKm)
    writer.word(place.country)
    writer.varint(place.units)
    writer.varint(place.minute)
    writer.word(place.device)
    writer.word(place.prefix)
    writer.varint(place.traits)
  }
  return writer.finish()
}

export function decodePlaces(bytes: Uint8Array): Places {
  const reader = createReader(bytes)
  const places = Array.from({ length: reader.varint(maxPlaces) }, () => ({
    north: reader.varint(maxNorth),
    east: reader.varint(maxEast),
    radiusKm: reader.varint(maxRadius),
    country: reader.word(),
    units: reader.varint(),
    minute: reader.varint(),
    device: reader.word(),
    prefix: reader.word(),
    traits: reader.varint(7),
  }))
  reader.end()
  return places
}
