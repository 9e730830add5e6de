import { freeTextSummary, leastFreeTextKeys } from '../features/free-text.ts'
import { isText, type KeyPress } from '../features/presses.ts'
import { fieldOf } from './fields.ts'
import { keyOf } from './keys.ts'
import { listen } from './listen.ts'
import type { Watch } from './watch.ts'

const maxPresses = 512
/** So many new keys are worth an envelope of their own. */
const freshKeys = 2 * leastFreeTextKeys

/** Typing in ordinary fields of a keyboard that tells its keys: times and classes of the latest 512 presses. */
export function watchFreeText(): Watch<'free-text'> {
  let presses: KeyPress[] = []
  let newKeys = 0
  const held = new Map<string, KeyPress>()

  listen('keydown', (event) => {
    if (event.repeat || !event.isTrusted || event.isComposing) return
    const key = keyOf(event)
    if (key.soft || key.class === 'other' || fieldOf(event)?.kind !== 'text') return
    const press: KeyPress = { downMs: event.timeStamp, class: key.class }
    presses = presses.length < maxPresses ? presses : presses.slice(maxPresses / 8)
    presses.push(press)
    held.set(key.id, press)
    if (isText(press)) newKeys += 1
  })
  listen('keyup', (event) => {
    const press = held.get(event.code)
    if (press !== undefined) press.upMs = event.timeStamp
    held.delete(event.code)
  })
  // Releases that go to another window are never seen.
  listen('blur', () => held.clear(), window)

  return {
    fresh: () => newKeys >= freshKeys,
    collect() {
      newKeys = 0
      const summary = freeTextSummary(presses)
      return summary === undefined ? { absent: 'idle' } : { value: summary }
    },
    clear() {
      presses = []
      newKeys = 0
      held.clear()
    },
  }
}
