import type { Finding } from '../evidence/groups.ts'
import type { Features } from '../facts.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { tokenOf, type Token } from '../profile/token.ts'
import { blend, defineComparator, type Section } from './comparator.ts'

/** Highest major version shown, by kind of client. */
interface Row {
  readonly kind: Token
  readonly major: number
  readonly day: number
}
type Versions = readonly Row[]
const maxRows = 12
const maxMajor = 0xffff

/** Majors below the highest that a second, lagging installation explains. */
const tolerated = 2
/** One in so many sessions of a subject who updates shows an older version: a reinstallation, a restored machine. */
const downgradeNats = 1.5

const kindOf = ({ client }: Features) => tokenOf(`${client.deviceType} ${client.os} ${client.browser}`)
const byKind = (a: Row, b: Row): number => a.kind - b.kind
const byAge = (a: Row, b: Row): number => b.day - a.day || byKind(a, b)
const find = (versions: Versions, kind: Token | undefined): Row | undefined =>
  versions.find((row) => row.kind === kind)

const section: Section<Versions> = {
  empty: [],
  decode(bytes) {
    const reader = createReader(bytes)
    const rows = Array.from({ length: reader.varint(maxRows) }, () => ({
      kind: reader.word(),
      major: reader.varint(maxMajor),
      day: reader.varint(),
    }))
    reader.end()
    return rows
  },
  encode(versions) {
    const writer = createWriter()
    writer.varint(versions.length)
    for (const { kind, major, day } of versions) {
      writer.word(kind)
      writer.varint(major)
      writer.varint(day)
    }
    return writer.finish()
  },
  sample: (features) =>
    features.client.browserMajor > 0 && features.client.browserMajor <= maxMajor
      ? [kindOf(features), features.client.browserMajor]
      : [],
  // Only upwards by one step: a claimed version far ahead would make the honest one look old.
  mask(versions, [kind, major]) {
    const known = find(versions, kind)
    return kind === undefined || major === undefined || known === undefined || major > known.major + 1
      ? []
      : [kind, major]
  },
  learn(versions, [kind, major], _units, day) {
    if (kind === undefined || major === undefined) return versions
    const known = find(versions, kind)
    const row = { kind, major: Math.max(major, known?.major ?? 0), day: Math.max(day, known?.day ?? 0) }
    return [...versions.filter((each) => each !== known), row].sort(byAge).slice(0, maxRows).sort(byKind)
  },
}

/** The browser's major version: it only goes up. A newer one says nothing, since everybody updates. */
export const version = defineComparator<Versions>({
  id: 'version@1',
  group: 'client',
  section,
  compare({ features, sessions }, anchors, all): readonly Finding[] {
    const behind = (versions: Versions): boolean => {
      const known = find(versions, kindOf(features))
      return (
        known !== undefined &&
        features.client.browserMajor > 0 &&
        features.client.browserMajor < known.major - tolerated
      )
    }
    if (!behind(all)) return []
    const nats = blend(behind(anchors) ? downgradeNats : 0, downgradeNats)
    return [{ code: 'client_downgraded', nats, support: sessions }]
  },
})
