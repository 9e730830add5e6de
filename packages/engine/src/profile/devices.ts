import { fingerprintComponentNames, type FingerprintComponent } from '../signals/fingerprint-components.ts'
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
  readonly components: Readonly<Partial<Record<FingerprintComponent, string>>>
}

/** How often a component stayed the same, and did not, between visits with the same key. */
export interface ComponentStatistics {
  readonly same: number
  readonly changed: number
}
export type Statistics = Readonly<Partial<Record<FingerprintComponent, ComponentStatistics>>>

export interface Devices {
  readonly entries: readonly Device[]
  readonly forgotten: number
  readonly statistics: Statistics
}
export const noDevices: Devices = { entries: [], forgotten: 0, statistics: {} }

export const findDevice = (devices: readonly Device[], jkt: string | undefined): Device | undefined =>
  jkt === undefined ? undefined : devices.find((device) => device.jkt === jkt.slice(0, jktCharacters))

/** Major version of the fingerprint library: components of two majors are never compared. */
export const libraryMajor = (version: string): number => {
  const major = /^\d{1,4}/.exec(version)
  return major === null ? 0 : Number(major[0])
}

export function countChanges(statistics: Statistics, before: Device, after: Device): Statistics {
  if (before.library !== after.library) return statistics
  const counted: Partial<Record<FingerprintComponent, ComponentStatistics>> = { ...statistics }
  for (const name of fingerprintComponentNames) {
    const old = before.components[name]
    const now = after.components[name]
    if (old === undefined || now === undefined) continue
    const { same, changed } = counted[name] ?? { same: 0, changed: 0 }
    const next = old === now ? { same: same + 1, changed } : { same, changed: changed + 1 }
    const full = next.same > maxStatistics || next.changed > maxStatistics
    counted[name] = full ? { same: Math.floor(next.same / 2), changed: Math.floor(next.changed / 2) } : next
  }
  return counted
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
