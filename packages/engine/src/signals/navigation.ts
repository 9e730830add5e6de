import { keptFields, keptPages } from '../behaviour/compact.ts'
import type { Finding } from '../evidence/groups.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { BehaviourFacts, Features } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { unitsPerSession } from '../profile/value-tree.ts'
import { blend, defineComparator, type Section } from './comparator.ts'

/** One step of the way: from one page or field to the next, and the pace, in eighths of a doubling from 50 ms. */
interface Step {
  readonly from: number
  readonly to: number
  readonly pace: number
}
/** What the subject's sessions did of it. */
interface Way extends Step {
  /** Quarters of a session. */
  readonly units: number
  readonly day: number
}
interface Ways {
  readonly steps: readonly Way[]
  /** Quarters of a session: all, and those in which each unusual thing happened. */
  readonly units: number
  readonly odd: readonly number[]
}

const maxWays = 28
const maxUnits = 800
const kinds = 4096
/** From where the first page and the first field are entered; no page or field is of these kinds. */
const starts = { pages: 0, fields: 1 } as const
const firstKind = 2
const paces = 128
/** Others go from anywhere to one of so many places. Own estimate: what a page offers is not known here. */
const ways = 8
/** Pace of people, and of one person from session to session, in the scale of a step. Own estimates. */
const people = { mean: 44, spread: 20 }
const person = { spread: 11 }
const leastSessions = 3
const leastNats = -0.7
const mostNats = 1

/** Rare in most sessions; whoever does it always is used to it. Shares of sessions: own estimates. */
const oddities = [
  { share: 0.1, happened: ({ pasted }: Navigation) => pasted > 0 },
  { share: 0.15, happened: ({ returns }: Navigation) => returns > 1 },
  { share: 0.2, happened: ({ absences }: Navigation) => absences > 2 },
  { share: 0.05, happened: ({ flurries }: Navigation) => flurries > 0 },
] as const
type Navigation = NonNullable<BehaviourFacts['navigation']>

const paceOf = (ms: number): number =>
  Math.min(paces - 1, Math.round((8 * ln(1 + Math.max(0, ms) / 50)) / ln(2)))

/**
 * Steps between the entries of a list of kinds and times; the time is what was spent before going on.
 *
 * @param most entries that are kept: of so many, nobody knows whether the first one was the start
 */
function stepsOf(list: readonly number[], start: number, most: number): readonly Step[] {
  const steps: Step[] = []
  let from = start
  for (let i = 0; i + 1 < list.length; i += 2) {
    const to = firstKind + (list[i]! % (kinds - firstKind))
    if (i > 0 || list.length < 2 * most) steps.push({ from, to, pace: paceOf(i === 0 ? 0 : list[i - 1]!) })
    from = to
  }
  return steps
}

const readSteps = ({ pages, fields }: Navigation): readonly Step[] => [
  ...stepsOf(pages, starts.pages, keptPages),
  ...stepsOf(fields, starts.fields, keptFields),
]
const oddBits = (navigation: Navigation): number =>
  oddities.reduce((bits, { happened }, i) => bits + (happened(navigation) ? 1 << i : 0), 0)

const pack = ({ from, to, pace }: Step): number => (from * kinds + to) * paces + pace
const unpack = (packed: number): Step => ({
  from: Math.floor(packed / paces / kinds),
  to: Math.floor(packed / paces) % kinds,
  pace: packed % paces,
})
const isSame = (a: Step, b: Step): boolean => a.from === b.from && a.to === b.to
const order = (a: Step, b: Step): number => a.from - b.from || a.to - b.to

function addStep(steps: readonly Way[], step: Step, units: number, day: number): readonly Way[] {
  const known = steps.find((each) => isSame(each, step))
  if (known === undefined) return [...steps, { ...step, units, day }]
  const share = units / (known.units + units)
  const way = {
    ...step,
    pace: Math.round(known.pace + (step.pace - known.pace) * share),
    units: known.units + units,
    day: Math.max(day, known.day),
  }
  return steps.map((each) => (each === known ? way : each))
}

