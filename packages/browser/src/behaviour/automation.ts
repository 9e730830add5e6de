import { createAutomation } from '../features/automation.ts'
import { timerStepUs } from '../timer.ts'
import { listen } from './listen.ts'
import type { Watch } from './watch.ts'

const leastTarget = 20

/** Whether a click hit the very centre of its target, as programs do that aim at an element. */
function isCentred(event: PointerEvent): boolean {
  const [target] = event.composedPath()
  if (!(target instanceof Element)) return false
  const { left, top, width, height } = target.getBoundingClientRect()
  return (
    Math.min(width, height) >= leastTarget &&
    Math.abs(event.clientX - (left + width / 2)) <= 0.5 &&
    Math.abs(event.clientY - (top + height / 2)) <= 0.5
  )
}

/** Counts what hands hardly do. Keys are paired by their position while they are held, and forgotten with their release. */
export function watchAutomation(): Watch<'automation'> {
  const automation = createAutomation(timerStepUs())
  const held = new Map<string, number>()
  /** The first keys or clicks of a visit are worth an envelope of their own: nobody has told of them yet. */
  let news: 'none' | 'some' | 'told' = 'none'
  const tell = (): void => {
    if (news === 'none') news = 'some'
  }
  let pressed: { readonly atMs: number; readonly centred: boolean } | undefined

  listen('keydown', (event) => {
    if (!event.isTrusted) automation.synthetic('keys')
    // A keyboard on a screen, or an input method, presses and lets go at once.
    else if (!event.repeat && event.code !== '' && event.key.length === 1 && !event.isComposing)
      held.set(event.code, event.timeStamp)
  })
  listen('keyup', (event) => {
    const downMs = held.get(event.code)
    held.delete(event.code)
    if (!event.isTrusted || downMs === undefined) return
    automation.key({ downMs, upMs: event.timeStamp })
    tell()
  })
  listen('blur', () => held.clear(), window)
  listen('pointermove', (event) => {
    if (!event.isTrusted) automation.synthetic('moves')
    else if (event.pointerType === 'mouse') automation.move(event.clientX, event.clientY)
  })
  listen('pointerdown', (event) => {
    pressed =
      event.isTrusted && event.pointerType === 'mouse'
        ? { atMs: event.timeStamp, centred: isCentred(event) }
        : undefined
  })
  listen('pointerup', (event) => {
    if (pressed === undefined || !event.isTrusted) return
    const { atMs: downMs, centred } = pressed
    pressed = undefined
    automation.click({ downMs, upMs: event.timeStamp }, event.clientX, event.clientY, centred)
    tell()
  })
  // `element.click()` has no place; pages use it on themselves.
  listen('click', (event) => {
    if (!event.isTrusted && event.detail > 0) automation.synthetic('clicks')
  })

  return {
    fresh: () => news === 'some',
    collect() {
      if (news === 'some') news = 'told'
      return { value: automation.summary() }
    },
    clear() {
      news = 'none'
      automation.clear()
      held.clear()
    },
  }
}
