import { codesOf, encodeText, type Facts, type TypedText } from '../src/index.ts'

/** Numbers that are the same in every run, at least −1, below 1 (Mulberry32). */
export function jitter(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}

/** Times of one repetition of ten keys, by a person with a rhythm of her own. */
export function times(person: number, repetition: number): { holdMs: number[]; downDownMs: number[] } {
  const own = jitter(person)
  const now = jitter(person * 1000 + repetition)
  return {
    holdMs: Array.from({ length: 10 }, () => 95 * (1 + 0.4 * own()) * (1 + 0.15 * now())),
    downDownMs: Array.from({ length: 9 }, () => 220 * (1 + 0.6 * own()) * (1 + 0.15 * now())),
  }
}

export function typedText(person: number, repetition: number, more: Partial<TypedText> = {}): TypedText {
  const { holdMs, downDownMs } = times(person, repetition)
  return {
    field: 'password',
    input: 'keys',
    resolutionUs: 100,
    codes: encodeText(codesOf(holdMs, downDownMs)),
    ...more,
  }
}

/** Facts in whose visit this was typed, just now. */
export const typing = (facts: Facts, ...fields: readonly TypedText[]): Facts => ({
  ...facts,
  behaviour: { source: 0, typing: { sinceMs: facts.nowMs, fields } },
})
