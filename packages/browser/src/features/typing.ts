import { isText, type KeyPress, type PressClass } from './presses.ts'
import { timerResolutionUs } from './timer.ts'

/** How the content of a field changed, by what `InputEvent.inputType` says. */
export type FieldChange = 'typed' | 'deleted' | 'pasted' | 'filled' | 'composed' | 'other'

/** One text as it was typed into a field that was empty before, from the first key to the last: times only. */
export interface CadenceSample {
  /** A keyboard with keys, or one drawn on a screen, whose times mean something else. */
  readonly input: 'keys' | 'screen'
  /** Of the timer, in microseconds. */
  readonly resolution_us: number
  /** How long each key was held, in milliseconds, in the order in which the keys went down. */
  readonly hold_ms: number[]
  /** From each key going down to the next one going down; one fewer. */
  readonly down_down_ms: number[]
}

/**
 * How else a text came in: pasted, filled in by a program, composed (an input method, dictation), corrected, of fewer than 4
 * or more than 40 keys, or under a clock too coarse to tell its own step.
 */
export type Unusable = 'pasted' | 'filled' | 'composed' | 'corrected' | 'short' | 'long' | 'coarse'

const leastPresses = 4
const maxPresses = 40
const maxMs = 60_000

/** Follows one field. Nothing is kept but times and classes, and nothing from before the field was last empty. */
export interface Cadence {
  /**
   * A key went down in the field. `id` names the key while it is held and is forgotten with its release.
   * @param kind of the key
   * @param soft the keyboard does not tell its keys, as most on screens
   */
  down(id: string, atMs: number, kind: PressClass, soft?: boolean): void
  up(id: string, atMs: number): void
  /** The content changed. @param length of the content now, in characters */
  change(how: FieldChange, length: number): void
  /** The caret was put elsewhere: the order of the keys is no longer that of the text. */
  moved(): void
  /** Whether a key is down whose release belongs to the text. */
  holds(): boolean
  /**
   * The text typed since the field was last empty, or why it gives no times; `undefined` for an empty field, and while a
   * key is held.
   */
  sample(): CadenceSample | Unusable | undefined
  clear(): void
}

const whole = (ms: number): number => Math.min(maxMs, Math.max(0, Math.round(ms)))

export function createCadence(): Cadence {
  let presses: KeyPress[] = []
  let length = 0
  let unusable: Unusable | undefined
  let onScreen = false
  const held = new Map<string, KeyPress>()

  const clear = (): void => {
    presses = []
    length = 0
    unusable = undefined
  }
  const spoil = (why: Unusable): void => {
    unusable ??= why
    presses = []
  }

  return {
    down(id, atMs, kind, soft = false) {
      const press: KeyPress = { downMs: atMs, class: kind }
      if (!isText(press)) return
      if (presses.length === maxPresses) spoil('long')
      // The latest is kept in any case: it may be the first of a text that replaces this one.
      presses = unusable === undefined ? [...presses, press] : [press]
      onScreen = soft || (onScreen && presses.length > 1)
      held.set(id, press)
    },
    up(id, atMs) {
      const press = held.get(id)
      if (press !== undefined) press.upMs = atMs
      held.delete(id)
    },
    change(how, now) {
      const before = length
      if (now === 0) {
        clear()
        return
      }
      length = now
      if (how === 'typed' && now === 1) {
        // The first character, or one that was typed over all that stood there.
        unusable = undefined
        presses = presses.slice(-1)
      } else if (how === 'typed') {
        // One character for each key, or something else took part: a text expander, a selection that was typed over.
        if (now !== before + 1) spoil(presses.length === 0 ? 'filled' : 'corrected')
      } else spoil(how === 'deleted' || how === 'other' ? 'corrected' : how)
    },
    moved() {
      if (length > 0) spoil('corrected')
    },
    holds: () => unusable === undefined && length > 0 && presses.some(({ upMs }) => upMs === undefined),
    sample() {
      if (length === 0) return undefined
      if (unusable !== undefined) return unusable
      // Keys without characters (dead ones), or characters without keys, that no event explained.
      if (presses.length !== length) return presses.length === 0 ? 'filled' : 'corrected'
      const ups = presses.flatMap(({ upMs }) => upMs ?? [])
      if (ups.length < presses.length) return undefined
      if (length < leastPresses) return 'short'
      const downs = presses.map(({ downMs }) => downMs)
      const resolution = timerResolutionUs([...downs, ...ups])
      if (resolution === undefined) return 'coarse'
      return {
        input: onScreen ? 'screen' : 'keys',
        resolution_us: resolution,
        hold_ms: presses.map(({ downMs }, i) => whole(ups[i]! - downMs)),
        down_down_ms: downs.slice(1).map((downMs, i) => whole(downMs - downs[i]!)),
      }
    },
    clear() {
      clear()
      held.clear()
    },
  }
}
