import { comparators } from '../signals/index.ts'
import { decodeSections, encodeSections } from './container.ts'
import { ProfileFormatError } from './bytes.ts'
import { noDevices, type Devices } from './devices.ts'
import { decodeDevices, encodeFingerprints, encodeKeys } from './devices-codec.ts'
import { dayOf, decodeHistory, encodeHistory, noHistory, type History } from './history.ts'
import { backings, decodePending, encodePending, type Pending } from './pending.ts'

/** What is known of one subject. */
export interface Profile {
  readonly history: History
  readonly devices: Devices
  /** Unverified sessions, oldest first. */
  readonly pending: readonly Pending[]
  /** Anchors by the comparator's id, each in the form its section declares; of keepers, what waits as well. */
  readonly anchors: ReadonlyMap<string, unknown>
  /** Sections of other builds, carried through unchanged. */
  readonly unknown: ReadonlyMap<string, Uint8Array>
}

const sessionsName = 'sessions@1'
const pendingName = 'pending@1'
const keysName = 'device-key@1'
const fingerprintsName = 'fingerprint@1'

/** Comparators that learn. */
export const learners = comparators.flatMap((comparator) =>
  comparator.section === undefined ? [] : [{ id: comparator.id, section: comparator.section }],
)

/** Comparators that learn and keep what waits themselves. */
export const keepers = comparators.flatMap((comparator) =>
  comparator.keeper === undefined ? [] : [{ id: comparator.id, keeper: comparator.keeper }],
)

const states = [
  ...learners.map(({ id, section }) => ({ id, form: section })),
  ...keepers.map(({ id, keeper }) => ({ id, form: keeper })),
]

export const emptyProfile: Profile = {
  history: noHistory,
  devices: noDevices,
  pending: [],
  anchors: new Map(states.map(({ id, form }) => [id, form.empty])),
  unknown: new Map(),
}

/** When a challenge was passed last, as far as the profile can tell; 0 where it cannot. */
export const lastPassedMs = ({ history, pending }: Profile): number =>
  pending.reduce(
    (last, { backing, atMs }) => (backing === 'contact' ? Math.max(last, atMs) : last),
    history.lastVerifiedMs,
  )

/** @throws ProfileFormatError where the bytes are not what a profile of these versions can be */
export function decodeProfile(bytes: Uint8Array): Profile {
  const sections = decodeSections(bytes)
  const take = <T>(name: string, decode: (section: Uint8Array) => T, empty: T): T => {
    const section = sections.get(name)
    sections.delete(name)
    return section === undefined ? empty : decode(section)
  }
  const history = take(sessionsName, decodeHistory, noHistory)
  const pending = take(pendingName, decodePending, [])
  const fingerprints = sections.get(fingerprintsName)
  sections.delete(fingerprintsName)
  const devices = take(
    keysName,
    (keys) => {
      if (fingerprints === undefined)
        throw new ProfileFormatError('keys and fingerprints do not belong together')
      return decodeDevices(keys, fingerprints)
    },
    noDevices,
  )
  const anchors = new Map<string, unknown>(
    states.map(({ id, form }) => [id, take(id, (from) => form.decode(from), form.empty)]),
  )
  return { history, devices, pending, anchors, unknown: sections }
}

function encode(profile: Profile): Uint8Array {
  const sections = new Map(profile.unknown)
  sections.set(sessionsName, encodeHistory(profile.history))
  if (profile.pending.length > 0) sections.set(pendingName, encodePending(profile.pending))
  sections.set(keysName, encodeKeys(profile.devices))
  sections.set(fingerprintsName, encodeFingerprints(profile.devices))
  for (const { id, form } of states) sections.set(id, form.encode(profile.anchors.get(id)))
  return encodeSections(sections)
}

/** So many unverified sessions stay in a full profile: who is never challenged is learned by them alone. */
const leastPending = 4

/** Without what the keepers can spare best, one after the other; `undefined` where nothing is left. */
function shrink(profile: Profile): Profile | undefined {
  for (const { id, keeper } of keepers) {
    const less = keeper.shrink(profile.anchors.get(id))
    if (less !== undefined) return { ...profile, anchors: new Map(profile.anchors).set(id, less) }
  }
  return undefined
}

/**
 * The profile in at most 8 192 bytes. Where all sections are full, or those of other builds leave too little room, the oldest
 * unverified sessions go first, then what keepers can spare, then the rest; what does not fit even then is refused.
 *
 * @throws ProfileFormatError
 */
export function encodeProfile(profile: Profile): Uint8Array {
  let kept = profile
  for (;;) {
    try {
      return encode(kept)
    } catch (error) {
      const smaller = error instanceof ProfileFormatError ? smallerThan(kept) : undefined
      if (smaller === undefined) throw error
      kept = smaller
    }
  }
}

function smallerThan(profile: Profile): Profile | undefined {
  const { pending } = profile
  const fewer = pending.length > 0 ? { ...profile, pending: pending.slice(1) } : undefined
  return pending.length > leastPending ? fewer : (shrink(profile) ?? fewer)
}

interface Step {
  readonly sample: readonly number[]
  units: number
  day: number
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

/** What several sessions teach alike, taught once; where samples differ with every session, the same again is no second one. */
function steps(pending: readonly Pending[], id: string, volatile: boolean): readonly Step[] {
  const found: Step[] = []
  for (const { samples, backing, atMs } of pending) {
    const sample = samples.get(id)
    if (sample === undefined) continue
    const alike = volatile ? undefined : found.find((step) => isSame(step.sample, sample))
    const { units } = backings[backing]
    if (alike === undefined) found.push({ sample, units, day: dayOf(atMs) })
    else {
      alike.units += units
      alike.day = Math.max(alike.day, dayOf(atMs))
    }
  }
  return found
}

/** The anchors with the unverified sessions added, each by what its backing weighs. */
export function withPending({ anchors, pending }: Profile): ReadonlyMap<string, unknown> {
  if (pending.length === 0) return anchors
  const all = new Map(anchors)
  for (const { id, section } of learners) {
    const taught = steps(pending, id, section.volatile === true)
    if (taught.length === 0) continue
    let state = anchors.get(id)
    for (const { sample, units, day } of taught) state = section.learn(state, sample, units, day)
    all.set(id, state)
  }
  return all
}
