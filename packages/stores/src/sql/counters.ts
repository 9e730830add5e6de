import type { CounterMark, CounterRow } from '@newel/engine'
import { sql as template, type ExpressionBuilder } from 'kysely'
import { readCounter } from '../counter.ts'
import { bitOf, spanAt } from '../crowd.ts'
import { carry, oneAt } from '../decay.ts'
import type { Database } from './database.ts'
import type { StoredRecord } from './driver.ts'
import { byCount, keyed, query, type Bind, type Keyed, type Statement } from './statement.ts'
import { tables } from '../tables.ts'

type Upsert = ExpressionBuilder<Database & { excluded: Database['counters'] }, 'counters' | 'excluded'>

/** `decay.ts` in SQL. */
function decayed(eb: Upsert, factor: number) {
  const held = { epoch: eb.ref('counters.epoch'), value: eb.ref('counters.value') }
  const more = { epoch: eb.ref('excluded.epoch'), value: eb.ref('excluded.value') }
  const later = eb(more.epoch, '>', held.epoch)
  return {
    value: eb
      .case()
      .when(more.epoch, '=', held.epoch)
      .then(eb(held.value, '+', more.value))
      .when(eb(eb(more.epoch, '-', held.epoch), '=', eb.lit(1)))
      .then(eb(eb(held.value, '*', factor), '+', more.value))
      .when(later)
      .then(more.value)
      .when(eb(eb(held.epoch, '-', more.epoch), '=', eb.lit(1)))
      .then(eb(held.value, '+', eb(more.value, '*', factor)))
      .else(held.value)
      .end(),
    epoch: eb.case().when(later).then(more.epoch).else(held.epoch).end(),
  }
}

/** `crowd.ts` in SQL, for those that failed or those that passed. */
function marked(eb: Upsert, now: 'failed' | 'passed', before: 'failed_before' | 'passed_before') {
  const spans = eb(eb.ref('excluded.span'), '-', eb.ref('counters.span'))
  const [held, heldBefore] = [eb.ref(`counters.${now}`), eb.ref(`counters.${before}`)]
  const bits = eb.ref(`excluded.${now}`)
  const either = (a: typeof held) => template<number>`${a} | ${bits}`
  return {
    [now]: eb
      .case()
      .when(eb(spans, '=', eb.lit(0)))
      .then(either(held))
      .when(eb(spans, '>', eb.lit(0)))
      .then(bits)
      .else(held)
      .end(),
    [before]: eb
      .case()
      .when(eb(spans, '=', eb.lit(1)))
      .then(held)
      .when(eb(spans, '>', eb.lit(1)))
      .then(eb.lit(0))
      .when(eb(spans, '=', eb.lit(-1)))
      .then(either(heldBefore))
      .else(heldBefore)
      .end(),
  }
}

const moveCounters = byCount((names) =>
  query<Keyed>((db, p) =>
    db
      .insertInto('counters')
      .values(
        names.map((name) => ({
          tenant: p['tenant'] as string,
          key: p[name] as string,
          epoch: p['epoch'] as number,
          value: p[`${name}_value`] as number,
          span: p['span'] as number,
          failed: p[`${name}_failed`] as number,
          failed_before: 0,
          passed: p[`${name}_passed`] as number,
          passed_before: 0,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'key']).doUpdateSet((eb) => {
          const span = { ours: eb.ref('excluded.span'), held: eb.ref('counters.span') }
          return {
            ...decayed(eb, p['carry'] as number),
            ...marked(eb, 'failed', 'failed_before'),
            ...marked(eb, 'passed', 'passed_before'),
            span: eb.case().when(span.ours, '>', span.held).then(span.ours).else(span.held).end(),
          }
        }),
      ),
  ),
)

/** Moves each key once, in the order of keys: calls that touch the same ones cannot wait for each other in a circle. */
export function addToCounters(
  bind: Bind,
  tenant: string,
  marks: readonly CounterMark[],
  nowMs: number,
): Statement | undefined {
  const byKey = new Map(marks.map((mark) => [mark.key, mark]))
  const sorted = [...byKey.keys()].sort()
  if (sorted.length === 0) return undefined
  const { epoch, value } = oneAt(nowMs)
  const moves = sorted.flatMap((key, index): [string, number][] => {
    const { adds, failed, passed } = byKey.get(key)!
    return [
      [`key${index}_value`, adds * value],
      [`key${index}_failed`, bitOf(failed)],
      [`key${index}_passed`, bitOf(passed)],
    ]
  })
  const values: Keyed = { tenant, carry, epoch, span: spanAt(nowMs), ...Object.fromEntries(moves) }
  return bind(moveCounters(sorted.length), keyed(sorted, values))
}

const readKeys = byCount((names) =>
  query<Keyed>((db, p) =>
    db
      .selectFrom('counters')
      .selectAll()
      .where('tenant', '=', p['tenant'] as string)
      .where(
        'key',
        'in',
        names.map((name) => p[name] as string),
      ),
  ),
)

export function readCounters(bind: Bind, tenant: string, keys: readonly string[]): Statement | undefined {
  if (keys.length === 0) return undefined
  return bind(readKeys(keys.length), keyed(keys, { tenant }))
}

export const toCounter = (stored: StoredRecord, nowMs: number): CounterRow =>
  readCounter(tables.counters.decode(stored), nowMs)
