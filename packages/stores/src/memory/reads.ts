import type { AuthenticatorRow, EventRow, Grant, OpRow } from '@newel/engine'
import { atMost } from '../bounds.ts'
import { compact } from '../columns.ts'
import type { RowOf } from '../tables.ts'
import type { Memory } from './tables.ts'

type Comparable = string | number

/** Sorts by what `by` gives, one after the other. */
export const sorted = <Row>(rows: readonly Row[], by: (row: Row) => readonly Comparable[]): readonly Row[] =>
  [...rows].sort((a, b) => {
    const left = by(a)
    const right = by(b)
    for (const [index, value] of left.entries()) {
      const other = right[index]!
      if (value !== other) return value < other ? -1 : 1
    }
    return 0
  })

/** Newest first, by id: ids sort by time. */
export const newest = <Row extends { readonly id: string }>(
  rows: readonly Row[],
  limit: number,
): readonly Row[] => [...rows].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit)

export function readOp(
  memory: Memory,
  tenant: string,
  route: string,
  op: string | undefined,
): OpRow | undefined {
  const row = op === undefined ? undefined : memory.ops.find(tenant, op, route)
  if (row === undefined) return undefined
  const { tenant: _tenant, subject: _subject, ...rest } = row
  return rest
}

/** Serving ones first, then those removed after `since`. */
export function readAuthenticators(
  memory: Memory,
  tenant: string,
  subject: string,
  since: number,
): readonly AuthenticatorRow[] {
  const seen = memory.authenticators
    .group('subject', tenant, subject)
    .filter(({ removedAtMs }) => removedAtMs === undefined || removedAtMs > since)
  const attempts = sorted(memory.attempts.group('subject', tenant, subject), ({ atMs, number }) => [
    -atMs,
    -number,
  ])
  return sorted(seen, ({ removedAtMs, id }) => [removedAtMs === undefined ? 0 : 1, id])
    .slice(0, atMost.authenticators)
    .map((row) => ({
      ...row,
      recentFailuresMs: attempts
        .filter(({ authenticator }) => authenticator === row.id)
        .slice(0, atMost.recentFailures)
        .map(({ atMs }) => atMs),
    }))
}

export const toGrant = ({ tenant: _t, subject: _s, assessment: _a, ...grant }: RowOf<'grants'>): Grant =>
  compact(grant)

export const readGrants = (memory: Memory, tenant: string, subject: string): readonly Grant[] =>
  newest(
    memory.grants.group('subject', tenant, subject).filter(({ revokedAtMs }) => revokedAtMs === undefined),
    atMost.grants,
  ).map(toGrant)

export const toEvent = ({ due: _, ...event }: RowOf<'events'>): EventRow => event

export const readDue = (
  memory: Memory,
  tenant: string,
  subject: string,
  limit: number,
): readonly EventRow[] =>
  sorted(
    memory.events.group('subject', tenant, subject).filter(({ due }) => due),
    ({ id }) => [id],
  )
    .slice(0, limit)
    .map(toEvent)
