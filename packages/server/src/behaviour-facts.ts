import { codesOf, encodeText, type BehaviourFacts, type TypingFacts } from '@newel/engine'
import type { EnvelopeBody } from './facts.ts'

const typingOf = ({ observations: { typing } }: EnvelopeBody) =>
  typing !== undefined && 'value' in typing ? typing.value : undefined

/**
 * The texts that the visit last showed, and since when: a page sends its typing with every envelope until it is typed anew, so
 * the earliest envelope with the same times says when they were typed.
 */
function typingFacts(envelopes: readonly EnvelopeBody[]): TypingFacts | undefined {
  const shown = envelopes.flatMap((envelope) => {
    const typing = typingOf(envelope)
    return typing === undefined
      ? []
      : [{ typing, said: JSON.stringify(typing), atMs: envelope.connection.atMs }]
  })
  const [latest] = shown
  if (latest === undefined) return undefined
  const times = shown.filter(({ said }) => said === latest.said).map(({ atMs }) => atMs)
  return {
    sinceMs: Math.min(...times),
    fields: latest.typing.fields.map(({ field, input, resolution_us, hold_ms, down_down_ms }) => ({
      field,
      input,
      resolutionUs: resolution_us,
      codes: encodeText(codesOf(hold_ms, down_down_ms)),
    })),
  }
}

/** What the person did on the page. @param envelopes of the visit, that of the receipt first */
export function behaviourFacts(envelopes: readonly EnvelopeBody[]): BehaviourFacts | undefined {
  const typing = typingFacts(envelopes)
  return typing === undefined ? undefined : { typing }
}
