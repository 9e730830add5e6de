import type { CounterRow } from '@newel/engine'
import { carry, oneAt, valueAt } from '../decay.ts'
import type { StoredRecord } from './driver.ts'
import { byCount, keyed, query, type Bind, type Keyed, type Statement } from './statement.ts'
import { tables } from '../tables.ts'

const addTo = byCount((names) =>
  query<Keyed>((db, p) =>
    db
      .insertInto('counters')
      .values(
        names.map((name) => ({
          tenant: p['tenant'] as string,
          key: p[name] as string,
          epoch: p['epoch'] as number,
          value: p['value'] as number,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'key']).doUpdateSet((eb) => {
          const held = { epoch: eb.ref('counters.epoch'), value: eb.ref('counters.value') }
          const one = { epoch: eb.ref('excluded.epoch'), value: eb.ref('excluded.value') }
          const factor = p['carry'] as number
          const later = eb(one.epoch, '>', held.epoch)
          return {
            value: eb
              .case()
              .when(one.epoch, '=', held.epoch)
              .then(eb(held.value, '+', one.value))
              .when(eb(eb(one.epoch, '-', held.epoch), '=', eb.lit(1)))
              .then(eb(eb(held.value, '*', factor), '+', one.value))
              .when(later)
              .then(one.value)
              .when(eb(eb(held.epoch, '-', one.epoch), '=', eb.lit(1)))
              .then(eb(held.value, '+', eb(one.value, '*', factor)))
              .else(held.value)
              .end(),
            epoch: eb.case().when(later).then(one.epoch).else(held.epoch).end(),
          }
        }),
      ),
  ),
)

/** Adds one to each of these keys, in their order: calls that touch the same ones cannot wait for each other in a circle. */
export function addToCounters(
  bind: Bind,
  tenant: string,
  keys: readonly string[],
  nowMs: number,
): Statement | undefined {
  const sorted = [...new Set(keys)].sort()
  if (sorted.length === 0) return undefined
  return bind(addTo(sorted.length), keyed(sorted, { tenant, carry, ...oneAt(nowMs) }))
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
      )
      .orderBy('key'),
  ),
)

export function readCounters(bind: Bind, tenant: string, keys: readonly string[]): Statement | undefined {
  if (keys.length === 0) return undefined
  return bind(readKeys(keys.length), keyed(keys, { tenant }))
}

export function toCounter(stored: StoredRecord, nowMs: number): CounterRow {
  const row = tables.counters.decode(stored)
  return { key: row.key, value: valueAt(row, nowMs), atMs: nowMs }
}