const section: Section<Ways> = {
  empty: { steps: [], units: 0, odd: oddities.map(() => 0) },
  volatile: true,
  decode(bytes) {
    const reader = createReader(bytes)
    const units = reader.varint(maxUnits)
    const odd = oddities.map(() => reader.varint(maxUnits))
    const steps = Array.from({ length: reader.varint(maxWays) }, () => ({
      ...unpack(reader.varint(kinds * kinds * paces)),
      units: reader.varint(maxUnits),
      day: reader.varint(0xffffffff),
    }))
    reader.end()
    return { steps, units, odd }
  },
  encode({ steps, units, odd }) {
    const writer = createWriter()
    writer.varint(units)
    for (const count of odd) writer.varint(count)
    writer.varint(steps.length)
    for (const way of steps) {
      writer.varint(pack(way))
      writer.varint(way.units)
      writer.varint(way.day)
    }
    return writer.finish()
  },
  sample({ behaviour }: Features) {
    const navigation = behaviour?.navigation
    return navigation === undefined ? [] : [oddBits(navigation), ...readSteps(navigation).map(pack)]
  },
  // What may only refresh walks the known ways, and does nothing odd.
  mask(state, [, ...packed]) {
    const known = packed.filter((each) => state.steps.some((way) => isSame(way, unpack(each))))
    return known.length === 0 ? [] : [0, ...known]
  },
  learn(state, [bits, ...packed], units, day) {
    if (bits === undefined) return state
    const half = (count: number): number => Math.floor(count / 2)
    let steps = state.steps
    for (const each of packed) steps = addStep(steps, unpack(each), units, day)
    let next = {
      units: state.units + units,
      odd: state.odd.map((count, i) => count + ((bits >>> i) & 1 ? units : 0)),
    }
    if (next.units > maxUnits || steps.some((way) => way.units > maxUnits)) {
      next = { units: half(next.units), odd: next.odd.map(half) }
      steps = steps.map((way) => ({ ...way, units: half(way.units) })).filter((way) => way.units > 0)
    }
    const kept = [...steps]
      .sort((a, b) => b.day - a.day || b.units - a.units || order(a, b))
      .slice(0, maxWays)
    return { ...next, steps: kept.sort(order) }
  },
}

const lnNormal = (value: number, mean: number, spread: number): number =>
  -ln(spread) - ((value - mean) * (value - mean)) / (2 * spread * spread)

/** The mean over the steps of what each says: a long way says no more than a short one. */
function wayNats({ steps }: Ways, now: readonly Step[]): number {
  let said = 0
  let count = 0
  for (const step of now) {
    let units = 0
    let distinct = 0
    let known: Way | undefined
    for (const way of steps) {
      if (way.from !== step.from) continue
      units += way.units
      distinct += 1
      if (way.to === step.to) known = way
    }
    if (distinct === 0) continue
    count += 1
    const order = { count: (known?.units ?? 0) / unitsPerSession, total: units / unitsPerSession, distinct }
    let nats = tierNats(order, 1 / ways)
    // Nothing was spent before the start, by anybody.
    if (known !== undefined && step.from >= firstKind) {
      // A pace seen a few times is not known well yet: its spread is wider.
      const spread = person.spread * Math.sqrt(1 + 1 / order.count)
      const pace = lnNormal(step.pace, people.mean, people.spread) - lnNormal(step.pace, known.pace, spread)
      nats += Math.min(1, Math.max(-1, pace)) / 2
    }
    said += nats
  }
  return count === 0 ? 0 : said / count
}

/** Others' share of an oddity over the subject's own, of what happened and of what did not. */
function oddNats({ units, odd }: Ways, bits: number): number {
  const sessions = units / unitsPerSession
  return oddities.reduce((sum, { share }, i) => {
    const own = (odd[i]! / unitsPerSession + 2 * share) / (sessions + 2)
    return sum + ((bits >>> i) & 1 ? ln(share / own) : ln((1 - share) / (1 - own)))
  }, 0)
}

/** Order and pace of pages and fields as a Markov chain, and what is odd about the visit. */
export const navigation = defineComparator<Ways>({
  id: 'navigation@1',
  group: 'behaviour',
  section,
  compare({ features: { behaviour } }, anchors, all): readonly Finding[] {
    const support = all.units / unitsPerSession
    if (behaviour?.navigation === undefined || support < leastSessions) return []
    const now = readSteps(behaviour.navigation)
    const bits = oddBits(behaviour.navigation)
    const score = (state: Ways): number =>
      Math.min(mostNats, Math.max(leastNats, wayNats(state, now) + oddNats(state, bits)))
    const nats = blend(score(anchors), score(all))
    return [{ code: nats <= 0 ? 'navigation_familiar' : 'navigation_unfamiliar', nats, support }]
  },
})
