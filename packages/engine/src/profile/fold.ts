import { acrSatisfies } from '@newel/protocol'
import type { Features, OutcomeEvent } from '../facts.ts'
import {
  componentsOf,
  findDevice,
  jktCharacters,
  libraryMajor,
  noComponents,
  putDevice,
  type Device,
  type Devices,
} from './devices.ts'
import { countAged, countSession, countVerified, dayOf, isRepeated } from './history.ts'
import { addPending, backings, hasAged, type Backing, type Pending } from './pending.ts'
import {
  decodeProfile,
  emptyProfile,
  encodeProfile,
  keepers,
  learners,
  withPending,
  type Profile,
} from './profile.ts'
import { tokenOf } from './token.ts'
import { unitsPerSession } from './value-tree.ts'

export interface FoldOptions {
  /** What has aged by then becomes an anchor. */
  readonly nowMs: number
  /** Ids of events to leave out: for a roll-back, which folds the events that are kept again from the start. */
  readonly without?: ReadonlySet<string> | undefined
}

type Backed = Backing | 'strong'

function backingOf({ kind, acr }: OutcomeEvent): Backed | undefined {
  if (kind === 'allowed') return 'allowed'
  if (kind === 'vouched' || kind === 'imported') return kind
  if (kind !== 'passed') return undefined
  return acr !== undefined && acrSatisfies(acr, 'newel:otp') ? 'strong' : 'contact'
}

const isBad = ({ kind, label }: OutcomeEvent): boolean =>
  kind === 'labelled' && (label === 'not_me' || label === 'fraud' || label === 'security_event')

function learnDevice(devices: Devices, features: Features, event: OutcomeEvent, backed: Backed): Devices {
  const { jkt, ephemeral, fingerprint } = features.device
  // A key in memory is gone with its page: it never goes on record (design, section 3).
  if (jkt === undefined || ephemeral) return devices
  const before = findDevice(devices.entries, jkt)
  // A silently allowed session puts no key on record and only refreshes what is there.
  if (before === undefined && backed === 'allowed') return devices
  const device: Device = {
    jkt: jkt.slice(0, jktCharacters),
    anchored: backed === 'strong' || before?.anchored === true,
    event: before?.event ?? tokenOf(event.id),
    firstDay: before?.firstDay ?? dayOf(event.atMs),
    lastDay: Math.max(before?.lastDay ?? 0, dayOf(event.atMs)),
    library: fingerprint === undefined ? (before?.library ?? 0) : libraryMajor(fingerprint.library),
    components:
      fingerprint === undefined ? (before?.components ?? noComponents) : componentsOf(fingerprint.components),
  }
  return putDevice(devices, device)
}

function samplesOf(profile: Profile, features: Features, onlyKnown: boolean): Map<string, readonly number[]> {
  const known = onlyKnown ? withPending(profile) : profile.anchors
  const samples = new Map<string, readonly number[]>()
  for (const { id, section } of learners) {
    const full = section.sample(features)
    const sample = onlyKnown ? section.mask(known.get(id), full) : full
    if (sample.length > 0) samples.set(id, sample)
  }
  return samples
}

const volatile = new Set(learners.flatMap(({ id, section }) => (section.volatile === true ? [id] : [])))

/** What a session looks like, apart from what differs with every session. */
const lookOf = (samples: Pending['samples']): string =>
  [...samples]
    .filter(([id]) => !volatile.has(id))
    .map(([id, sample]) => `${id}:${sample.join(',')}`)
    .sort()
    .join(';')

function learnAnchors(profile: Profile, samples: Pending['samples'], units: number, atMs: number): Profile {
  const anchors = new Map(profile.anchors)
  for (const { id, section } of learners) {
    const sample = samples.get(id)
    if (sample !== undefined) anchors.set(id, section.learn(anchors.get(id), sample, units, dayOf(atMs)))
  }
  return { ...profile, anchors }
}

/**
 * Learns a sign-in of the past. It is no session that Newel saw: it puts no key on record and makes nobody known. What is older than
 * it has to wait becomes an anchor at once, since so many would not find room among those that wait.
 */
function learnImported(profile: Profile, event: OutcomeEvent, features: Features, nowMs: number): Profile {
  const samples = samplesOf(profile, features, false)
  const pending: Pending = { event: tokenOf(event.id), atMs: event.atMs, backing: 'imported', samples }
  return hasAged(pending, nowMs)
    ? learnAnchors(profile, samples, backings.imported.units, event.atMs)
    : { ...profile, pending: addPending(profile.pending, pending, lookOf) }
}

