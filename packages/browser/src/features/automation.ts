import type { AutomationCounts } from '@newel/protocol'

export interface Press {
  readonly downMs: number
  readonly upMs: number
}

export interface Automation {
  key(press: Press): void
  /** The mouse moved there. */
  move(x: number, y: number): void
  /**
   * A mouse clicked.
   * @param centred within half a pixel of the centre of a target of 20 pixels or more either way
   */
  click(press: Press, x: number, y: number, centred: boolean): void
  synthetic(kind: 'keys' | 'moves' | 'clicks'): void
  summary(): AutomationCounts
  clear(): void
}

/** More keys or clicks are not counted, nor anything of them: the share of what hands do not do would seem to grow. */
const most = 999

/** Hands hold a key for 30 ms and more. */
const instantMs = 5
/** A coarser timer makes people look exact. */
const finestNeededUs = 2000

const none = (): { -readonly [Name in keyof AutomationCounts]: number } => ({
  keys: 0,
  instant_keys: 0,
  fast_keys: 0,
  even_keys: 0,
  clicks: 0,
  instant_clicks: 0,
  centred_clicks: 0,
  jumps: 0,
  synthetic_keys: 0,
  synthetic_moves: 0,
  synthetic_clicks: 0,
})

/**
 * @param timerStepUs smallest step of the clock behind the times, in microseconds. Where it is not known, or above 2 ms, nothing is
 *   said of times.
 */
export function createAutomation(timerStepUs: number | undefined): Automation {
  const exact = timerStepUs !== undefined && timerStepUs <= finestNeededUs
  let counts = none()
  let last: { readonly downMs: number; readonly gapMs?: number } | undefined
  let at: { readonly x: number; readonly y: number } | undefined
  const count = (name: keyof AutomationCounts, happened: boolean): void => {
    if (happened) counts[name] = Math.min(most, counts[name] + 1)
  }
  const isInstant = ({ downMs, upMs }: Press): boolean => exact && upMs - downMs <= instantMs

  return {
    key(press) {
      if (counts.keys === most) return
      count('keys', true)
      count('instant_keys', isInstant(press))
      const gapMs = last === undefined ? undefined : press.downMs - last.downMs
      if (exact && gapMs !== undefined && gapMs >= 0) {
        count('fast_keys', gapMs < 8)
        count('even_keys', last?.gapMs !== undefined && Math.abs(gapMs - last.gapMs) <= 0.5)
      }
      last = { downMs: press.downMs, ...(gapMs !== undefined && { gapMs }) }
    },
    move(x, y) {
      at = { x, y }
    },
    click(press, x, y, centred) {
      if (counts.clicks === most) return
      count('clicks', true)
      count('instant_clicks', isInstant(press))
      count('centred_clicks', centred)
      count('jumps', at === undefined || Math.hypot(at.x - x, at.y - y) > 4)
      at = { x, y }
    },
    synthetic(kind) {
      count(`synthetic_${kind}`, true)
    },
    summary: () => ({ ...counts }),
    clear() {
      counts = none()
      last = undefined
      at = undefined
    },
  }
}
