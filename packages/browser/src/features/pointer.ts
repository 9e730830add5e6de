import { quantiles } from './quantiles.ts'

/** Where the pointer was, in CSS pixels; from `PointerEvent`s, one for each. */
export interface PointerSample {
  readonly atMs: number
  readonly x: number
  readonly y: number
  /** `move`; `down` and `up` of a button, a finger or a pen. */
  readonly kind: 'move' | 'down' | 'up'
  readonly pointer: 'mouse' | 'touch' | 'pen'
}

/** Strokes of one visit in numbers: what somebody's hand is like, not what it pointed at. Quartiles, whole numbers. */
export interface PointerSummary {
  /** Of most strokes. */
  readonly pointer: 'mouse' | 'touch' | 'pen'
  readonly strokes: number
  readonly duration_ms: number[]
  /** Mean speed of a stroke, in pixels a second. */
  readonly speed: number[]
  /** Peak over mean speed, in hundredths. */
  readonly peak: number[]
  /** Distance of the ends over length of the way, in thousandths. */
  readonly straightness: number[]
  /** Change of direction over length, in milliradians a pixel. */
  readonly curvature: number[]
  /** Mean change of acceleration between samples, as a share of the mean speed, in hundredths: how unsteady the hand is. */
  readonly jerk: number[]
  /** From coming to rest to pressing. Empty without clicks. */
  readonly rest_ms: number[]
  /** From pressing to letting go without a move between. Empty without clicks. */
  readonly press_ms: number[]
}

/** A mouse that rests this long has ended its stroke. */
const pauseMs = 120
const leastSamples = 5
const leastLength = 30
const maxStrokes = 64
const maxSamples = 400
/** What is closer together than timers tell apart is one sample. */
const leastStepMs = 2

interface Stroke {
  readonly pointer: PointerSample['pointer']
  readonly durationMs: number
  readonly speed: number
  readonly peak: number
  readonly straightness: number
  readonly curvature: number
  readonly jerk: number
}

const distance = (a: PointerSample, b: PointerSample): number => Math.hypot(b.x - a.x, b.y - a.y)
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

function measure(samples: readonly PointerSample[]): Stroke | undefined {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || samples.length < leastSamples) return undefined
  const steps = samples.slice(1).map((sample, i) => {
    const before = samples[i]!
    return {
      length: distance(before, sample),
      ms: sample.atMs - before.atMs,
      angle: Math.atan2(sample.y - before.y, sample.x - before.x),
    }
  })
  const length = steps.reduce((sum, step) => sum + step.length, 0)
  const durationMs = last.atMs - first.atMs
  if (length < leastLength || durationMs <= 0) return undefined
  const speeds = steps.map((step) => step.length / step.ms)
  const speed = length / durationMs
  let turned = 0
  const moving = steps.filter((step) => step.length > 0)
  for (const [i, step] of moving.slice(1).entries()) {
    const turn = Math.abs(step.angle - moving[i]!.angle)
    turned += Math.min(turn, 2 * Math.PI - turn)
  }
  const accelerations = speeds.slice(1).map((each, i) => each - speeds[i]!)
  return {
    pointer: first.pointer,
    durationMs,
    speed: speed * 1000,
    peak: (Math.max(...speeds) / speed) * 100,
    straightness: (distance(first, last) / length) * 1000,
    curvature: (turned / length) * 1000,
    jerk: (mean(accelerations.slice(1).map((each, i) => Math.abs(each - accelerations[i]!))) / speed) * 100,
  }
}

/** Follows pointers. Keeps the samples of the stroke that goes on, and the measures of the latest 64. */
export interface Strokes {
  add(sample: PointerSample): void
  /** `undefined` before the third stroke: less says nothing of a hand. */
  summary(): PointerSummary | undefined
  clear(): void
}

export function createStrokes(): Strokes {
  let current: PointerSample[] = []
  let strokes: Stroke[] = []
  let rests: number[] = []
  let presses: number[] = []
  let pressed: PointerSample | undefined

  const finish = (): void => {
    const stroke = measure(current)
    current = []
    if (stroke === undefined) return
    strokes = [...strokes, stroke].slice(-maxStrokes)
  }
  const ended = ({ atMs, pointer }: PointerSample): boolean => {
    const last = current.at(-1)
    return (
      last !== undefined &&
      (last.pointer !== pointer || atMs < last.atMs || (pointer === 'mouse' && atMs - last.atMs > pauseMs))
    )
  }
  const track = (sample: PointerSample): void => {
    const last = current.at(-1)
    if (last !== undefined && sample.atMs - last.atMs < leastStepMs) return
    if (current.length < maxSamples) current.push(sample)
  }

  return {
    add(sample) {
      if (![sample.atMs, sample.x, sample.y].every(Number.isFinite)) return
      if (sample.kind === 'move') {
        if (ended(sample)) finish()
        // A finger is only seen while it touches; a mouse that drags is no stroke of aiming.
        if (sample.pointer === 'mouse' && pressed !== undefined) {
          if (distance(pressed, sample) > 3) pressed = undefined
          return
        }
        track(sample)
        return
      }
      if (sample.kind === 'down') {
        const last = current.at(-1)
        if (sample.pointer === 'mouse' && last?.pointer === 'mouse' && sample.atMs - last.atMs < 2000)
          rests = [...rests, sample.atMs - last.atMs].slice(-maxStrokes)
        finish()
        pressed = sample
        if (sample.pointer !== 'mouse') track(sample)
        return
      }
      if (pressed !== undefined && distance(pressed, sample) <= 3)
        presses = [...presses, sample.atMs - pressed.atMs].slice(-maxStrokes)
      pressed = undefined
      if (sample.pointer !== 'mouse') {
        track(sample)
        finish()
      }
    },
    summary() {
      const going = measure(current)
      const all = going === undefined ? strokes : [...strokes, going]
      const kinds = (['mouse', 'touch', 'pen'] as const).map((pointer) => ({
        pointer,
        of: all.filter((stroke) => stroke.pointer === pointer),
      }))
      const { pointer, of } = kinds.reduce((most, kind) => (kind.of.length > most.of.length ? kind : most))
      if (of.length < 3) return undefined
      const quartiles = (values: readonly number[]): number[] => quantiles(values, [0.25, 0.5, 0.75])
      return {
        pointer,
        strokes: Math.min(maxStrokes, of.length),
        duration_ms: quartiles(of.map((stroke) => stroke.durationMs)),
        speed: quartiles(of.map((stroke) => stroke.speed)),
        peak: quartiles(of.map((stroke) => stroke.peak)),
        straightness: quartiles(of.map((stroke) => stroke.straightness)),
        curvature: quartiles(of.map((stroke) => stroke.curvature)),
        jerk: quartiles(of.map((stroke) => stroke.jerk)),
        rest_ms: quartiles(rests),
        press_ms: quartiles(presses),
      }
    },
    clear() {
      current = []
      strokes = []
      rests = []
      presses = []
      pressed = undefined
    },
  }
}
