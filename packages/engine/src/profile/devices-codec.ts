import { fingerprintComponentNames } from '../signals/fingerprint-components.ts'
import { createReader, createWriter, ProfileFormatError } from './bytes.ts'
import {
  jktCharacters,
  maxDevices,
  maxStatistics,
  noComponents,
  noDevices,
  type Device,
  type Devices,
} from './devices.ts'

const components = fingerprintComponentNames.length
const mostDigest = 64 * 64 * 64 * 64

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
  writer.varint(components)
  for (const { same, changed } of statistics) {
    writer.varint(same)
    writer.varint(changed)
  }
  writer.varint(entries.length)
  for (const device of entries) {
    writer.varint(device.library)
    for (const digest of device.components) writer.varint(digest)
  }
  return writer.finish()
}

type Fingerprints = Pick<Devices, 'statistics'> & {
  readonly entries: readonly Pick<Device, 'library' | 'components'>[]
}

function decodeFingerprints(bytes: Uint8Array): Fingerprints {
  const reader = createReader(bytes)
  // An older engine knew fewer components: those it did not know are at the end.
  const count = reader.varint(components)
  const statistics = noDevices.statistics.slice()
  for (let i = 0; i < count; i += 1) {
    const same = reader.varint(maxStatistics)
    const changed = reader.varint(maxStatistics)
    if (same + changed > 0) statistics[i] = { same, changed }
  }
  const entries: Fingerprints['entries'][number][] = []
  for (let left = reader.varint(maxDevices); left > 0; left -= 1) {
    const library = reader.varint(9999)
    const digests = noComponents.slice()
    for (let i = 0; i < count; i += 1) digests[i] = reader.varint(mostDigest)
    entries.push({ library, components: digests })
  }
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
  const entries = built.entries.map(({ library, components: digests }) => ({
    jkt: reader.ascii(jktCharacters),
    anchored: reader.varint(1) === 1,
    event: reader.word(),
    firstDay: reader.varint(),
    lastDay: reader.varint(),
    library,
    components: digests,
  }))
  reader.end()
  return { entries, forgotten, statistics: built.statistics }
}
