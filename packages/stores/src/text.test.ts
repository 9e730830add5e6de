import { describe, expect, it } from 'vitest'
import { assertStorable } from './text.ts'

describe('text that every database gives back alike', () => {
  it.each(['', 'a', '\u0001', 'é', '👩‍👩‍👧', '\uffff'])('%j is stored', (text) => {
    expect(() => assertStorable(text)).not.toThrow()
  })

  it.each(['\0', 'a\0b', '\ud83d', 'a\udc00b', '\udc00\ud83d'])(
    '%j is refused, without being repeated',
    (text) => {
      expect(() => assertStorable(text)).toThrow(
        expect.objectContaining({
          code: 'unstorable_text',
          message: 'text with U+0000 or half a surrogate pair cannot be stored',
        }),
      )
    },
  )
})
