import { exp, ln } from '@newel/engine'
import type { SeededRandom } from '../random.ts'
import { normal, pick, type Weighed } from './draw.ts'

/**
 * Attempts of one account over the whole time, as the public data set has them: 39.7 % one, 51.8 % two to nine, 8.5 % more;
 * median 2, 90th percentile 9, 95th 13, 99th 28, and a Pareto tail beyond.
 */
const quantiles = [
  [0.397, 1],
  [0.53, 2],
  [0.655, 3],
  [0.745, 4],
  [0.81, 5],
  [0.85, 6],
  [0.878, 7],
  [0.898, 8],
  [0.915, 9],
] as const
const tail = [
  [0.915, 10],
  [0.95, 13],
  [0.99, 28],
] as const
const tailExponent = 2.2
const most = 2000

export function attemptsOf(random: SeededRandom): number {
  const at = random.next()
  for (const [share, count] of quantiles) if (at < share) return count
  for (const [i, [from, low]] of tail.entries()) {
    const next = tail[i + 1]
    if (next === undefined || at >= next[0]) continue
    return Math.floor(low * exp((ln(next[1] / low) * (at - from)) / (next[0] - from)))
  }
  return Math.min(most, Math.floor(28 * exp(ln(0.01 / (1 - at)) / tailExponent)))
}

/** Attempts by hour of the day: 16 a minute at midnight, 75 to 80 from nine to five. */
const hourly = [
  16, 13, 11, 10, 11, 16, 28, 50, 68, 76, 78, 80, 79, 78, 78, 77, 76, 75, 66, 60, 54, 46, 34, 23,
]
const anyHour: readonly Weighed<number>[] = hourly.map((weight, value) => ({ value, weight }))

/** An hour of the day with its fraction, by the person's own clock: seven in ten times near one of two habits. */
export function hourOf(random: SeededRandom, habits: readonly [number, number]): number {
  if (random.next() < 0.3) return pick(random, anyHour) + random.next()
  const hour = habits[random.next() < 0.7 ? 0 : 1] + 0.9 * normal(random)
  return ((hour % 24) + 24) % 24
}
export const drawHabits = (random: SeededRandom): readonly [number, number] => [
  pick(random, anyHour) + random.next(),
  pick(random, anyHour) + random.next(),
]

/** January, late November and December see nearly twice as many. */
export function busy(dayMs: number): number {
  const date = new Date(dayMs)
  const month = date.getUTCMonth()
  return month === 0 || month === 11 || (month === 10 && date.getUTCDate() >= 20) ? 1.8 : 1
}
