import { seededRandom, type SeededRandom } from './random.ts'

/** A line of the NDJSON that `newel evaluate typing` reads. */
export interface TypingLine {
  readonly subject: string
  readonly session: number
  readonly repetition: number
  readonly hold_ms: readonly number[]
  readonly down_down_ms: readonly number[]
  readonly resolution_ms: number
}

export interface TypistsOptions {
  readonly seed: number
  readonly subjects: number
  readonly sessions: number
  readonly repetitionsPerSession: number
  /** Default 11, as `.tie5Roanl` with Return. */
  readonly keys?: number
}

/** Roughly normal, mean 0 and deviation 1: a sum of twelve. */
const normal = (random: SeededRandom): number =>
  Array.from({ length: 12 }, () => random.next()).reduce((sum, value) => sum + value, -6)

/** Share by which practice makes a person faster in the end, and how many repetitions most of it takes. */
const practice = 0.3
const practiceRepetitions = 80

/**
 * Made people who type one text: each has a rhythm, varies around it, and becomes faster with practice. Nobody's data, so
 * that tests need none; error rates on it say nothing about people.
 */
export function makeTypists(options: TypistsOptions): TypingLine[] {
  const { seed, subjects, sessions, repetitionsPerSession, keys = 11 } = options
  const lines: TypingLine[] = []
  for (let index = 0; index < subjects; index += 1) {
    const random = seededRandom(seed + index)
    const rhythm = (count: number, ms: number, spread: number): number[] =>
      Array.from({ length: count }, () => ms * (1 + spread * Math.tanh(normal(random))))
    const pace = 0.7 + 0.6 * random.next()
    const holds = rhythm(keys, 90 * pace, 0.35)
    const downs = rhythm(keys - 1, 240 * pace, 0.6)
    const steadiness = 0.1 + 0.15 * random.next()
    const typed = (ms: number, factor: number): number =>
      Math.max(1, Math.round(ms * factor * (1 + steadiness * normal(random))))
    for (let repetition = 1; repetition <= sessions * repetitionsPerSession; repetition += 1) {
      const factor = 1 + practice * (1 / (1 + repetition / practiceRepetitions))
      lines.push({
        subject: `t${String(index + 1).padStart(3, '0')}`,
        session: Math.ceil(repetition / repetitionsPerSession),
        repetition,
        hold_ms: holds.map((ms) => typed(ms, 1)),
        down_down_ms: downs.map((ms) => typed(ms, factor)),
        resolution_ms: 1,
      })
    }
  }
  return lines
}

export const toNdjson = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('')
