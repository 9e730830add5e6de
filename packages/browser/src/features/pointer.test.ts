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

/** Moves of a mouse along these points. @returns when the last one was */
function draw(
  strokes: Strokes,
  points: readonly (readonly [x: number, y: number])[],
  startMs: number,
  stepMs: number,
) {
  points.forEach(([x, y], i) => strokes.add(mouse(startMs + i * stepMs, x, y)))
  return startMs + (points.length - 1) * stepMs
}

it('measures a way as one does by hand', () => {
  const strokes = createStrokes()
  // Right, then up, with one reading at rest: 10, 30, 30, 10, 0 and 10 pixels.
  const way = [
    [0, 0],
    [10, 0],
    [40, 0],
    [40, 30],
    [40, 40],
    [40, 40],
    [40, 50],
  ] as const
  ;[10, 20, 30].forEach((stepMs, i) => draw(strokes, way, i * 5000, stepMs))
  expect(strokes.summary()).toEqual({
    pointer: 'mouse',
    strokes: 3,
    duration_ms: [90, 120, 150],
    speed: [625, 750, 1125],
    // At 10 ms: 3 over 1.5 pixels a millisecond; 64 pixels of 90; a right angle over 90 pixels; 1.75 over 1.5.
    peak: [200, 200, 200],
    straightness: [711, 711, 711],
    curvature: [17, 17, 17],
    jerk: [117, 117, 117],
    rest_ms: [],
    press_ms: [],
  })
})

it('turns by the smaller angle, also through the direction where angles begin again', () => {
  const strokes = createStrokes()
  const way = [
    [100, 0],
    [80, 2],
    [60, 0],
    [40, 2],
    [20, 0],
  ] as const
  for (const startMs of [0, 1000, 2000]) draw(strokes, way, startMs, 10)
  // Three turns of 2 atan(0.1) over 80.4 pixels.
  expect(strokes.summary()?.curvature).toEqual([7, 7, 7])
})

it('draws the lines of what is a stroke', () => {
  const counted = (
    points: readonly (readonly [number, number])[],
    stepMs: number,
    pauseMs = 1000,
  ): number => {
    const strokes = createStrokes()
    let atMs = 0
    for (let i = 0; i < 4; i++) atMs = draw(strokes, points, atMs + pauseMs, stepMs)
    return strokes.summary()?.strokes ?? 0
  }
  const line = (pixels: number, samples: number) =>
    Array.from({ length: samples }, (_, i) => [(pixels * i) / (samples - 1), 0] as const)
  expect([counted(line(30, 5), 10), counted(line(29.9, 5), 10), counted(line(30, 4), 10)]).toEqual([4, 0, 0])
  // A rest of 120 ms is none.
  expect([counted(line(90, 9), 10, 121), counted(line(90, 9), 120, 121)]).toEqual([4, 4])
  expect(counted(line(90, 9), 121)).toBe(0)
  // Of readings a millisecond apart every other one is left, which is fewer than five.
  expect([counted(line(90, 9), 2), counted(line(90, 8), 1), counted(line(90, 9), 1)]).toEqual([4, 0, 4])
})

it('draws the lines of rests and presses', () => {
  const strokes = createStrokes()
  const times = [
    { restMs: 1999, pressMs: 80, moved: 3 },
    { restMs: 2000, pressMs: 90, moved: 3 },
    { restMs: 300, pressMs: 100, moved: 3.1 },
  ]
  times.forEach(({ restMs, pressMs, moved }, i) => {
    const lastMs = draw(
      strokes,
      [
        [0, 0],
        [20, 0],
        [40, 0],
        [60, 0],
        [80, 0],
      ],
      i * 10_000,
      10,
    )
    strokes.add(mouse(lastMs + restMs, 80, 0, 'down'))
    strokes.add(mouse(lastMs + restMs + pressMs, 80 + moved, 0, 'up'))
  })
  expect(strokes.summary()).toMatchObject({ rest_ms: [725, 1150, 1574], press_ms: [83, 85, 88] })
})

it('keeps the latest sixty-four strokes', () => {
  const strokes = createStrokes()
  for (let i = 0; i < 80; i++)
    draw(
      strokes,
      [
        [0, 0],
        [20, 0],
        [40, 0],
        [60, 0],
        [80, 0],
      ],
      i * 1000,
      i < 16 ? 100 : 10,
    )
  expect(strokes.summary()).toMatchObject({ strokes: 64, duration_ms: [40, 40, 40] })
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
  const { pointer, ...numbers } = strokes.summary()!
  expect(pointer).toBe('mouse')
  for (const value of Object.values(numbers).flat()) expect(Number.isInteger(value)).toBe(true)
})
