import { expect, it } from 'vitest'
import { createStrokes, type PointerSample, type Strokes } from './pointer.ts'

const mouse = (atMs: number, x: number, y: number, kind: PointerSample['kind'] = 'move'): PointerSample => ({
  atMs,
  x,
  y,
  kind,
  pointer: 'mouse',
})

/** A straight stroke of 200 pixels in 400 ms that begins and ends slowly, then a click. */
function aim(strokes: Strokes, startMs: number): void {
  for (let i = 0; i <= 20; i++) {
    const share = i / 20
    strokes.add(mouse(startMs + i * 20, 200 * share * share * (3 - 2 * share), 100))
  }
  strokes.add(mouse(startMs + 600, 200, 100, 'down'))
  strokes.add(mouse(startMs + 690, 200, 100, 'up'))
}

it('measures strokes between pauses, and the clicks after them', () => {
  const strokes = createStrokes()
  for (const startMs of [0, 2000, 4000]) aim(strokes, startMs)
  expect(strokes.summary()).toMatchObject({
    pointer: 'mouse',
    strokes: 3,
    duration_ms: [400, 400, 400],
    speed: [500, 500, 500],
    straightness: [1000, 1000, 1000],
    curvature: [0, 0, 0],
    rest_ms: [200, 200, 200],
    press_ms: [90, 90, 90],
  })
})

it('says nothing of fewer than three strokes, and of twitches', () => {
  const strokes = createStrokes()
  aim(strokes, 0)
  aim(strokes, 2000)
  for (let i = 0; i < 40; i++) strokes.add(mouse(5000 + i * 500, i % 2, 0))
  expect(strokes.summary()).toBeUndefined()
})

it('tells a crooked way from a straight one', () => {
  const strokes = createStrokes()
  for (let stroke = 0; stroke < 3; stroke++) {
    for (let i = 0; i <= 20; i++) strokes.add(mouse(stroke * 2000 + i * 20, i * 10, i % 2 === 0 ? 0 : 10))
  }
  const { straightness, curvature } = strokes.summary()!
  expect(straightness[1]).toBeLessThan(720)
  expect(curvature[1]).toBeGreaterThan(90)
})

it('takes a finger from touching to letting go for one stroke', () => {
  const strokes = createStrokes()
  for (let stroke = 0; stroke < 3; stroke++) {
    const touch = (i: number, kind: PointerSample['kind']): void =>
      strokes.add({ atMs: stroke * 1000 + i * 16, x: 0, y: i * 12, kind, pointer: 'touch' })
    touch(0, 'down')
    for (let i = 1; i < 12; i++) touch(i, 'move')
    touch(12, 'up')
  }
  expect(strokes.summary()).toMatchObject({ pointer: 'touch', strokes: 3, press_ms: [] })
})

it('bears coordinates and times that no pointer has', () => {
  const strokes = createStrokes()
  for (const bad of [NaN, Infinity, -1e300]) strokes.add(mouse(bad, bad, bad))
  for (const startMs of [9000, 5000, 1000]) aim(strokes, startMs)
  for (const list of Object.values(strokes.summary() ?? {})) {
    for (const value of Array.isArray(list) ? list : []) expect(Number.isInteger(value)).toBe(true)
  }
})
