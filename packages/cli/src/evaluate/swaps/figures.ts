import type { DecisionOutput, Facts } from '@newel/engine'
import { clusteredRate } from '../metrics/auc.ts'
import { quantile, type Estimate } from '../metrics/interval.ts'
import { matches, type Match } from './pool.ts'

export interface SwapRow {
  readonly match: Match
  readonly swaps: number
  readonly subjects: number
  /** Somebody else’s session, allowed without a question: the miss. */
  readonly letIn: Estimate
  readonly refused: Estimate
  /** Evidence in nats. */
  readonly medianNats: number
}

export interface Swaps {
  count(match: Match, subject: string, decision: DecisionOutput): void
  rows(): readonly SwapRow[]
}

const weekMs = 7 * 86_400_000

/** The facts of a session as if it came next: at the same hour of the week, with nothing failed before it. */
export function movedTo({ nowMs, ...facts }: Facts, afterMs: number): Facts {
  const weeks = Math.ceil((afterMs - nowMs) / weekMs)
  const { subjectFailures: _s, deviceFailures: _d, prefixFailures: _p, ...others } = facts.counters
  return {
    ...facts,
    nowMs: nowMs + weeks * weekMs,
    counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0, ...others },
  }
}

export function createSwaps(): Swaps {
  const found = new Map(
    matches.map((match) => [
      match,
      { nats: [] as number[], by: new Map<string, { total: number; letIn: number; refused: number }>() },
    ]),
  )
  return {
    count(match, subject, { decision, nats }) {
      const level = found.get(match)!
      level.nats.push(nats)
      const counts = level.by.get(subject) ?? { total: 0, letIn: 0, refused: 0 }
      counts.total += 1
      if (decision === 'allow') counts.letIn += 1
      if (decision === 'deny') counts.refused += 1
      level.by.set(subject, counts)
    },
    rows: () =>
      matches.map((match) => {
        const { nats, by } = found.get(match)!
        const counts = [...by.values()]
        const rate = (of: 'letIn' | 'refused') =>
          clusteredRate(
            counts.map((each) => each[of]),
            counts.map(({ total }) => total),
          )
        return {
          match,
          swaps: nats.length,
          subjects: by.size,
          letIn: rate('letIn'),
          refused: rate('refused'),
          medianNats: nats.length === 0 ? NaN : quantile(Float64Array.from(nats).sort(), 0.5),
        }
      }),
  }
}
