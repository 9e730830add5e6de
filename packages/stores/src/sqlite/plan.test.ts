import type { Store } from '@newel/engine'
import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqlStore } from '../sql/store.ts'
import type { Statement } from '../sql/statement.ts'
import { openSqlite } from './driver.ts'

const tenant = 't'
const id = { tenant, id: 'c' }
const person = { tenant, subject: 's' }
const op = { route: 'r', op: 'o' }

/** A call of each method that reads, and of those that find rows to change. */
const calls: Record<string, (store: Store) => Promise<unknown>> = {
  readTenant: (store) => store.readTenant(tenant),
  loadAssessment: (store) =>
    store.loadAssessment({
      ...person,
      ...op,
      session: 'n',
      jkt: 'j',
      visit: 'v',
      receipt: 'r',
      proof: 'p',
      openKey: 'k',
      counters: ['a', 'b'],
      spends: true,
      nowMs: 1,
    }),
  seeSession: (store) => store.seeSession(tenant, 's', 'n', 1),
  loadChallenge: (store) => store.loadChallenge({ ...id, ...op, proof: 'p', nowMs: 1 }),
  loadConsume: (store) => store.loadConsume({ tenant, ...op, jti: 'j', proof: 'p', challenge: 'c' }),
  loadSubject: (store) => store.loadSubject({ ...person, ...op }),
  loadFold: (store) => store.loadFold(tenant, 's'),
  dueFolds: (store) => store.dueFolds(1, 1),
  readAssessment: (store) => store.readAssessment(tenant, 'a', { route: 'r', op: 'o' }),
  listAssessments: (store) => store.listAssessments({ tenant, limit: 1 }),
  listAssessmentsOfSubject: (store) => store.listAssessments({ ...person, limit: 1 }),
  exportSubject: (store) => store.exportSubject(tenant, 's'),
  eraseSubject: (store) => store.eraseSubject(tenant, 's'),
  leaseOutbox: (store) => store.leaseOutbox(1, 1, 2),
  purge: (store) => store.purge({ nowMs: 1, assessmentsBeforeMs: 1, eventsBeforeMs: 1, limit: 1 }),
  learn: (store) =>
    store.learn({ ...person, fromVersion: 0, profile: new Uint8Array(1), events: ['e'], nowMs: 1 }),
  recordPass: (store) =>
    store.recordPass({
      ...id,
      subject: 's',
      op: { ...op, digest: 'd', status: 200, response: '{}', expiresAtMs: 1 },
      grant: undefined,
      assurance: { acr: 'phr', authTimeMs: 1 },
      authenticator: { id: 'a', expectedCounter: 0, counter: 1, data: '{}', confirms: { holdUntilMs: 1 } },
      enrolled: undefined,
      meets: { jkt: 'j', acr: 'phr' },
      event: undefined,
      outbox: [],
      nowMs: 1,
    }),
  recordEvent: (store) =>
    store.recordEvent({
      tenant,
      op: { ...op, digest: 'd', status: 200, response: '{}', expiresAtMs: 1 },
      event: { ...person, id: 'e', type: 't', body: '{}', atMs: 1, folds: false, dedupe: undefined },
      renews: { from: 'a', to: 'b' },
      nowMs: 1,
    }),
  recordLabel: (store) =>
    store.recordLabel({
      ...person,
      op: { ...op, op: 'l', digest: 'd', status: 200, response: '{}', expiresAtMs: 1 },
      event: { ...person, id: 'l', type: 't', body: '{}', atMs: 1, folds: false, dedupe: undefined },
      revokesGrantsOf: 'a',
      nowMs: 1,
    }),
  revokeDevice: (store) =>
    store.revokeDevice({
      ...person,
      jkt: 'j',
      event: { ...person, id: 'r', type: 't', body: '{}', atMs: 1, folds: false, dedupe: undefined },
      nowMs: 1,
    }),
  recordEnvelope: (store) =>
    store.recordEnvelope(
      { tenant, digest: 'd', jkt: 'j', visit: 'v', body: '{}', receipt: '{}', atMs: 1, expiresAtMs: 1 },
      { key: 'k', expiresAtMs: 1 },
      8,
    ),
}

/**
 * Lookups that may go by the tenant alone or over a whole index: a tenant's own keys, the latest of a tenant, the queue of
 * what is due (the index holds nothing else), one range of old ids for each tenant, and the nine sessions that another part of
 * the query found.
 */
const wide = [
  /^SEARCH tenants USING (COVERING )?INDEX sqlite_autoindex_tenants_1 \(tenant=\?\)$/,
  /^SEARCH tenant_keys USING INDEX sqlite_autoindex_tenant_keys_1 \(tenant=\?\)$/,
  /^SEARCH assessments USING INDEX sqlite_autoindex_assessments_1 \(tenant=\?\)$/,
  /^SCAN events USING INDEX events_by_subject_id_some$/,
  /^SEARCH \w+ USING COVERING INDEX sqlite_autoindex_\w+_1 \(tenant=\? AND id<\?\)$/,
  /^SEARCH \w+ USING (COVERING )?INDEX \w+ \((expires_at_ms|until_ms|at_ms|auth_time_ms|started_at_ms|due_at_ms|epoch)<\?\)$/,
  /^SEARCH authenticators USING INDEX authenticators_by_removed_at_ms_some \(removed_at_ms>\? AND removed_at_ms<\?\)$/,
  /^SCAN tenants USING COVERING INDEX sqlite_autoindex_tenants_1$/,
  /^SCAN used$/,
]
const byTwoColumns = /^SEARCH .*\(\w+=\? AND \w+=\?.*\)$/

let directory: string
let db: DatabaseSync
let store: Store
const seen: Statement[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'newel-plan-'))
  const path = join(directory, 'newel.db')
  const driver = openSqlite({ path })
  store = sqlStore({
    ...driver,
    read: (selects) => {
      seen.push(...selects)
      return driver.read(selects)
    },
    write: (statements) => {
      seen.push(...statements)
      return driver.write(statements)
    },
  })
  await store.migrate()
  db = new DatabaseSync(path)
})

afterAll(async () => {
  db.close()
  await store.close()
  rmSync(directory, { recursive: true })
})

describe('lookups in SQLite', () => {
  it.each(Object.keys(calls))('%s finds its rows by an index, however many there are', async (name) => {
    seen.length = 0
    await calls[name]!(store)
    expect(seen.length).toBeGreaterThan(0)
    const steps = seen.flatMap(({ sql, values }) =>
      db
        .prepare(`explain query plan ${sql}`)
        .all(...values)
        .map(({ detail }) => String(detail)),
    )
    const lookups = steps.filter((step) => /^(SEARCH|SCAN)/.test(step) && !/^SCAN CONSTANT ROW/.test(step))
    const slow = lookups.filter(
      (step) => !byTwoColumns.test(step) && !wide.some((allowed) => allowed.test(step)),
    )
    expect(slow).toEqual([])
  })

  it('reads bind no limit, which would prepare the statement anew each time', async () => {
    seen.length = 0
    for (const name of ['loadAssessment', 'loadChallenge', 'loadConsume', 'loadSubject', 'recordEnvelope']) {
      await calls[name]!(store)
    }
    expect(seen.filter(({ sql }) => sql.includes('limit ?'))).toEqual([])
  })
})
