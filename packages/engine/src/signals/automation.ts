import { automationCounts, type AutomationCounts } from '@newel/protocol'
import type { Finding } from '../evidence/groups.ts'
import type { BehaviourFacts, Features } from '../facts.ts'
import { exp } from '../math/exp.ts'
import { ln } from '../math/ln.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { tokenOf, type Token } from '../profile/token.ts'
import { unitsPerSession } from '../profile/value-tree.ts'
import { blend, defineComparator, type Section } from './comparator.ts'

/** The counts of facts by their names. */
const namedCounts = (counts: readonly number[]): AutomationCounts =>
  Object.fromEntries(automationCounts.map((name, i) => [name, counts[i] ?? 0])) as AutomationCounts

/** What was seen, to the last digit, and where. */
interface Seen {
  readonly digest: Token
  readonly source: Token
}
interface Doings {
  readonly sights: readonly Seen[]
  /** Quarters of a session: all in which chances were counted, and those in which each tell was seen. */
  readonly units: number
  readonly tells: readonly number[]
}
const maxSights = 16
const maxUnits = 800

/** Of a coarser clock, honest times repeat. */
const finestNeededUs = 4000
/** Numbers out of fewer measures can be alike by chance, as those of a switch or of taps can. */
const leastValues = 5
const isTelling = (values: readonly number[]): boolean =>
  values.filter((value) => value > 1).length >= leastValues

/** Numbers that nobody gives twice: each of many, to the last digit. */
function digestsOf({ freeText, pointer }: BehaviourFacts): readonly Token[] {
  return [
    ...(freeText === undefined || freeText.resolutionUs > finestNeededUs || !isTelling(freeText.values)
      ? []
      : [tokenOf(`t${freeText.keys},${freeText.values.join()}`)]),
    ...(pointer === undefined || !isTelling(pointer.values)
      ? []
      : [tokenOf(`p${pointer.strokes},${pointer.values.join()}`)]),
  ]
}

/**
 * Nats of each tell, low for what honest people do by the dozen: password managers and text expanders type at once, remote desktops, touch
 * pads and screen readers click at once and in the middle, extensions make events. Own estimates.
 */
const nats = { keys: 1.5, clicks: 0.7, manyClicks: 1, synthetic: 1, replay: 4 } as const
/** Fewer keys or clicks are chance. */
const leastKeys = 8
const manyClicks = 3
/** A password manager makes a few events for each field that it fills. */
const leastSynthetic = 12
/** Share of them that makes a habit out of an accident. */
const most = 0.8
/** Share of programs that show a tell. Own estimate. */
const programs = 0.5

function keysTell({ keys, instant_keys, fast_keys, even_keys }: AutomationCounts): number {
  if (keys < leastKeys) return 0
  return [instant_keys, fast_keys, even_keys].some((count) => count >= most * keys) ? nats.keys : 0
}

/** One tell alone is a touch pad, a keyboard that clicks, or luck; together they are what a program does. */
function clicksTell(counts: AutomationCounts): number {
  const { clicks, instant_clicks, centred_clicks, jumps } = counts
  if (clicks === 0) return 0
  if (![instant_clicks, centred_clicks, jumps].every((count) => count >= most * clicks)) return 0
  return clicks >= manyClicks ? nats.manyClicks : nats.clicks
}

function syntheticTell(counts: AutomationCounts): number {
  const { keys, synthetic_keys, synthetic_moves, synthetic_clicks } = counts
  const typed = synthetic_keys >= leastSynthetic && synthetic_keys > 2 * keys
  return typed || synthetic_moves >= leastSynthetic || synthetic_clicks >= manyClicks ? nats.synthetic : 0
}

const tells = [
  { code: 'keys_mechanical', read: keysTell, chances: ({ keys }: AutomationCounts) => keys },
  { code: 'clicks_mechanical', read: clicksTell, chances: ({ clicks }: AutomationCounts) => clicks },
  { code: 'events_synthetic', read: syntheticTell, chances: () => 0 },
] as const
/** A bit for each tell, from the second on. */
const tellBits = (counts: AutomationCounts): number =>
  tells.reduce((bits, { read }, i) => bits + (read(counts) > 0 ? 2 << i : 0), 0)

/** At most what a tell says of people: whoever always clicks by a screen reader, or types by a program, is used to it. */
function tellNats({ units, tells: counts }: Doings, tell: number, said: number): number {
  const people = programs * exp(-said)
  const own = (counts[tell]! / unitsPerSession + people) / (units / unitsPerSession + 1)
  return Math.min(said, Math.max(0, ln(programs / own)))
}

const section: Section<Doings> = {
  empty: { sights: [], units: 0, tells: [0, 0, 0] },
  volatile: true,
  decode(bytes) {
    const reader = createReader(bytes)
    const units = reader.varint(maxUnits)
    const counts = tells.map(() => reader.varint(maxUnits))
    const sights = Array.from({ length: reader.varint(maxSights) }, () => ({
      digest: reader.word(),
      source: reader.word(),
    }))
    reader.end()
    return { sights, units, tells: counts }
  },
  encode({ sights, units, tells: counts }) {
    const writer = createWriter()
    writer.varint(units)
    for (const count of counts) writer.varint(count)
    writer.varint(sights.length)
    for (const { digest, source } of sights) {
      writer.word(digest)
      writer.word(source)
    }
    return writer.finish()
  },
  sample({ behaviour }: Features) {
    const digests = behaviour === undefined ? [] : digestsOf(behaviour)
    if (behaviour === undefined || (digests.length === 0 && behaviour.automation === undefined)) return []
    const { source, automation: counted } = behaviour
    const bits = counted === undefined ? 0 : 1 + tellBits(namedCounts(counted))
    return [source, bits, ...digests]
  },
  mask: () => [],
  learn(state, [source, bits, ...digests], units) {
    if (source === undefined || bits === undefined) return state
    const fresh = digests.filter((digest) => !state.sights.some((seen) => seen.digest === digest))
    const sights = [...state.sights, ...fresh.map((digest) => ({ digest, source }))].slice(-maxSights)
    if (bits === 0) return { ...state, sights }
    const next = {
      units: state.units + units,
      tells: state.tells.map((count, i) => count + ((bits >>> (i + 1)) & 1 ? units : 0)),
    }
    if (next.units <= maxUnits) return { ...next, sights }
    const half = (count: number): number => Math.floor(count / 2)
    return { units: half(next.units), tells: next.tells.map(half), sights }
  },
}

/** What people never do: exact repeats, no jitter, impossible times, events that no device made. Never calms. */
export const automation = defineComparator<Doings>({
  id: 'automation@1',
  group: 'attack',
  section,
  compare({ features: { behaviour } }, anchors, all): readonly Finding[] {
    if (behaviour === undefined) return []
    const { source } = behaviour
    const counts = behaviour.automation && namedCounts(behaviour.automation)
    const digests = digestsOf(behaviour)
    const replayed = all.sights.some((seen) => seen.source !== source && digests.includes(seen.digest))
    const findings: readonly Finding[] = [
      { code: 'behaviour_replayed', nats: replayed ? nats.replay : 0, support: all.sights.length },
      ...(counts === undefined
        ? []
        : tells.map(({ code, read, chances }, i) => ({
            code,
            nats: blend(tellNats(anchors, i, read(counts)), tellNats(all, i, read(counts))),
            support: chances(counts),
          }))),
    ]
    return findings.filter((finding) => finding.nats > 0)
  },
})
