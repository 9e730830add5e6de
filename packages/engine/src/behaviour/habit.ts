import { ln } from '../math/ln.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { unitsPerSession } from '../profile/value-tree.ts'
import type { Section } from '../signals/comparator.ts'
import type { Features } from '../facts.ts'

/** One number of a summary, and how it lies in people: mean, spread between them, spread of one from session to session. */
export interface Spread {
  readonly mean: number
  readonly between: number
  readonly within: number
}
export interface Dimension extends Spread {
  readonly name: string
  /** `ln`: natural logarithm of 1 + the value; `root`: square root of a share in thousandths. The spreads are in that scale. */
  readonly scale: 'ln' | 'root'
}

/** One session's numbers, each a byte of its scaled value; 0 where there was too little to tell. */
export interface HabitRow {
  /** What is never compared with another: the kind of pointer, the class of timer. */
  readonly context: number
  readonly bytes: ArrayLike<number>
  /** Quarters of a session. */
  readonly units: number
  readonly day: number
}
export type Habit = readonly HabitRow[]

const maxContexts = 2
const rowsPerContext = 10
const maxContext = 7
/** Upper ends of the scales: ln(1 + 60 000) and √1. */
const tops = { ln: 11.1, root: 1 } as const
/** Sessions that must stand behind a habit before it speaks. */
const leastSessions = 2
/** The numbers of one session hang together: share of them that is no new information. Own estimate. */
const shared = 0.4
/** Of what is measured from a few people: a spread of 2 % or less is rounding. */
const leastVariance = 0.0004
const leastNats = -1
const mostNats = 1.5

const byteOf = (value: number, { scale }: Dimension): number => {
  if (!(value > 0)) return 0
  const scaled = scale === 'ln' ? ln(1 + value) : Math.sqrt(Math.min(1000, value) / 1000)
  return 1 + Math.min(254, Math.round((scaled / tops[scale]) * 254))
}
const scaledOf = (byte: number, { scale }: Dimension): number => ((byte - 1) / 254) * tops[scale]

/** The numbers of a session as they are kept; as many bytes as there are dimensions. */
export const habitBytes = (values: readonly number[], dimensions: readonly Dimension[]): readonly number[] =>
  dimensions.map((dimension, i) => byteOf(values[i] ?? 0, dimension))

/** ln of a Student density with five degrees of freedom, up to a constant: one odd session is no catastrophe. */
const lnDensity = (value: number, mean: number, variance: number): number =>
  -0.5 * ln(variance) - 3 * ln(1 + ((value - mean) * (value - mean)) / (5 * variance))

/**
 * Log-likelihood ratio of a session's numbers, others against the subject, by the normal model with normal means: the
 * subject's mean is shrunk to that of people as `within` and `between` say, so that few sessions say little. Others lie around
 * the mean of people or around the subject's own, whichever explains the number better.
 *
 * @param rows of the subject, of the session's own context
 * @param spreads of people, in place of the dimensions' own
 */
export function habitNats(
  rows: readonly Pick<HabitRow, 'bytes' | 'units'>[],
  bytes: readonly number[],
  dimensions: readonly Dimension[],
  spreads: readonly Spread[] = dimensions,
): number {
  let sum = 0
  let count = 0
  for (let i = 0; i < dimensions.length; i += 1) {
    const byte = bytes[i] ?? 0
    if (byte === 0) continue
    const dimension = dimensions[i]!
    let units = 0
    let total = 0
    for (const row of rows) {
      const known = row.bytes[i] ?? 0
      if (known === 0) continue
      units += row.units
      total += row.units * scaledOf(known, dimension)
    }
    if (units === 0) continue
    const { mean, between, within } = spreads[i]!
    const sessions = units / unitsPerSession
    const own = total / units
    const precision = sessions / (within * within) + 1 / (between * between)
    const expected = ((sessions * own) / (within * within) + mean / (between * between)) / precision
    const value = scaledOf(byte, dimension)
    const others = between * between + within * within
    // Where people lie is not known as well as how they spread: who is merely like the subject, and unlike what is shipped, calms
    // no more than if people lay around the subject.
    const nearer = Math.abs(value - own) < Math.abs(value - mean) ? own : mean
    sum += lnDensity(value, nearer, others) - lnDensity(value, expected, 1 / precision + within * within)
    count += 1
  }
  return count === 0 ? 0 : Math.min(mostNats, Math.max(leastNats, sum / (1 + shared * (count - 1))))
}

