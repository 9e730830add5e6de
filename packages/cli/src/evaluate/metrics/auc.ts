import type { Estimate } from './interval.ts'

/** Scores with the subject that each belongs to; higher is more like somebody else. */
export interface Clustered {
  readonly scores: ArrayLike<number>
  readonly subjects: ArrayLike<number>
}

/** Two-sided 95 % of a normal distribution. */
export const z95 = 1.959964

/** Share of `of` below a value, ties by half: `of` is sorted. */
function placement(sorted: Float64Array, value: number): number {
  const first = (above: boolean): number => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (above ? sorted[middle]! <= value : sorted[middle]! < value) low = middle + 1
      else high = middle
    }
    return low
  }
  return (first(false) + first(true)) / (2 * sorted.length)
}

const sumsOf = (subjects: ArrayLike<number>, values: Float64Array, mean: number): Map<number, number> => {
  const sums = new Map<number, number>()
  for (let i = 0; i < values.length; i += 1) {
    const subject = subjects[i]!
    sums.set(subject, (sums.get(subject) ?? 0) + values[i]! - mean)
  }
  return sums
}
const squares = (sums: ReadonlyMap<number, number>): number => {
  let sum = 0
  for (const value of sums.values()) sum += value * value
  return sum
}

/**
 * Area under the ROC with a 95 % interval for scores that hang together within a subject (Obuchowski, Biometrics 53, 1997: the
 * placement values of DeLong et al., summed by cluster). Closed form and n·log n, where a bootstrap would sort the file a
 * thousand times.
 */
export function clusteredAuc(genuine: Clustered, impostor: Clustered): Estimate {
  const m = impostor.scores.length
  const n = genuine.scores.length
  if (m === 0 || n === 0) throw new RangeError('both kinds of scores are needed')
  const sorted = (from: ArrayLike<number>): Float64Array => Float64Array.from(from).sort()
  const own = sorted(genuine.scores)
  const others = sorted(impostor.scores)
  const caught = Float64Array.from(impostor.scores, (score) => placement(own, score))
  const spared = Float64Array.from(genuine.scores, (score) => 1 - placement(others, score))
  const value = caught.reduce((sum, each) => sum + each, 0) / m
  const a = sumsOf(impostor.subjects, caught, value)
  const b = sumsOf(genuine.subjects, spared, value)
  let cross = 0
  for (const [subject, sum] of a) cross += sum * (b.get(subject) ?? 0)
  const all = new Set([...a.keys(), ...b.keys()]).size
  const share = (clusters: number): number => (clusters > 1 ? clusters / (clusters - 1) : 1)
  const variance =
    (share(a.size) * squares(a)) / (m * m) +
    (share(b.size) * squares(b)) / (n * n) +
    (2 * share(all) * cross) / (m * n)
  const wide = z95 * Math.sqrt(Math.max(0, variance))
  return { value, low: Math.max(0, value - wide), high: Math.min(1, value + wide) }
}

/**
 * A rate over all attempts with a 95 % interval clustered by subject: the ratio of two totals, by linearisation.
 *
 * @param hits of each subject  @param totals attempts of each subject
 */
export function clusteredRate(hits: ArrayLike<number>, totals: ArrayLike<number>): Estimate {
  let hit = 0
  let total = 0
  let clusters = 0
  for (let i = 0; i < totals.length; i += 1) {
    if (totals[i]! === 0) continue
    hit += hits[i]!
    total += totals[i]!
    clusters += 1
  }
  if (total === 0) return { value: NaN, low: NaN, high: NaN }
  const value = hit / total
  let sum = 0
  for (let i = 0; i < totals.length; i += 1) sum += (hits[i]! - value * totals[i]!) ** 2
  const wide = clusters < 2 ? 1 : (z95 * Math.sqrt((clusters / (clusters - 1)) * sum)) / total
  return { value, low: Math.max(0, value - wide), high: Math.min(1, value + wide) }
}
