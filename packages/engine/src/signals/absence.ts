import type { Finding } from '../evidence/groups.ts'
import type { Facts, Features } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { tokenOf, type Token } from '../profile/token.ts'
import { unitsPerSession } from '../profile/value-tree.ts'
import { blend, defineComparator, type Section } from './comparator.ts'
import { comparedSignals, signalsNotGiven, type ComparedSignal } from './given.ts'

/** For one kind of client: sessions, and in how many of them each signal was absent. Quarters of a session. */
interface Row {
  readonly kind: Token
  readonly total: number
  readonly absent: readonly number[]
  readonly day: number
}
type Rows = readonly Row[]
const maxRows = 6
const maxTotal = 800

const kindOf = ({ client }: Pick<Features, 'client'>): Token =>
  tokenOf(`${client.deviceType} ${client.browser}`)
const bitsOf = (absent: readonly string[]): number =>
  comparedSignals.reduce((bits, signal, i) => bits + (absent.includes(signal) ? 1 << i : 0), 0)
const bit = (bits: number, i: number): number => (bits >>> i) & 1
const byKind = (a: Row, b: Row): number => a.kind - b.kind
const byAge = (a: Row, b: Row): number => b.day - a.day || byKind(a, b)

const section: Section<Rows> = {
  empty: [],
  decode(bytes) {
    const reader = createReader(bytes)
    const width = reader.varint(comparedSignals.length)
    const rows = Array.from({ length: reader.varint(maxRows) }, () => {
      const kind = reader.word()
      const total = reader.varint(maxTotal)
      const day = reader.varint()
      // What an older build did not compare was not there.
      const absent = comparedSignals.map((_, i) => (i < width ? reader.varint(maxTotal) : total))
      return { kind, total, day, absent }
    })
    reader.end()
    return rows
  },
  encode(rows) {
    const writer = createWriter()
    writer.varint(comparedSignals.length)
    writer.varint(rows.length)
    for (const row of rows) {
      writer.word(row.kind)
      writer.varint(row.total)
      writer.varint(row.day)
      for (const count of row.absent) writer.varint(count)
    }
    return writer.finish()
  },
  // Where no page could observe, nothing was left out.
  sample: (features) =>
    features.device.jkt === undefined ? [] : [kindOf(features), bitsOf(features.absent)],
  // Absence could be taught in silence: what may only refresh teaches that a signal was given.
  mask: (rows, [kind, bits]) =>
    kind !== undefined && bits === 0 && rows.some((row) => row.kind === kind) ? [kind, 0] : [],
  learn(rows, [kind, bits], units, day) {
    if (kind === undefined || bits === undefined) return rows
    const known = rows.find((row) => row.kind === kind)
    const counts = known?.absent ?? comparedSignals.map(() => 0)
    const row = {
      kind,
      total: (known?.total ?? 0) + units,
      absent: counts.map((count, i) => count + units * bit(bits, i)),
      day: Math.max(day, known?.day ?? 0),
    }
    const half = (count: number): number => Math.floor(count / 2)
    const faded =
      row.total > maxTotal ? { ...row, total: half(row.total), absent: row.absent.map(half) } : row
    return [...rows.filter((each) => each !== known), faded].sort(byAge).slice(0, maxRows).sort(byKind)
  },
}

/** `max(0, ln(0.5 / p(absent)))`: half of others who would imitate the client leave a signal out (design, section 4). */
export function absenceNats(absent: number, total: number): number {
  return Math.max(0, ln((0.5 * (total + 1)) / (absent + 0.5)))
}

/** Why a signal is not there; all that are missing for one cause count once. */
const causeOf = (facts: Facts, signal: ComparedSignal): string =>
  facts.flags.receipt === 'valid' ? (facts.absent[signal] ?? 'unstated') : 'no envelope'

/** Signals that the subject usually gives on this kind of client, and that are not there. Never calms. */
export const absence = defineComparator<Rows>({
  id: 'absence@1',
  group: 'absence',
  section,
  compare({ facts, features, hasKeys }, anchors, all): readonly Finding[] {
    const worst = new Map<string, Finding>()
    for (const signal of signalsNotGiven(facts)) {
      // Of who has keys on record, the lack of one is evidence of its own: private windows are not doubted twice.
      if (signal === 'device-key' && hasKeys) continue
      const index = comparedSignals.indexOf(signal)
      const score = (rows: Rows): number => {
        const row = rows.find(({ kind }) => kind === kindOf(features))
        return row === undefined
          ? 0
          : absenceNats(row.absent[index]! / unitsPerSession, row.total / unitsPerSession)
      }
      const nats = blend(score(anchors), score(all))
      const cause = causeOf(facts, signal)
      const support = (all.find(({ kind }) => kind === kindOf(features))?.total ?? 0) / unitsPerSession
      if (nats > (worst.get(cause)?.nats ?? 0)) worst.set(cause, { code: 'signal_missing', nats, support })
    }
    return [...worst.values()]
  },
})