/** Sessions behind a context; too few say nothing. */
export function habitSupport(habit: Habit, context: number): number {
  const sessions =
    habit.reduce((sum, row) => sum + (row.context === context ? row.units : 0), 0) / unitsPerSession
  return sessions < leastSessions ? 0 : sessions
}

/**
 * How the numbers lie in some people: means, and the spreads between and within them, by the moments of a one-way analysis of
 * variance.
 *
 * @param people sessions of each, of one context
 */
export function habitSpreads(
  people: readonly (readonly Pick<HabitRow, 'bytes'>[])[],
  dimensions: readonly Dimension[],
): readonly Spread[] {
  const average = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const around = (values: readonly number[], mean: number): number =>
    values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return dimensions.map((dimension, i) => {
    const groups = people
      .map((rows) =>
        rows.flatMap(({ bytes }) => {
          const byte = bytes[i] ?? 0
          return byte === 0 ? [] : [scaledOf(byte, dimension)]
        }),
      )
      .filter((values) => values.length > 1)
    if (groups.length < 2) return dimension
    const means = groups.map(average)
    const mean = average(means)
    const sessions = groups.reduce((sum, values) => sum + values.length, 0)
    const squares = groups.reduce((sum, values, group) => sum + around(values, means[group]!), 0)
    const within = squares / (sessions - groups.length)
    const between = around(means, mean) / (groups.length - 1) - (within * groups.length) / sessions
    return {
      mean,
      within: Math.sqrt(Math.max(leastVariance, within)),
      between: Math.sqrt(Math.max(leastVariance, between)),
    }
  })
}

function same(a: HabitRow, b: HabitRow): boolean {
  if (a.context !== b.context) return false
  for (let i = 0; i < a.bytes.length; i += 1) if (a.bytes[i] !== b.bytes[i]) return false
  return true
}

/** Keeps the latest sessions of the contexts used last. */
function bounded(rows: Habit): Habit {
  const contexts = [...new Set(rows.map(({ context }) => context))]
  const lastDay = (context: number): number =>
    Math.max(...rows.filter((row) => row.context === context).map(({ day }) => day))
  const kept = contexts.sort((a, b) => lastDay(b) - lastDay(a) || a - b).slice(0, maxContexts)
  return kept
    .sort((a, b) => a - b)
    .flatMap((context) => rows.filter((row) => row.context === context).slice(-rowsPerContext))
}

/** Rows with one more, sorted by context and within bounds. */
function withRow(rows: Habit, row: HabitRow): Habit {
  let end = rows.length
  while (end > 0 && rows[end - 1]!.context > row.context) end -= 1
  let start = end
  while (start > 0 && rows[start - 1]!.context === row.context) start -= 1
  if (start === end) return bounded([...rows, row])
  const kept = Math.max(start, end - rowsPerContext + 1)
  return [...rows.slice(0, start), ...rows.slice(kept, end), row, ...rows.slice(end)]
}

/** A section of at most twenty sessions' numbers. `read` gives context and bytes of a session. */
export function habitSection(
  dimensions: readonly Dimension[],
  read: (features: Features) => { readonly context: number; readonly bytes: readonly number[] } | undefined,
): Section<Habit> {
  const width = dimensions.length
  return {
    empty: [],
    volatile: true,
    decode(bytes) {
      const reader = createReader(bytes)
      const rows = Array.from({ length: reader.varint(maxContexts * rowsPerContext) }, () => ({
        context: reader.varint(maxContext),
        units: reader.varint(unitsPerSession),
        day: reader.varint(0xffffffff),
        bytes: reader.raw(width),
      }))
      reader.end()
      return rows
    },
    encode(rows) {
      const writer = createWriter()
      writer.varint(rows.length)
      for (const { context, units, day, bytes } of rows) {
        writer.varint(context)
        writer.varint(units)
        writer.varint(day)
        writer.raw(Uint8Array.from(bytes))
      }
      return writer.finish()
    },
    sample(features) {
      const found = read(features)
      return found === undefined ? [] : [found.context, ...found.bytes]
    },
    // How somebody moves cannot be refreshed by who may only refresh: any new row is a step away.
    mask: () => [],
    learn(rows, [context, ...bytes], units, day) {
      if (context === undefined || context > maxContext || bytes.length !== width) return rows
      const row = { context, bytes: bytes.map((byte) => Math.min(255, byte)), units, day }
      const known = rows.find((each) => same(each, row))
      if (known === undefined) return withRow(rows, row)
      // The same numbers again are the same visit, seen by another action.
      const once = { ...known, units: Math.max(known.units, units), day: Math.max(known.day, day) }
      return rows.map((each) => (each === known ? once : each))
    },
  }
}
