import type { Finding } from '../evidence/groups.ts'
import type { Features } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { tokenOf, type Token } from '../profile/token.ts'
import { blend, defineComparator, type Section } from './comparator.ts'
import { outrunsLight } from './settled.ts'

/** The latest round trips on one network, as levels; newest last. */
interface Row {
  readonly network: Token
  readonly levels: readonly number[]
  readonly day: number
}
type Rows = readonly Row[]
const maxRows = 8
const maxLevels = 5
const maxLevel = 40

/** Readings before a network has a usual round trip. */
const leastReadings = 3
/** Levels above the usual one from which it says something, and all of it: 2.8 and 5.7 times as long. */
const longer = 3
const muchLonger = 5
/** A relay in front of one's own connection is told from bad reception once in two. */
const longNats = 0.7
/** The database errs for one person in a hundred, and for three in a hundred of the addresses that services lend. */
const shortNats = 0.7

/** Half-octaves: coarse, so that one line gives one or two of them. 1 ms is 0, 100 ms is 13. */
const levelOf = (milliseconds: number): number =>
  Math.min(maxLevel, Math.max(0, Math.round((2 * ln(Math.max(1, milliseconds))) / ln(2))))

const networkOf = ({ network }: Features): Token => tokenOf(network.asn ?? network.prefix)
const byNetwork = (a: Row, b: Row): number => a.network - b.network
const byAge = (a: Row, b: Row): number => b.day - a.day || byNetwork(a, b)

const section: Section<Rows> = {
  empty: [],
  decode(bytes) {
    const reader = createReader(bytes)
    const rows = Array.from({ length: reader.varint(maxRows) }, () => ({
      network: reader.word(),
      day: reader.varint(),
      levels: Array.from({ length: reader.varint(maxLevels) }, () => reader.varint(maxLevel)),
    }))
    reader.end()
    return rows
  },
  encode(rows) {
    const writer = createWriter()
    writer.varint(rows.length)
    for (const { network, day, levels } of rows) {
      writer.word(network)
      writer.varint(day)
      writer.varint(levels.length)
      for (const level of levels) writer.varint(level)
    }
    return writer.finish()
  },
  sample(features) {
    const { roundTripMs } = features.network
    const network = networkOf(features)
    return roundTripMs === undefined || network === 0 ? [] : [network, levelOf(roundTripMs)]
  },
  // Long round trips could be taught in silence.
  mask(rows, [network, level]) {
    const known = rows.find((row) => row.network === network)
    return known === undefined || level === undefined || level > median(known.levels) ? [] : [network!, level]
  },
  learn(rows, [network, level], _units, day) {
    if (network === undefined || level === undefined || level > maxLevel) return rows
    const known = rows.find((row) => row.network === network)
    const row = {
      network,
      levels: [...(known?.levels ?? []), level].slice(-maxLevels),
      day: Math.max(day, known?.day ?? 0),
    }
    return [...rows.filter((each) => each !== known), row].sort(byAge).slice(0, maxRows).sort(byNetwork)
  },
}

const median = (levels: readonly number[]): number =>
  [...levels].sort((a, b) => a - b)[Math.floor(levels.length / 2)] ?? 0

/**
 * The round trip that the server measured: against the subject's own on this network, and against the speed of light. Weak
 * both ways, and it never calms: who is near the subject answers as fast.
 */
export const roundTrip = defineComparator<Rows>({
  id: 'round-trip@1',
  group: 'network',
  section,
  compare({ features }, anchors, all): readonly Finding[] {
    const { roundTripMs } = features.network
    if (roundTripMs === undefined) return []
    const findings: Finding[] = outrunsLight(features.network)
      ? [{ code: 'round_trip_short', nats: shortNats, support: 0 }]
      : []
    const readings = (rows: Rows): readonly number[] =>
      rows.find(({ network }) => network === networkOf(features))?.levels ?? []
    const score = (rows: Rows): number => {
      const known = readings(rows)
      if (known.length < leastReadings) return 0
      const above = levelOf(roundTripMs) - median(known)
      return longNats * Math.min(1, Math.max(0, (above - longer + 1) / (muchLonger - longer + 1)))
    }
    const nats = blend(score(anchors), score(all))
    if (nats > 0) findings.push({ code: 'round_trip_long', nats, support: readings(all).length })
    return findings
  },
})
