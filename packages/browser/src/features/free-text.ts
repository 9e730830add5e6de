import { isText, type KeyPress } from './presses.ts'
import { quantiles } from './quantiles.ts'
import { timerResolutionUs } from './timer.ts'

/** How somebody types whatever they type, over many keys. Quantiles in whole milliseconds; no time belongs to a key. */
export interface FreeTextSummary {
  /** Keys that gave a character. */
  readonly keys: number
  /** Of the timer, in microseconds. */
  readonly resolution_us: number
  /** How long keys were held: 10, 25, 50, 75 and 90 %. */
  readonly hold_ms: number[]
  /** From one key going down to the next, by where the two lie: 25, 50 and 75 %. Empty below eight of a class. */
  readonly same_hand_ms: number[]
  readonly other_hand_ms: number[]
  readonly before_space_ms: number[]
  readonly after_space_ms: number[]
  /** Of a thousand keys, how many went down before the one before was let go. */
  readonly rollover_permille: number
  /** Of a thousand keys, how many corrected. */
  readonly corrections_permille: number
  /** Pauses of half a second and more, for a thousand keys. */
  readonly pauses_permille: number
  /** Keys typed in one go, between pauses: 25, 50 and 75 %. */
  readonly burst_keys: number[]
}

/** Fewer keys say nothing; and what was typed could show through them. */
export const leastFreeTextKeys = 40
const leastOfClass = 8
const pauseMs = 500
/** Who comes back after this long was doing something else. */
const breakMs = 5000

type Pair = readonly [before: KeyPress, after: KeyPress]

/**
 * Summary of the key presses of ordinary fields, in the order in which they went down.
 * @returns `undefined` below 40 keys that gave a character
 */
export function freeTextSummary(presses: readonly KeyPress[]): FreeTextSummary | undefined {
  const texts = presses.filter(isText)
  if (texts.length < leastFreeTextKeys) return undefined
  const resolution = timerResolutionUs(texts.flatMap(({ downMs, upMs }) => [downMs, upMs ?? downMs]))
  if (resolution === undefined) return undefined
  const pairs = presses
    .slice(1)
    .map((after, i): Pair => [presses[i]!, after])
    .filter(([before, after]) => isText(before) && isText(after) && after.downMs >= before.downMs)
  const gap = ([before, after]: Pair): number => after.downMs - before.downMs
  const flowing = pairs.filter((pair) => gap(pair) < pauseMs)
  const ofClass = (is: (before: KeyPress['class'], after: KeyPress['class']) => boolean): number[] => {
    const gaps = flowing.filter(([before, after]) => is(before.class, after.class)).map(gap)
    return gaps.length < leastOfClass ? [] : quantiles(gaps, [0.25, 0.5, 0.75])
  }
  const hand = (kind: KeyPress['class']): boolean => kind === 'left' || kind === 'right'
  const bursts: number[] = []
  let burst = 1
  for (const pair of pairs) {
    if (gap(pair) < pauseMs) burst += 1
    else {
      bursts.push(burst)
      burst = 1
    }
  }
  bursts.push(burst)
  const permille = (count: number, of: number): number => Math.round((1000 * count) / Math.max(1, of))
  return {
    keys: texts.length,
    resolution_us: resolution,
    hold_ms: quantiles(
      texts.flatMap(({ downMs, upMs }) => (upMs === undefined || upMs < downMs ? [] : upMs - downMs)),
      [0.1, 0.25, 0.5, 0.75, 0.9],
    ),
    same_hand_ms: ofClass((before, after) => hand(before) && before === after),
    other_hand_ms: ofClass((before, after) => hand(before) && hand(after) && before !== after),
    before_space_ms: ofClass((before, after) => hand(before) && after === 'space'),
    after_space_ms: ofClass((before, after) => before === 'space' && hand(after)),
    rollover_permille: permille(
      pairs.filter(([before, after]) => before.upMs !== undefined && after.downMs < before.upMs).length,
      pairs.length,
    ),
    corrections_permille: permille(
      presses.filter((press) => press.class === 'delete').length,
      presses.length,
    ),
    pauses_permille: permille(
      pairs.filter((pair) => gap(pair) >= pauseMs && gap(pair) < breakMs).length,
      pairs.length,
    ),
    burst_keys: quantiles(bursts, [0.25, 0.5, 0.75]),
  }
}
