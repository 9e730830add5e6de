import { seededRandom } from '@newel/testkit'

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

const resamples = 2000
const seed = 20090629

/** The value that a share of the sorted ones lies below, linear between neighbours. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!)
}

/**
 * A statistic with its 95 % percentile interval from a bootstrap over subjects: one's attempts hang together, so whole
 * subjects are drawn. Seeded: the same clusters give the same interval.
 *
 * @param clusters what each subject contributes
 */
export function clusterInterval<T>(
  clusters: readonly T[],
  statistic: (drawn: readonly T[]) => number,
  draws = resamples,
): Estimate {
  const random = seededRandom(seed)
  const values = Float64Array.from({ length: draws }, () =>
    statistic(clusters.map(() => clusters[random.below(clusters.length)]!)),
  ).sort()
  return { value: statistic(clusters), low: quantile(values, 0.025), high: quantile(values, 0.975) }
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
/** With n − 1, as the published tables have it. */
export const deviation = (values: readonly number[]): number => {
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}
