/** Counts of what hands hardly do, each beside the number of chances that there were. */
export interface AutomationSummary {
  /** Keys pressed and let go, on a keyboard that tells them. */
  readonly keys: number
  /** Of these, let go within 5 ms. */
  readonly instant_keys: number
  /** Of these, that followed the one before within 8 ms. */
  readonly fast_keys: number
  /** Of these, that followed the one before after the same time as that one its own, within half a millisecond. */
  readonly even_keys: number
  /** Clicks by a mouse. */
  readonly clicks: number
  /** Of these, let go within 5 ms. */
  readonly instant_clicks: number
  /** Of these, that hit the very centre of what they hit. */
  readonly centred_clicks: number
  /** Of these, elsewhere than where the pointer was last seen. */
  readonly jumps: number
  /** Events made by a script, not by a person's device (`isTrusted` is false). */
  readonly synthetic_keys: number
  readonly synthetic_moves: number
  readonly synthetic_clicks: number
}

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
  summary(): AutomationSummary
  clear(): void
}

const most = 999
const names = [
  'keys',
  'instant_keys',
  'fast_keys',
  'even_keys',
  'clicks',
  'instant_clicks',
  'centred_clicks',
  'jumps',
  'synthetic_keys',
  'synthetic_moves',
  'synthetic_clicks',
] as const satisfies readonly (keyof AutomationSummary)[]

/** Hands hold a key for 30 ms and more. */
const instantMs = 5
/** A coarser timer makes people look exact. */
const finestNeededUs = 2000

const none = (): Record<keyof AutomationSummary, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<keyof AutomationSummary, number>

/**
 * @param timerStepUs smallest step of the clock behind the times, in microseconds. Where it is not known, or above 2 ms, nothing is
 *   said of times.
 */
export function createAutomation(timerStepUs: number | undefined): Automation {
  const exact = timerStepUs !== undefined && timerStepUs <= finestNeededUs
  let counts = none()
  let last: { readonly downMs: number; readonly gapMs?: number } | undefined
  let at: { readonly x: number; readonly y: number } | undefined
  const count = (name: keyof AutomationSummary, happened: boolean): void => {
    if (happened) counts[name] = Math.min(most, counts[name] + 1)
  }
  const isInstant = ({ downMs, upMs }: Press): boolean => exact && upMs - downMs <= instantMs

  return {
    key(press) {
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