function keep(profile: Profile, change: (of: (typeof keepers)[number], state: unknown) => unknown): Profile {
  let anchors = profile.anchors
  for (const each of keepers) {
    const before = anchors.get(each.id)
    const after = change(each, before)
    if (after !== before) anchors = new Map(anchors).set(each.id, after)
  }
  return anchors === profile.anchors ? profile : { ...profile, anchors }
}

function learnKept(profile: Profile, features: Features, event: OutcomeEvent, backed: Backed): Profile {
  const taught = {
    event: tokenOf(event.id),
    atMs: event.atMs,
    backing: backed === 'strong' ? undefined : backed,
  }
  return keep(profile, ({ keeper }, state) => keeper.learn(state, features, taught))
}

function learn(profile: Profile, event: OutcomeEvent, nowMs: number): Profile {
  const { features, atMs } = event
  const backed = backingOf(event)
  if (features === undefined || backed === undefined) return profile
  if (backed === 'imported') return learnImported(profile, event, features, nowMs)
  const onRecord = findDevice(profile.devices.entries, features.device.jkt) !== undefined
  const samples = samplesOf(profile, features, backed === 'allowed' && !onRecord)
  // Behaviour is learned of a known device only, unless somebody vouched or was challenged.
  const kept = backed === 'allowed' && !onRecord ? profile : learnKept(profile, features, event, backed)
  const next = {
    ...kept,
    history: countSession(profile.history, atMs),
    devices: learnDevice(profile.devices, features, event, backed),
  }
  if (backed !== 'strong') {
    return {
      ...next,
      pending: addPending(next.pending, { event: tokenOf(event.id), atMs, backing: backed, samples }, lookOf),
    }
  }
  const look = tokenOf(lookOf(samples))
  if (isRepeated(next.history, atMs, look)) return next
  return learnAnchors(
    { ...next, history: countVerified(next.history, atMs, look) },
    samples,
    unitsPerSession,
    atMs,
  )
}

/** Takes back what waits, and the device that it put on record. What has become an anchor needs a fold from the start. */
function takeBack(profile: Profile, id: string): Profile {
  const event = tokenOf(id)
  return {
    ...keep(profile, ({ keeper }, state) => keeper.takeBack(state, event)),
    pending: profile.pending.filter((each) => each.event !== event),
    devices: {
      ...profile.devices,
      entries: profile.devices.entries.filter((device) => device.event !== event),
    },
  }
}

function ripen(profile: Profile, nowMs: number): Profile {
  const kept = keep(profile, ({ keeper }, state) => keeper.ripen(state, nowMs))
  const aged = profile.pending.filter((each) => hasAged(each, nowMs))
  if (aged.length === 0) return kept
  let next: Profile = { ...kept, pending: profile.pending.filter((each) => !aged.includes(each)) }
  for (const { atMs, samples, event, backing } of aged) {
    next = learnAnchors(next, samples, backings[backing].units, atMs)
    const entries = next.devices.entries.map((device) =>
      device.event === event ? { ...device, anchored: true } : device,
    )
    const history = backing === 'imported' ? next.history : countAged(next.history, atMs)
    next = { ...next, history, devices: { ...next.devices, entries } }
  }
  return next
}

/** The profile after the events, in memory: itself where nothing came and nothing ripened. */
export function foldEvents(
  from: Profile,
  events: readonly OutcomeEvent[],
  { nowMs, without }: FoldOptions,
): Profile {
  const kept = events.filter(({ id }) => without?.has(id) !== true)
  const bad = new Set(kept.filter(isBad).flatMap(({ about }) => about ?? []))
  let profile = from
  for (const id of bad) profile = takeBack(profile, id)
  for (const event of kept) if (!bad.has(event.id)) profile = learn(profile, event, nowMs)
  return ripen(profile, nowMs)
}

/**
 * The profile as a fold of the subject's outcome events, oldest first: the same events give the same bytes.
 *
 * A bad label takes back what still waits to be trusted. To take back what has become an anchor, fold all kept events again
 * (`foldProfile(undefined, events, { nowMs, without })`).
 *
 * @param profile what was folded before
 * @throws ProfileFormatError where `profile` is not one, or the result would exceed 8 192 bytes
 */
export function foldProfile(
  profile: Uint8Array | undefined,
  events: readonly OutcomeEvent[],
  options: FoldOptions,
): Uint8Array {
  const from = profile === undefined ? emptyProfile : decodeProfile(profile)
  return encodeProfile(foldEvents(from, events, options))
}
