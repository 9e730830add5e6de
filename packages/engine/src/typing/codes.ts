import { exp } from '../math/exp.ts'
import { ln } from '../math/ln.ts'

/**
 * Times as profiles and records keep them: one byte each, logarithmic, so that a step is a few hundredths of the time. A hold
 * lies in steps of 2 %, up to two seconds; a down-down time in steps of 3 %, up to twelve. What is longer is that long.
 */
const offsetMs = 10
const holdSteps = 48
const downSteps = 36
const code = (ms: number, steps: number): number => {
  // Whatever is no time counts as none.
  const rounded = Math.round(steps * ln(1 + Math.max(0, ms) / offsetMs))
  return rounded >= 0 ? Math.min(255, rounded) : 0
}
export const holdCode = (ms: number): number => code(ms, holdSteps)
export const downCode = (ms: number): number => code(ms, downSteps)

/** Fewest and most keys of a text that is compared. */
export const minKeys = 4
export const maxKeys = 40

/** Codes of a text: its holds, then its down-down times. Up-down times follow from them. */
export type Codes = Uint8Array
export const keysOf = (codes: Codes): number => (codes.length + 1) / 2

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** By character code: what it stands for, −1 where that is nothing. */
const sixBits = Int8Array.from({ length: 128 }, (_, unit) => alphabet.indexOf(String.fromCharCode(unit)))

export const codesOf = (holdMs: readonly number[], downDownMs: readonly number[]): Codes =>
  Uint8Array.from([...holdMs.map(holdCode), ...downDownMs.map(downCode)])

/** Codes as base64url: what facts hold of a text. */
export function encodeText(codes: Codes): string {
  let text = ''
  for (let i = 0; i < codes.length; i += 3) {
    const left = codes.length - i
    const bits = (codes[i]! << 16) | ((codes[i + 1] ?? 0) << 8) | (codes[i + 2] ?? 0)
    text += alphabet[bits >>> 18]! + alphabet[(bits >>> 12) & 63]!
    if (left > 1) text += alphabet[(bits >>> 6) & 63]!
    if (left > 2) text += alphabet[bits & 63]!
  }
  return text
}

/** `undefined` where the text is no such encoding, or of too few or too many keys. */
export function decodeText(text: string): Codes | undefined {
  const length = Math.floor((text.length * 3) / 4)
  if (text.length % 4 === 1 || length % 2 === 0) return undefined
  if (length < 2 * minKeys - 1 || length > 2 * maxKeys - 1) return undefined
  const codes = new Uint8Array(length)
  let bits = 0
  let at = 0
  for (let i = 0; i < text.length; i += 1) {
    const value = sixBits[text.charCodeAt(i)] ?? -1
    if (value < 0) return undefined
    bits = ((bits << 6) | value) & 0xffffff
    if (i % 4 === 3 || i === text.length - 1) {
      const missing = 3 - (i % 4)
      const whole = bits << (6 * missing)
      for (let byte = 0; byte < 3 - missing; byte += 1) codes[at++] = (whole >>> (16 - 8 * byte)) & 255
      bits = 0
    }
  }
  return codes
}

/** Steps of clocks that are told apart, in microseconds: an exact clock, 60 Hz, and what hardened browsers give. */
const resolutions = [10_000, 25_000, 60_000, 150_000]
/** Samples of different classes are never compared. Above the last, a rhythm can hardly be told. */
export function resolutionClass(resolutionUs: number): number | undefined {
  const at = resolutions.findIndex((most) => resolutionUs <= most)
  return at < 0 || !(resolutionUs > 0) ? undefined : at
}

/** Up-down times are taken in steps of so many milliseconds. */
const stepMs = 4
export const mostSteps = 4096

interface Tables {
  readonly hold: Float64Array
  readonly down: Float64Array
  /** By the difference of the two below, from −{@link mostSteps}. */
  readonly up: Float64Array
  readonly holdSteps: Int32Array
  readonly downSteps: Int32Array
}
let tables: Tables | undefined

/**
 * Features by code. Times vary in proportion to themselves, so they are compared as logarithms; the offsets say below what
 * they no longer do. An up-down time can be negative and has its logarithm taken of its size.
 */
export function featureTables(): Tables {
  if (tables !== undefined) return tables
  const timesOf = (steps: number) =>
    Float64Array.from({ length: 256 }, (_, i) => offsetMs * (exp(i / steps) - 1))
  const holdMs = timesOf(holdSteps)
  const downMs = timesOf(downSteps)
  const stepsOf = (times: Float64Array) => Int32Array.from(times, (ms) => Math.round(ms / stepMs))
  tables = {
    hold: holdMs.map((ms) => ln(5 + ms)),
    down: downMs.map((ms) => ln(200 + ms)),
    up: Float64Array.from({ length: 2 * mostSteps + 1 }, (_, i) => {
      const steps = i - mostSteps
      const size = ln(1 + (Math.abs(steps) * stepMs) / 120)
      return steps < 0 ? -size : size
    }),
    holdSteps: stepsOf(holdMs),
    downSteps: stepsOf(downMs),
  }
  return tables
}

export const featureCount = (keys: number): number => 3 * keys - 2

/**
 * Hold, down-down and up-down features of rows, one after the other.
 *
 * @param starts where in `codes` each row begins, with `2·keys − 1` codes
 * @param features written into, where it is large enough: a new buffer for each comparison costs a quarter of it
 */
export function featuresOf(
  codes: Codes,
  starts: readonly number[],
  keys: number,
  features = new Float64Array(starts.length * featureCount(keys)),
): Float64Array {
  const { hold, down, up, holdSteps: holds, downSteps: downs } = featureTables()
  const pairs = keys - 1
  for (let row = 0; row < starts.length; row += 1) {
    const from = starts[row]!
    const to = row * (keys + 2 * pairs)
    for (let i = 0; i < keys; i += 1) {
      const held = codes[from + i]!
      features[to + i] = hold[held]!
      if (i === pairs) break
      const pressed = codes[from + keys + i]!
      features[to + keys + i] = down[pressed]!
      features[to + keys + pairs + i] = up[mostSteps + downs[pressed]! - holds[held]!]!
    }
  }
  return features
}
