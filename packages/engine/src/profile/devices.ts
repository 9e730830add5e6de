import { componentCharacters, fingerprintComponentNames } from '../signals/fingerprint-components.ts'
import type { Token } from './token.ts'

/** Devices kept; the longest unused makes room first, a weakly proven one before a strongly proven one. */
export const maxDevices = 8
/** Characters of a thumbprint that are kept: 72 bits. */
export const jktCharacters = 12
export const maxStatistics = 255

export interface Device {
  /** First characters of the thumbprint. */
  readonly jkt: string
  /** Strongly proven once, or aged. */
  readonly anchored: boolean
  /** The event that put it on record. */
  readonly event: Token
  readonly firstDay: number
  readonly lastDay: number
  /** Latest fingerprint. */
  readonly library: number
  readonly components: Components
}

/** Digests of a fingerprint as numbers, in the order of the list of components: 1 and their 24 bits, 0 where there is none. */
export type Components = readonly number[]
export const noComponents: Components = fingerprintComponentNames.map(() => 0)

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const sixBits = Array.from({ length: 128 }, (_, unit) =>
  Math.max(0, alphabet.indexOf(String.fromCharCode(unit))),
)

/** @param digests by component, in base64url */
export function componentsOf(digests: Readonly<Partial<Record<string, string>>>): Components {
  const components: number[] = []
  for (const name of fingerprintComponentNames) {
    const digest = digests[name]
    let value = -1
    if (digest !== undefined) {
      value = 0
      for (let i = 0; i < componentCharacters; i += 1) value = (value << 6) | sixBits[digest.charCodeAt(i)]!
    }
    components.push(value + 1)
  }
  return components
}

/** How often a component stayed the same, and did not, between visits with the same key. */
export interface ComponentStatistics {
  readonly same: number
  readonly changed: number
}
/** In the order of the list of components. */
export type Statistics = readonly ComponentStatistics[]
const noStatistics: ComponentStatistics = { same: 0, changed: 0 }

export interface Devices {
  readonly entries: readonly Device[]
  readonly forgotten: number
  readonly statistics: Statistics
}
export const noDevices: Devices = {
  entries: [],
  forgotten: 0,
  statistics: fingerprintComponentNames.map(() => noStatistics),
}

export const findDevice = (devices: readonly Device[], jkt: string | undefined): Device | undefined =>
  jkt === undefined ? undefined : devices.find((device) => device.jkt === jkt.slice(0, jktCharacters))

/** Major version of the fingerprint library: components of two majors are never compared. */
export const libraryMajor = (version: string): number => {
  const major = /^\d{1,4}/.exec(version)
  return major === null ? 0 : Number(major[0])
}

function countChanges(statistics: Statistics, before: Device, after: Device): Statistics {
  if (before.library !== after.library) return statistics
  return statistics.map((counted, i) => {
    const old = before.components[i]!
    const now = after.components[i]!
    if (old === 0 || now === 0) return counted
    const same = counted.same + (old === now ? 1 : 0)
    const changed = counted.changed + (old === now ? 0 : 1)
    const full = same > maxStatistics || changed > maxStatistics
    return full ? { same: Math.floor(same / 2), changed: Math.floor(changed / 2) } : { same, changed }
  })
}

const byRoom = (a: Device, b: Device): number =>
  Number(a.anchored) - Number(b.anchored) || a.lastDay - b.lastDay || (a.jkt < b.jkt ? -1 : 1)

/** Puts a device on record, or its newer state in the place of the older. */
export function putDevice(devices: Devices, device: Device): Devices {
  const before = findDevice(devices.entries, device.jkt)
  const others = devices.entries.filter((entry) => entry !== before)
  const statistics =
    before === undefined ? devices.statistics : countChanges(devices.statistics, before, device)
  const kept = [...others].sort(byRoom).slice(Math.max(0, others.length + 1 - maxDevices))
  const entries = [...kept, device].sort((a, b) => (a.jkt < b.jkt ? -1 : 1))
  return { entries, statistics, forgotten: devices.forgotten + others.length - kept.length }
}
