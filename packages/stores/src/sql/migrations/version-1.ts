import type { Migration, SchemaBuilder } from './define.ts'
import { decisions } from './version-1/decisions.ts'
import { people } from './version-1/people.ts'

const tenant = 'text' as const

/**
 * The first schema. Large append-only tables have no index but their key and (tenant, subject, id); what expires has one
 * more by the time it does. On Postgres the large ones are not partitioned: partitions ahead of time would need somebody,
 * or a server with the right to change the schema, to make them every month, and small deletes by key need neither.
 */
export const version1: Migration = {
  version: 1,
  minReader: 1,
  statements: (schema) => [...server(schema), ...people(schema), ...decisions(schema)],
}

/** The server's own tables, and what it keeps of calls. */
const server = ({ table, index }: SchemaBuilder): readonly string[] => [
  table('schema', { id: 'integer', version: 'integer', min_reader: 'integer' }, ['id']),
  table('guards', { held: 'integer' }, []),

  table(
    'tenants',
    {
      tenant,
      revision: 'integer',
      config: 'text',
      policy_version: 'text',
      policy: 'text',
      model_version: 'text',
      model: 'text',
      background_version: 'text',
      background: 'blob?',
    },
    ['tenant'],
  ),
  table('policies', { tenant, version: 'text', policy: 'text', at_ms: 'integer' }, ['tenant', 'version']),
  table(
    'tenant_keys',
    {
      tenant,
      purpose: 'text',
      epoch: 'integer',
      kid: 'text',
      sealed: 'blob',
      public_jwk: 'text?',
      created_at_ms: 'integer',
      signs_from_ms: 'integer',
      retired_at_ms: 'integer?',
    },
    ['tenant', 'purpose', 'epoch'],
  ),

  table(
    'envelopes',
    {
      tenant,
      digest: 'text',
      jkt: 'text',
      visit: 'text',
      body: 'text',
      receipt: 'text',
      at_ms: 'integer',
      expires_at_ms: 'integer',
    },
    ['tenant', 'digest'],
  ),
  index('envelopes', ['tenant', 'jkt', 'at_ms']),
  index('envelopes', ['expires_at_ms']),
  table('used_proofs', { tenant, key: 'text', expires_at_ms: 'integer' }, ['tenant', 'key'], 'compact'),
  index('used_proofs', ['expires_at_ms']),
  table(
    'ops',
    {
      tenant,
      route: 'text',
      op: 'text',
      digest: 'text',
      status: 'integer',
      response: 'text',
      expires_at_ms: 'integer',
      subject: 'text?',
    },
    ['tenant', 'op', 'route'],
  ),
  // The answer to an assessment is found through it: an index of subjects costs a changed page for each row.
  index('ops', ['tenant', 'subject'], { where: 'subject is not null' }),
  index('ops', ['expires_at_ms']),
]
