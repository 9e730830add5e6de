import type { RowOf, TableName } from '../tables.ts'
import { memoryTable, refused, type Journal, type MemoryTable, type TableShape } from './table.ts'

/** Keys as the first migration of the SQL stores has them; groups stand for its indexes. */
const ofSubject = (row: { tenant: string; subject?: string | undefined }) =>
  row.subject === undefined ? undefined : [row.tenant, row.subject]
const ofTenant = (row: { tenant: string }) => [row.tenant]

const shapes: { readonly [N in TableName]: TableShape<RowOf<N>> } = {
  tenants: { key: ['tenant'] },
  policies: { key: ['tenant', 'version'] },
  tenant_keys: { key: ['tenant', 'purpose', 'epoch'], groups: { tenant: ofTenant } },
  envelopes: { key: ['tenant', 'digest'], groups: { jkt: ({ tenant, jkt }) => [tenant, jkt] } },
  used_proofs: { key: ['tenant', 'key'] },
  ops: {
    key: ['tenant', 'op', 'route'],
    groups: { subject: ofSubject, op: ({ tenant, op }) => [tenant, op] },
  },
  subjects: { key: ['tenant', 'subject'], groups: { subject: ofSubject } },
  authenticators: {
    key: ['tenant', 'id'],
    unique: {
      lookup: ({ tenant, method, lookup, removedAtMs }) =>
        removedAtMs === undefined ? [tenant, method, lookup] : undefined,
      destination: ({ tenant, subject, method, destination, removedAtMs }) =>
        removedAtMs === undefined && destination !== undefined
          ? [tenant, subject, method, destination]
          : undefined,
    },
    groups: { subject: ofSubject },
  },
  attempts: { key: ['tenant', 'authenticator', 'number'], groups: { subject: ofSubject } },
  sends: {
    key: ['tenant', 'key', 'number'],
    groups: { key: ({ tenant, key }) => [tenant, key], subject: ofSubject },
  },
  sessions: {
    key: ['tenant', 'session', 'subject'],
    groups: {
      subject: ofSubject,
      jkt: ({ tenant, jkt }) => (jkt === undefined ? undefined : [tenant, jkt]),
    },
  },
  assurances: {
    key: ['tenant', 'subject', 'session', 'jkt', 'acr', 'authTimeMs'],
    groups: { subject: ofSubject },
  },
  grants: { key: ['tenant', 'id'], groups: { subject: ofSubject } },
  demands: { key: ['tenant', 'subject', 'action', 'scope'], groups: { subject: ofSubject } },
  ties: { key: ['tenant', 'receipt'], groups: { subject: ofSubject } },
  assessments: { key: ['tenant', 'id'], groups: { subject: ofSubject, tenant: ofTenant } },
  events: {
    key: ['tenant', 'id'],
    unique: { dedupe: ({ tenant, dedupe }) => (dedupe === undefined ? undefined : [tenant, dedupe]) },
    groups: { subject: ofSubject, due: ({ due }) => (due ? [] : undefined) },
  },
  counters: { key: ['tenant', 'key'] },
  challenges: { key: ['tenant', 'id'], groups: { subject: ofSubject } },
  open_challenges: { key: ['tenant', 'openKey'], groups: { subject: ofSubject } },
  spends: { key: ['tenant', 'jti'], groups: { subject: ofSubject } },
  outbox: { key: ['tenant', 'id'], groups: { subject: ofSubject } },
}

type MemoryTables = { readonly [N in TableName]: MemoryTable<RowOf<N>> }

/** All tables, and the way to change several of them together. */
export interface Memory extends MemoryTables {
  /** Runs all of a change or none of it; `undefined` where it was refused. */
  readonly change: <T>(work: () => T) => T | undefined
}

export function createMemory(): Memory {
  const journal: Journal = []
  const tables = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, memoryTable(shape as TableShape<object>, journal)]),
  ) as unknown as MemoryTables
  return {
    ...tables,
    change: (work) => {
      try {
        return work()
      } catch (error) {
        for (const undo of journal.reverse()) undo()
        if (error === refused) return undefined
        throw error
      } finally {
        journal.length = 0
      }
    },
  }
}
