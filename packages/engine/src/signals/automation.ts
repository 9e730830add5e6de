import { namedCounts, type AutomationCounts } from '../behaviour/automation-counts.ts'
import type { Finding } from '../evidence/groups.ts'
import type { BehaviourFacts, Features } from '../facts.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { tokenOf, type Token } from '../profile/token.ts'
import { defineComparator, type Section } from './comparator.ts'

/** What was seen, to the last digit, and where. */
interface Seen {
  readonly digest: Token
  readonly source: Token
}
type Sights = readonly Seen[]
const maxSights = 16

/** Numbers that nobody gives twice: each of many, to the last digit. */
function digestsOf({ freeText, pointer }: BehaviourFacts): readonly Token[] {
  return [
    ...(freeText === undefined ? [] : [tokenOf(`t${freeText.keys},${freeText.values.join()}`)]),
    ...(pointer === undefined ? [] : [tokenOf(`p${pointer.strokes},${pointer.values.join()}`)]),
  ]
}

const section: Section<Sights> = {
  empty: [],
  volatile: true,
  decode(bytes) {
    const reader = createReader(bytes)
    const sights = Array.from({ length: reader.varint(maxSights) }, () => ({
      digest: reader.word(),
      source: reader.word(),
    }))
    reader.end()
    return sights
  },
  encode(sights) {
    const writer = createWriter()
    writer.varint(sights.length)
    for (const { digest, source } of sights) {
      writer.word(digest)
      writer.word(source)
    }
    return writer.finish()
  },
  sample({ behaviour }: Features) {
    const digests = behaviour === undefined ? [] : digestsOf(behaviour)
    return behaviour === undefined || digests.length === 0 ? [] : [behaviour.source, ...digests]
  },
  mask: () => [],
  learn(sights, [source, ...digests]) {
    if (source === undefined) return sights
    const fresh = digests.filter((digest) => !sights.some((seen) => seen.digest === digest))
    return [...sights, ...fresh.map((digest) => ({ digest, source }))].slice(-maxSights)
  },
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

/** What people never do: exact repeats, no jitter, impossible times, events that no device made. Never calms. */
export const automation = defineComparator<Sights>({
  id: 'automation@1',
  group: 'attack',
  section,
  compare({ features: { behaviour } }, _anchors, all): readonly Finding[] {
    if (behaviour === undefined) return []
    const { source } = behaviour
    const counts = behaviour.automation && namedCounts(behaviour.automation)
    const digests = digestsOf(behaviour)
    const replayed = all.some((seen) => seen.source !== source && digests.includes(seen.digest))
    const findings: readonly Finding[] = [
      { code: 'behaviour_replayed', nats: replayed ? nats.replay : 0, support: all.length },
      ...(counts === undefined
        ? []
        : ([
            { code: 'keys_mechanical', nats: keysTell(counts), support: counts.keys },
            { code: 'clicks_mechanical', nats: clicksTell(counts), support: counts.clicks },
            { code: 'events_synthetic', nats: syntheticTell(counts), support: 0 },
          ] as const)),
    ]
    return findings.filter((finding) => finding.nats > 0)
  },
})
