import type { TypedText, TypingFacts } from '../facts.ts'
import { tokenOf } from '../profile/token.ts'
import { decodeText, keysOf, resolutionClass, type Codes } from './codes.ts'
import type { Kind } from './slot.ts'

/** Fields of a visit that are compared. */
const maxFields = 2
const fieldName = /^[a-zA-Z0-9_.-]{1,32}$/

/** Facts of typing without what is none: names, codes and clocks that no honest page sends. */
export function compactTyping({ sinceMs, fields }: TypingFacts): TypingFacts | undefined {
  const kept = fields
    .filter(
      ({ field, codes, resolutionUs }) =>
        fieldName.test(field) &&
        resolutionClass(resolutionUs) !== undefined &&
        decodeText(codes) !== undefined,
    )
    .slice(0, maxFields)
    .map(({ field, input, codes, resolutionUs }): TypedText => ({
      field,
      input: input === 'screen' ? 'screen' : 'keys',
      resolutionUs: Math.max(1, Math.round(resolutionUs)),
      codes,
    }))
  return kept.length === 0 || !Number.isSafeInteger(sinceMs) ? undefined : { sinceMs, fields: kept }
}

export interface Typed {
  readonly kind: Kind
  readonly codes: Codes
}

/** The texts of compacted facts. */
export const typedTexts = (facts: TypingFacts | undefined): readonly Typed[] =>
  (facts?.fields ?? []).flatMap(({ field, input, resolutionUs, codes: text }) => {
    const codes = decodeText(text)
    const resolution = resolutionClass(resolutionUs)
    if (codes === undefined || resolution === undefined) return []
    return [
      {
        codes,
        kind: { field: tokenOf(field), input: input === 'screen' ? 1 : 0, resolution, keys: keysOf(codes) },
      },
    ]
  })
