import type { EventRow, OutboxRow } from '@newel/engine'
import { boolean, integer, optional, real, table, text } from '../columns.ts'
import type { Tenanted } from './members.ts'

/** What is learned, delivered and counted after answers. */
export const workTables = {
  /** `due`: to be folded and not folded yet. */
  events: table<EventRow & { readonly due: boolean }>({
    tenant: text,
    id: text,
    subject: optional(text),
    assessment: optional(text),
    type: text,
    body: text,
    atMs: integer,
    folds: boolean,
    dedupe: optional(text),
    due: boolean,
  }),
  outbox: table<OutboxRow & { readonly tries: number }>({
    tenant: text,
    id: text,
    kind: text,
    subject: optional(text),
    body: text,
    dueAtMs: integer,
    tries: integer,
  }),
  /** See `decay.ts` for what `epoch` and `value` say, `crowd.ts` for the rest. */
  counters: table<
    Tenanted & {
      readonly key: string
      readonly epoch: number
      readonly value: number
      readonly span: number
      readonly failed: number
      readonly failedBefore: number
      readonly passed: number
      readonly passedBefore: number
    }
  >({
    tenant: text,
    key: text,
    epoch: integer,
    value: real,
    span: integer,
    failed: integer,
    failedBefore: integer,
    passed: integer,
    passedBefore: integer,
  }),
}
