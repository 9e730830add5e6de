import { tierNats } from '@newel/engine'
import { features, type Learned } from './login-models.ts'

/** Weights of the reference, in the order of {@link levels}; tuned by its authors on Norwegian logins. */
export const referenceWeights: readonly number[] = [
  0.6, 0.3, 0.1, 0.5386653840551359, 0.2680451498625666, 0.18818295100109536, 0.0051065150812021525,
]

/**
 * The model of Freeman et al. (NDSS 2016, doi 10.14722/ndss.2016.23240, equation 7 without attack data), computed beside our
 * own in `newel evaluate logins`. Its score is the raw ratio `Π_k p(x_k) / p(x_k | u) · p(u|A) / p(u|L)`, 0 to infinity.
 *
 * As Wiefling's reference computes it (github.com/das-group/rba-algorithm): p(x) = Σ_h w_h · p(h); only the finest level of the
 * global term is smoothed, with M counted up from the coarsest level; a subject's term of 0 becomes a quarter of the global.
 * The notebook also scales the smoothed level by how often that very value was seen at all times, the future included: left out.
 */
export function freeman({ logins: total, subjects, own, values, counts, distinct }: Learned): number {
  let ratio = 1
  let first = 0
  for (const feature of features) {
    let everybody = 0
    let subject = 0
    for (let i = first; i < first + feature.length; i += 1) {
      const weight = referenceWeights[i]!
      const count = counts[i]!
      if (i === first) {
        // M of the coarsest level is 1, and each finer one adds the values of the level above it.
        const m = distinct.slice(first + 1, first + feature.length).reduce((sum, each) => sum + each, 1)
        everybody += weight * (count > 0 ? (count / total) * (1 - m / (total + m)) : 1 / (total + m))
      } else everybody += weight * (count / total)
      subject += (weight * own.count((value) => value(i) === values[i])) / own.total
    }
    ratio *= everybody / (subject === 0 ? everybody / 4 : subject)
    first += feature.length
  }
  return ratio * (1 / subjects / (own.total / total))
}

/**
 * The same in chains: country; operator given the country; address given the operator; and the client likewise, coarsest first.
 * The others' side is smoothed with M = the number of values seen below the coarser one; the subject's side as `tierNats` of the
 * engine does. Without p(u|A) / p(u|L): how often somebody signs in is no evidence of who it is. 0 to infinity.
 */
export function freemanChained({ own, values, chains }: Learned): number {
  let nats = 0
  for (const steps of chains) {
    for (const [tier, { column, total, distinct, count }] of steps.entries()) {
      const given = steps.slice(0, tier)
      const passes = (value: (at: number) => number): boolean =>
        given.every((coarser) => value(coarser.column) === values[coarser.column])
      const m = Math.max(1, distinct)
      const others = count > 0 ? (count / total) * (1 - m / (total + m)) : 1 / (total + m)
      nats += tierNats(
        {
          count: own.count((value) => passes(value) && value(column) === values[column]),
          total: own.count(passes),
          distinct: own.distinct(column, passes),
        },
        others,
      )
    }
  }
  return Math.exp(nats)
}
