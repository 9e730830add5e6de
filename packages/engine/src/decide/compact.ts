import { compactBehaviour } from '../behaviour/compact.ts'
import type {
  ClientFacts,
  CounterFacts,
  DeviceFacts,
  Facts,
  ListHit,
  ListKind,
  NetworkFacts,
  PlaceFacts,
  SessionFacts,
} from '../facts.ts'
import { componentCharacters, fingerprintComponentNames } from '../signals/fingerprint-components.ts'
import { trustOf } from '../signals/reputation.ts'

/** What no family, zone or language has in its name; in a record each such character would take up to six bytes. */
const odd = /[^\x20-\x7e]|["\\]/g
function clip(text: string, max: number): string {
  // Nearly every text is plain and short enough as it is.
  if (text.length <= max && isPlain(text)) return text
  return text.replace(odd, '').slice(0, max)
}
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false
  }
  return true
}

/** Which ASCII characters base64url has: a table, since forty digests are checked for each decision. */
const inDigest = Array.from({ length: 128 }, (_, unit) => /[A-Za-z0-9_-]/.test(String.fromCharCode(unit)))

function isDigest(text: string): boolean {
  for (let i = 0; i < componentCharacters; i += 1) if (inDigest[text.charCodeAt(i)] !== true) return false
  return true
}

function compactFingerprint(
  fingerprint: NonNullable<DeviceFacts['fingerprint']>,
): NonNullable<DeviceFacts['fingerprint']> {
  const components: Record<string, string> = {}
  for (const name of fingerprintComponentNames) {
    const digest = fingerprint.components[name]
    if (digest !== undefined && isDigest(digest))
      components[name] = digest.length === componentCharacters ? digest : digest.slice(0, componentCharacters)
  }
  return { library: clip(fingerprint.library, 16), components }
}

function compactClient(client: ClientFacts): ClientFacts {
  return {
    ...client,
    browser: clip(client.browser, 32),
    os: clip(client.os, 32),
    osVersion: clip(client.osVersion, 16),
    ...(client.userAgent === undefined ? {} : { userAgent: clip(client.userAgent, 12) }),
    ...(client.languages === undefined ? {} : { languages: clip(client.languages, 96) }),
    ...(client.timezone === undefined ? {} : { timezone: clip(client.timezone, 64) }),
  }
}

const listName = /^[A-Za-z0-9_.-]{1,24}$/
/** Subjects that a server counts. */
const maxSeen = 9999
const maxRadiusKm = 20_016

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most
const whole = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)))
function name(text: string | undefined): string | undefined {
  if (text === undefined || (text.length <= 24 && isPlain(text))) return text
  return text.replace(/[\p{Cc}"\\]/gu, '').slice(0, 24)
}

/** Coordinates to a hundredth of a degree; `undefined` where they are none. */
function compactPlace(place: PlaceFacts | undefined): PlaceFacts | undefined {
  if (place === undefined) return undefined
  const { latitude, longitude, radiusKm, serverKm } = place
  if (!isWithin(latitude, -90, 90) || !isWithin(longitude, -180, 180)) return undefined
  if (!isWithin(radiusKm, 0, Infinity)) return undefined
  const region = name(place.region)
  const city = name(place.city)
  return {
    latitude: Math.round(latitude * 100) / 100,
    longitude: Math.round(longitude * 100) / 100,
    radiusKm: Math.max(1, whole(radiusKm, maxRadiusKm)),
    ...(region === undefined ? {} : { region }),
    ...(city === undefined ? {} : { city }),
    ...(serverKm !== undefined && isWithin(serverKm, 0, Infinity)
      ? { serverKm: whole(serverKm, maxRadiusKm) }
      : {}),
  }
}

const compactHit = ({ list, version, kind, weightPercent, ageDays }: ListHit): ListHit => ({
  list,
  version,
  kind,
  weightPercent: weightPercent >= 0 ? whole(weightPercent, 100) : 0,
  // An age that nobody knows is a great one.
  ageDays: ageDays >= 0 ? whole(ageDays, 9999) : ageDays < 0 ? 0 : 9999,
})

/** The most trusted hit of each kind, and the first of those alike: many lists of one kind leave room for the others. */
function compactHits(listed: readonly ListHit[]): readonly ListHit[] {
  const best = new Map<ListKind, ListHit>()
  for (const given of listed) {
    if (!listName.test(given.list) || !listName.test(given.version)) continue
    const hit = compactHit(given)
    const known = best.get(hit.kind)
    if (known === undefined || trustOf(hit) > trustOf(known)) best.set(hit.kind, hit)
  }
  return [...best.values()]
}

function compactNetwork(network: NetworkFacts): NetworkFacts {
  const { place: given, listed, roundTripMs, ...rest } = network
  const { prefix, address, country } = rest
  const place = compactPlace(given)
  return {
    ...rest,
    ...(prefix === undefined ? {} : { prefix: clip(prefix, 49) }),
    ...(address === undefined ? {} : { address: clip(address, 12) }),
    ...(country === undefined ? {} : { country: clip(country, 2) }),
    ...(place === undefined ? {} : { place }),
    ...(listed === undefined ? {} : { listed: compactHits(listed) }),
    ...(roundTripMs !== undefined && isWithin(roundTripMs, 0, 65_534)
      ? { roundTripMs: Math.round(roundTripMs) }
      : {}),
  }
}

/** Places that saw somebody fail, and who signs in from a prefix that others failed from; counts as whole numbers. */
function compactCounters({ crowds, ...counters }: CounterFacts): CounterFacts {
  const kept = Object.entries(crowds ?? {}).flatMap(([place, counts]) => {
    const [failed = 0, passed = 0] = counts.map((count) => (count >= 0 ? whole(count, maxSeen) : 0))
    const answers = place === 'prefix' && passed > 0 && counters.prefixFailures > 0
    return failed > 0 || answers ? [[place, [failed, passed]] as const] : []
  })
  return { ...counters, ...(kept.length === 0 ? {} : { crowds: Object.fromEntries(kept) }) }
}

/** Years. */
const maxIdleMinutes = 9_999_999

const compactSession = ({ idleMinutes, others }: SessionFacts): SessionFacts => ({
  ...(idleMinutes !== undefined && idleMinutes >= 0
    ? { idleMinutes: Math.floor(Math.min(idleMinutes, maxIdleMinutes)) }
    : {}),
  others: others >= 0 ? whole(others, maxSeen) : 0,
})

/**
 * Facts cut to what comparators read: texts to a length that no honest value exceeds, fingerprints to the components that
 * are compared. Evidence is computed from these alone, so that a record holds exactly what was read.
 */
export function compactFacts(facts: Facts): Facts {
  const { fingerprint, alike, ...device } = facts.device
  return {
    ...facts,
    device: {
      ...device,
      ...(alike !== undefined && alike.seen >= 0 && alike.others >= 0
        ? {
            alike: {
              others: whole(alike.others, whole(alike.seen, maxSeen)),
              seen: whole(alike.seen, maxSeen),
            },
          }
        : {}),
      ...(fingerprint === undefined ? {} : { fingerprint: compactFingerprint(fingerprint) }),
    },
    network: compactNetwork(facts.network),
    client: compactClient(facts.client),
    counters: compactCounters(facts.counters),
    ...(facts.session === undefined ? {} : { session: compactSession(facts.session) }),
    ...(facts.behaviour === undefined ? {} : { behaviour: compactBehaviour(facts.behaviour) }),
  }
}
