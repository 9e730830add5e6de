import { expect, it } from 'vitest'
import { timerResolutionUs } from './timer.ts'

/** Times of somebody typing, as a timer of this step reads them. */
const readings = (stepMs: number): number[] =>
  Array.from({ length: 20 }, (_, i) => 1234.567 + i * 143 + ((i * 7919) % 61) * 1.37).map(
    (ms) => Math.floor(ms / stepMs) * stepMs,
  )

it('finds the step that all readings are multiples of', () => {
  for (const [stepMs, us] of [
    [0.005, 100],
    [0.1, 100],
    [1, 1000],
    [2, 2000],
    [1000 / 60, 16_667],
    [20, 20_000],
    [100, 100_000],
  ] as const) {
    expect([stepMs, timerResolutionUs(readings(stepMs))]).toEqual([stepMs, us])
  }
})

it('does not guess from a handful of readings', () => {
  expect(timerResolutionUs([0, 100, 200])).toBeUndefined()
  expect(timerResolutionUs([])).toBeUndefined()
})
