import {
  componentCharacters,
  fingerprintComponentNames,
  type FingerprintComponent,
} from '../signals/fingerprint-components.ts'
import { createReader, createWriter, ProfileFormatError } from './bytes.ts'
import {
  jktCharacters,
  maxDevices,
  maxStatistics,
  type ComponentStatistics,
  type Device,
  type Devices,
} from './devices.ts'

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const mostDigest = 64 * 64 * 64 * 64

function digestNumber(digest: string): number {
  let value = 0
  for (const character of digest) value = value * 64 + base64url.indexOf(character)
  return value
}

function digestText(value: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < componentCharacters; i += 1) {
    text = base64url[rest % 64]! + text
    rest = Math.floor(rest / 64)
  }
  return text
}

/** Section `device-key@1`: the keys on record. */
export function encodeKeys({ entries, forgotten }: Devices): Uint8Array {
  const writer = createWriter()
  writer.varint(forgotten)
  writer.varint(entries.length)
  for (const device of entries) {
    writer.ascii(device.jkt)
    writer.varint(device.anchored ? 1 : 0)
    writer.word(device.event)
    writer.varint(device.firstDay)
    writer.varint(device.lastDay)
  }
  return writer.finish()
}

/** Section `fingerprint@1`: how often each component changed, and the latest fingerprint of each key, in their order. */
export function encodeFingerprints({ entries, statistics }: Devices): Uint8Array {
  const writer = createWriter()
  writer.varint(fingerprintComponentNames.length)
  for (const name of fingerprintComponentNames) {
    writer.varint(statistics[name]?.same ?? 0)
    writer.varint(statistics[name]?.changed ?? 0)
  }
  writer.varint(entries.length)
  for (const device of entries) {
    writer.varint(device.library)
    for (const name of fingerprintComponentNames) {
      const digest = device.components[name]
      writer.varint(digest === undefined ? 0 : digestNumber(digest) + 1)
    }
  }
  return writer.finish()
}

type Fingerprints = Pick<Devices, 'statistics'> & {
  readonly entries: readonly Pick<Device, 'library' | 'components'>[]
}

function decodeFingerprints(bytes: Uint8Array): Fingerprints {
  const reader = createReader(bytes)
  // An older engine knew fewer components: those it did not know are at the end.
  const names = fingerprintComponentNames.slice(0, reader.varint(fingerprintComponentNames.length))
  const statistics: Partial<Record<FingerprintComponent, ComponentStatistics>> = {}
  for (const name of names) {
    const same = reader.varint(maxStatistics)
    const changed = reader.varint(maxStatistics)
    if (same + changed > 0) statistics[name] = { same, changed }
  }
  const entries = Array.from({ length: reader.varint(maxDevices) }, () => {
    const library = reader.varint(9999)
    const components: Partial<Record<FingerprintComponent, string>> = {}
    for (const name of names) {
      const digest = reader.varint(mostDigest)
      if (digest > 0) components[name] = digestText(digest - 1)
    }
    return { library, components }
  })
  reader.end()
  return { statistics, entries }
}

export function decodeDevices(keys: Uint8Array, fingerprints: Uint8Array): Devices {
  const built = decodeFingerprints(fingerprints)
  const reader = createReader(keys)
  const forgotten = reader.varint()
  const count = reader.varint(maxDevices)
  if (count !== built.entries.length)
    throw new ProfileFormatError('keys and fingerprints do not belong together')
  const entries = built.entries.map((fingerprint) => ({
    jkt: reader.ascii(jktCharacters),
    anchored: reader.varint(1) === 1,
    event: reader.word(),
    firstDay: reader.varint(),
    lastDay: reader.varint(),
    ...fingerprint,
  }))
  reader.end()
  return { entries, forgotten, statistics: built.statistics }
}
