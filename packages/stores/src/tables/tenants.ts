import type { KeyRow, TenantRow } from '@newel/engine'
import { blob, integer, oneOf, optional, table, text } from '../columns.ts'
import type { Tenanted } from './members.ts'

/** Tenants, with their policies and keys. */
export const tenantTables = {
  tenants: table<Omit<TenantRow, 'keys'>>({
    tenant: text,
    revision: integer,
    config: text,
    policyVersion: text,
    policy: text,
    modelVersion: text,
    model: text,
    backgroundVersion: text,
    background: optional(blob),
  }),
  policies: table<Tenanted & { readonly version: string; readonly policy: string; readonly atMs: number }>({
    tenant: text,
    version: text,
    policy: text,
    atMs: integer,
  }),
  tenant_keys: table<KeyRow>({
    tenant: text,
    purpose: oneOf(),
    epoch: integer,
    kid: text,
    sealed: blob,
    publicJwk: optional(text),
    createdAtMs: integer,
    signsFromMs: integer,
    retiredAtMs: optional(integer),
  }),
}
