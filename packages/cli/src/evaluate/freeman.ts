import { tierNats } from '@newel/engine'
import { createHistories, createInterner, features, levels } from './login-models.ts'
import type { LoginModel, ModelLogin } from './login-models.ts'

export interface FreemanOptions {
  /**
   * `mixed`, the default: the levels of a feature mixed by weights, as the reference does it. `chained`: each level given the
   * coarser one, and the subject's side smoothed, as our own engine does it.
   */
  readonly form?: 'mixed' | 'chained'
}

/** Weights of the reference, in the order of {@link levels}; tuned by its authors on Norwegian logins. */
export const referenceWeights: readonly number[] = [
  0.6, 0.3, 0.1, 0.5386653840551359, 0.2680451498625666, 0.18818295100109536, 0.0051065150812021525,
]

const textOf = (login: ModelLogin, level: (typeof levels)[number]): string => String(login[level] ?? '')

/**
 * The model of Freeman et al. (NDSS 2016, doi 10.14722/ndss.2016.23240, equation 7 without attack data), computed beside our
 * own in `newel evaluate logins`. Its score is the raw ratio `Π_k p(x_k) / p(x_k | u) · p(u|A) / p(u|L)`, 0 to infinity.
 */
export function createFreeman({ form = 'mixed' }: FreemanOptions = {}): LoginModel {
  return form === 'mixed' ? createMixed() : createChained()
}

/**
 * As Wiefling's reference computes it (github.com/das-group/rba-algorithm): p(x) = Σ_h w_h · p(h); only the finest level of the
 * global term is smoothed, with M counted up from the coarsest level; a subject's term of 0 becomes a quarter of the global.
 * The notebook also scales the smoothed level by how often that very value was seen at all times, the future included: left out.
 */
function createMixed(): LoginModel {
  const intern = levels.map(createInterner)
  const counts: number[][] = levels.map(() => [])
  const histories = createHistories(levels.length)
  const subjects = new Set<string>()
  let total = 0

  const valuesOf = (login: ModelLogin): number[] => levels.map((level, i) => intern[i]!(textOf(login, level)))

  /** Different values of each level. */
  const distinct: number[] = levels.map(() => 0)

  return {
    score(login) {
      const own = histories.total(login.subject)
      if (own === 0) return undefined
      const values = valuesOf(login)
      let ratio = 1
      let first = 0
      for (const feature of features) {
        let everybody = 0
        let subject = 0
        for (let i = first; i < first + feature.length; i += 1) {
          const weight = referenceWeights[i]!
          const count = counts[i]![values[i]!] ?? 0
          if (i === first) {
            // M of the coarsest level is 1, and each finer one adds the values of the level above it.
            const m = distinct.slice(first + 1, first + feature.length).reduce((sum, each) => sum + each, 1)
            everybody += weight * (count > 0 ? (count / total) * (1 - m / (total + m)) : 1 / (total + m))
          } else everybody += weight * (count / total)
          subject += (weight * histories.count(login.subject, (value) => value(i) === values[i])) / own
        }
        ratio *= everybody / (subject === 0 ? everybody / 4 : subject)
        first += feature.length
      }
      return ratio * (1 / subjects.size / (own / total))
    },
    learn(login) {
      const values = valuesOf(login)
      for (const [i, value] of values.entries()) {
        const before = counts[i]![value] ?? 0
        if (before === 0) distinct[i]! += 1
        counts[i]![value] = before + 1
      }
      histories.add(login.subject, values)
      subjects.add(login.subject)
      total += 1
    },
  }
}

/** Counts of paths: how often each was seen, and how many values were seen below it. */
interface Chain {
  readonly columns: readonly number[]
  readonly seen: Map<string, number>
  readonly below: Map<string, number>
}

/**
 * Country; operator given the country; address given the operator; and the client likewise, coarsest first. The others' side
 * is smoothed with M = the number of values seen below the coarser one; the subject's side as `tierNats` of the engine does.
 * Without p(u|A) / p(u|L): how often somebody signs in is no evidence of who it is.
 */
function createChained(): LoginModel {
  const intern = levels.map(createInterner)
  const histories = createHistories(levels.length)
  let start = 0
  const chains: readonly Chain[] = features.map((feature) => {
    const columns = feature.map((_, i) => start + i).reverse()
    start += feature.length
    return { columns, seen: new Map(), below: new Map() }
  })
  const valuesOf = (login: ModelLogin): number[] => levels.map((level, i) => intern[i]!(textOf(login, level)))

  return {
    score(login) {
      if (histories.total(login.subject) === 0) return undefined
      const values = valuesOf(login)
      let nats = 0
      for (const { columns, seen, below } of chains) {
        let path = ''
        for (const [tier, column] of columns.entries()) {
          const given = columns.slice(0, tier)
          const passes = (value: (at: number) => number): boolean =>
            given.every((at) => value(at) === values[at])
          const total = seen.get(path) ?? 0
          const m = Math.max(1, below.get(path) ?? 0)
          path += `/${values[column]!}`
          const count = seen.get(path) ?? 0
          const others = count > 0 ? (count / total) * (1 - m / (total + m)) : 1 / (total + m)
          const own = {
            count: histories.count(
              login.subject,
              (value) => passes(value) && value(column) === values[column],
            ),
            total: histories.count(login.subject, passes),
            distinct: histories.distinct(login.subject, column, passes),
          }
          nats += tierNats(own, others)
        }
      }
      return Math.exp(nats)
    },
    learn(login) {
      const values = valuesOf(login)
      for (const { columns, seen, below } of chains) {
        let path = ''
        seen.set(path, (seen.get(path) ?? 0) + 1)
        for (const column of columns) {
          const parent = path
          path += `/${values[column]!}`
          const before = seen.get(path) ?? 0
          if (before === 0) below.set(parent, (below.get(parent) ?? 0) + 1)
          seen.set(path, before + 1)
        }
      }
      histories.add(login.subject, values)
    },
  }
}
