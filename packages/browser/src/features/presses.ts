/**
 * What a key press is kept as: times, and the class of the key. `left` and `right` are the halves of the keyboard that the
 * hands have to themselves, by position and not by letter; `mark` is any other key that gives a character.
 */
export const pressClasses = ['left', 'right', 'space', 'mark', 'delete', 'other'] as const
export type PressClass = (typeof pressClasses)[number]

export interface KeyPress {
  /** By the clock of the events, in milliseconds. */
  readonly downMs: number
  /** `undefined` until the key is let go, and where nobody saw it. */
  upMs?: number
  readonly class: PressClass
}

const left = /^(?:Digit[1-5]|Key[QWERTASDFGZXCVB])$/
const right = /^(?:Digit[67890]|Key[YUIOPHJKLNM])$/

/**
 * Class of a key, from `KeyboardEvent.code`, which names the position and not the character (UI Events, section 4.3), and
 * from whether it gives a character.
 */
export function pressClassOf(code: string, givesText: boolean): PressClass {
  if (code === 'Backspace' || code === 'Delete') return 'delete'
  if (!givesText) return 'other'
  if (code === 'Space') return 'space'
  return left.test(code) ? 'left' : right.test(code) ? 'right' : 'mark'
}

/** Whether a press gives a character of a text. */
export const isText = ({ class: kind }: KeyPress): boolean => kind !== 'delete' && kind !== 'other'
