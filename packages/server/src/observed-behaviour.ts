import type { SeenBehaviour } from '@newel/engine'
import { automationCounts, type AutomationCounts } from '@newel/protocol'
import type { EnvelopeBody } from './facts.ts'

type Done = 'typing' | 'free-text' | 'pointer' | 'navigation' | 'automation'

/** A signal of each envelope that has it, and when the envelope came. */
const shownBy = <N extends Done>(envelopes: readonly EnvelopeBody[], name: N) =>
  envelopes.flatMap(({ observations, connection: { atMs } }) => {
    const entry = observations[name]
    return entry !== undefined && 'value' in entry ? [{ value: entry.value, atMs }] : []
  })

/**
 * The texts that the visit last showed, and since when: a page sends its typing with every envelope until it is typed anew, so
 * the earliest envelope with the same times says when they were typed.
 */
function typingOf(envelopes: readonly EnvelopeBody[]): SeenBehaviour['typing'] {
  const shown = shownBy(envelopes, 'typing').map(({ value, atMs }) => ({
    value,
    atMs,
    said: JSON.stringify(value),
  }))
  const [latest] = shown
  if (latest === undefined) return undefined
  const times = shown.filter(({ said }) => said === latest.said).map(({ atMs }) => atMs)
  return { sinceMs: Math.min(...times), fields: latest.value.fields }
}

/**
 * Counts of all pages of the visit. Each page that is loaded begins to count anew, and until it is left its counts only grow:
 * a count that fell is that of the next page, and what the one before had counted stays.
 */
function automationOf(envelopes: readonly EnvelopeBody[]): SeenBehaviour['automation'] {
  const shown = shownBy(envelopes, 'automation').sort((a, b) => a.atMs - b.atMs)
  if (shown.length === 0) return undefined
  const fell = shown.map(({ value }, i) => {
    const before = shown[i - 1]?.value
    return before === undefined || automationCounts.some((name) => value[name] < before[name])
  })
  const sum = (name: (typeof automationCounts)[number]): number =>
    shown.reduce((all, { value }, i) => all + value[name] - (fell[i] ? 0 : shown[i - 1]!.value[name]), 0)
  return Object.fromEntries(automationCounts.map((name) => [name, sum(name)])) as AutomationCounts
}

/** What the person did in a visit, as it was last shown. @param envelopes of the visit, that of the receipt first */
export const observedBehaviour = (envelopes: readonly EnvelopeBody[]): SeenBehaviour => ({
  typing: typingOf(envelopes),
  freeText: shownBy(envelopes, 'free-text')[0]?.value,
  pointer: shownBy(envelopes, 'pointer')[0]?.value,
  navigation: shownBy(envelopes, 'navigation')[0]?.value,
  automation: automationOf(envelopes),
})
