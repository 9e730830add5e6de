import type { CounterMark, CounterRow } from '@newel/engine'
import { bitOf, crowdAt, markCrowd, nobody, spanAt } from './crowd.ts'
import { addOne, oneAt, valueAt } from './decay.ts'
import type { RowOf } from './tables.ts'

type Stored = Omit<RowOf<'counters'>, 'tenant' | 'key'>

/** One that adds one and marks nobody. */
export const countOne = (key: string): CounterMark => ({ key, adds: 1 })

/** A counter after a mark; the SQL of `sql/counters.ts` says the same. */
export function moveCounter(held: Stored | undefined, mark: CounterMark, nowMs: number): Stored {
  const one = oneAt(nowMs)
  const span = spanAt(nowMs)
  const heldSpan = held?.span ?? span
  const failed = markCrowd(failedOf(held), heldSpan, bitOf(mark.failed), span)
  const passed = markCrowd(passedOf(held), heldSpan, bitOf(mark.passed), span)
  return {
    ...addOne(held, { epoch: one.epoch, value: mark.adds * one.value }),
    span: Math.max(span, heldSpan),
    failed: failed.now,
    failedBefore: failed.before,
    passed: passed.now,
    passedBefore: passed.before,
  }
}

const failedOf = (held: Stored | undefined) =>
  held === undefined ? nobody : { now: held.failed, before: held.failedBefore }
const passedOf = (held: Stored | undefined) =>
  held === undefined ? nobody : { now: held.passed, before: held.passedBefore }

/** A counter as of now. */
export const readCounter = (row: Stored & { readonly key: string }, nowMs: number): CounterRow => ({
  key: row.key,
  value: valueAt(row, nowMs),
  failed: crowdAt(failedOf(row), row.span, nowMs),
  passed: crowdAt(passedOf(row), row.span, nowMs),
  atMs: nowMs,
})
