import { expect, it } from 'vitest'
import { freeTextSummary } from './free-text.ts'
import { pressClassOf, type KeyPress, type PressClass } from './presses.ts'

/** Keys of these classes, each held 90 ms, one every `gapMs`. */
const typed = (classes: readonly PressClass[], gapMs: (i: number) => number = () => 150): KeyPress[] => {
  let atMs = 1000
  return classes.map((kind, i) => {
    const press = { downMs: atMs, upMs: atMs + 90 + (i % 3), class: kind }
    atMs += gapMs(i)
    return press
  })
}
const words = Array.from({ length: 60 }, (_, i): PressClass =>
  i % 6 === 5 ? 'space' : i % 2 ? 'left' : 'right',
)

it('sums up holds and gaps by the hands that keys belong to', () => {
  expect(freeTextSummary(typed(words))).toMatchObject({
    keys: 60,
    hold_ms: [90, 90, 91, 92, 92],
    other_hand_ms: [150, 150, 150],
    same_hand_ms: [],
    before_space_ms: [150, 150, 150],
    after_space_ms: [150, 150, 150],
    rollover_permille: 0,
    corrections_permille: 0,
    burst_keys: [60, 60, 60],
  })
})

it('counts keys that overlap, corrections and pauses', () => {
  const classes = words.map((kind, i): PressClass => (i % 20 === 19 ? 'delete' : kind))
  const summary = freeTextSummary(typed(classes, (i) => (i % 10 === 9 ? 900 : 60)))
  expect(summary).toMatchObject({ keys: 57, corrections_permille: 50 })
  expect(summary?.rollover_permille).toBeGreaterThan(800)
  expect(summary?.pauses_permille).toBeGreaterThan(30)
})

it('gives the quantiles of each kind of gap, and of holds', () => {
  const unit: readonly PressClass[] = ['left', 'left', 'right', 'space']
  const firstGapMs = { left: 100, right: 200, space: 300 }
  let atMs = 1000
  const presses = Array.from({ length: 40 }, (_, i): KeyPress => {
    const press = { downMs: atMs, upMs: atMs + 60 + i, class: unit[i % 4]! }
    const [here, next] = [unit[i % 4]!, unit[(i + 1) % 4]!]
    // Each gap of a kind is 10 ms longer than the one before.
    atMs += (here === 'space' ? 400 : here === next ? 100 : firstGapMs[next as 'right']) + 10 * (i >> 2)
    return press
  })
  expect(freeTextSummary(presses)).toMatchObject({
    keys: 40,
    resolution_us: 1000,
    hold_ms: [64, 70, 80, 89, 95],
    same_hand_ms: [123, 145, 168],
    other_hand_ms: [223, 245, 268],
    before_space_ms: [323, 345, 368],
    after_space_ms: [420, 440, 460],
    rollover_permille: 0,
  })
})

it('says nothing of fewer than eight gaps of a kind', () => {
  const spaced = (spaces: number) =>
    freeTextSummary(typed(words.map((kind, i) => (kind === 'space' && i >= 6 * spaces ? 'left' : kind))))
  expect(spaced(8)).toMatchObject({ before_space_ms: [150, 150, 150], after_space_ms: [150, 150, 150] })
  expect(spaced(7)).toMatchObject({ before_space_ms: [], after_space_ms: [] })
})

it('takes half a second for a pause, five seconds for something else, and a touch for no overlap', () => {
  const gaps: Readonly<Record<number, number>> = { 5: 499, 10: 500, 20: 4999, 30: 5000, 40: 91, 41: 91 }
  // Keys 40 and 41 are held for 91 and 92 ms. What lies around a key that corrects is no gap between characters.
  const classes = words.map((kind, i): PressClass => (i === 50 ? 'delete' : kind))
  const pairs = 57
  expect(freeTextSummary(typed(classes, (i) => gaps[i] ?? 150))).toMatchObject({
    rollover_permille: Math.round(1000 / pairs),
    pauses_permille: Math.round(2000 / pairs),
    corrections_permille: Math.round(1000 / 60),
    burst_keys: [10, 11, 15],
  })
})

it('says nothing below forty keys, through which what was typed could show', () => {
  expect(freeTextSummary(typed(words.slice(0, 39)))).toBeUndefined()
  expect(freeTextSummary([])).toBeUndefined()
})

it('bears keys that were never let go and clocks that ran back', () => {
  const presses = typed(words).map(({ downMs, class: kind }, i): KeyPress => {
    if (i % 4 === 0) return { downMs, class: kind }
    return i % 7 === 0
      ? { downMs: -downMs, upMs: 0, class: kind }
      : { downMs, upMs: downMs + 90, class: kind }
  })
  const summary = freeTextSummary(presses)
  expect(summary?.hold_ms.every((ms) => ms >= 0 && ms <= 60_000)).toBe(true)
})

it('knows a key by its place alone', () => {
  expect(
    (['KeyA', 'KeyP', 'Space', 'Comma', 'Backspace', 'ShiftLeft'] as const).map((code) =>
      pressClassOf(code, !['Backspace', 'ShiftLeft'].includes(code)),
    ),
  ).toEqual(['left', 'right', 'space', 'mark', 'delete', 'other'])
})
