import { extractFeatures, foldProfile, type Facts, type OutcomeEvent, type Store } from '@newel/engine'
import { seededRandom } from '@newel/testkit'
import { population } from '@newel/testkit/population'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFactMaker } from '../logins/facts.ts'
import { policyFor } from '../logins/policy.ts'
import { createProgress } from '../logins/progress.ts'
import { decideOn } from '../logins/serve.ts'
import { movedTo } from './figures.ts'
import { swapsOfStore } from './from-database.ts'
import { swapsOfFile } from './from-file.ts'
import { createPool, matches } from './pool.ts'

const weekMs = 7 * 86_400_000
const policy = policyFor(undefined, 'sign-in')
const counters = { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-swaps-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function factsOf(subject: string, country: string, asn: number): Promise<Facts> {
  const make = await createFactMaker()
  const login = { ts_ms: Date.UTC(2026, 2, 3, 9), subject, ip: `192.0.2.${asn % 250}`, country, asn }
  return make({ ...login, user_agent: 'x', success: true, device_key: subject }, counters)
}

describe('a pool of sessions', () => {
  it('draws those of others that match, and none where only the subject’s own do', async () => {
    const pool = createPool(seededRandom(1))
    const own = { subject: 'a', facts: await factsOf('a', 'NO', 1) }
    pool.add(own)
    expect(matches.map((match) => pool.draw(match, own))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    const near = { subject: 'b', facts: await factsOf('b', 'NO', 1) }
    const abroad = { subject: 'c', facts: await factsOf('c', 'BR', 9) }
    pool.add(near)
    pool.add(abroad)
    expect(pool.draw('same country', own)).toBe(near)
    expect(pool.draw('same network and client', own)).toBe(near)
    expect([near, abroad]).toContain(pool.draw('any', own))
  })
  it('stays bounded, whatever comes', async () => {
    const pool = createPool(seededRandom(1))
    const facts = await factsOf('x', 'NO', 1)
    for (let i = 0; i < 5000; i += 1) pool.add({ subject: `s${i}`, facts })
    const seen = new Set<string>()
    for (let i = 0; i < 500; i += 1)
      seen.add(pool.draw('same network and client', { subject: 'x', facts })!.subject)
    expect(seen.size).toBeLessThanOrEqual(10)
    expect([...seen].some((subject) => Number(subject.slice(1)) > 1000)).toBe(true)
  })
})

it('a session is moved by whole weeks, so that its hour stays, and without what had failed before it', async () => {
  const facts = { ...(await factsOf('a', 'NO', 1)), counters: { ...counters, subjectFailures: 9 } }
  const moved = movedTo(facts, facts.nowMs + 3.2 * weekMs)
  expect(moved.nowMs - facts.nowMs).toBe(4 * weekMs)
  expect(moved.counters.subjectFailures).toBe(0)
})

describe('swaps', () => {
  it('of a file are at every degree of match, and nearly all are asked', async () => {
    const file = join(folder, 'made.ndjson')
    const logins = population({ seed: 4, subjects: 600, days: 90, observations: true })
    writeFileSync(file, [...logins].map((login) => JSON.stringify(login)).join('\n'))
    const { rows } = await swapsOfFile({
      file,
      policy,
      action: 'sign-in',
      methods: ['email'],
      learns: Infinity,
      passes: { genuine: 0.97, attacker: 0.02 },
      progress: createProgress({ isTTY: false, write: () => true }),
    })
    expect(rows.map(({ match }) => match)).toEqual(matches)
    for (const { swaps, letIn } of rows) {
      expect(swaps).toBeGreaterThan(50)
      expect(letIn.value).toBeLessThan(0.1)
    }
    expect(rows[0]!.medianNats).toBeGreaterThan(rows[3]!.medianNats)
  }, 60_000)

  it('of a store leave out who was labelled, and read nothing but what they need', async () => {
    const people = await Promise.all(
      ['a', 'b', 'thief'].map(async (subject) => ({ subject, facts: await factsOf(subject, 'NO', 1) })),
    )
    const serving = { policy, action: 'sign-in', methods: ['email'] as const }
    const blank = { index: 0, grants: [], demands: [], logins: 0, rows: 0, profileVersion: 0 }
    const rows = people.map(({ subject, facts }, i) => ({
      tenant: 't',
      id: `asm_${i}`,
      subject,
      action: 'sign-in',
      record: decideOn(serving, subject, { ...blank, profile: undefined }, facts).record,
    }))
    const outcome = (facts: Facts): OutcomeEvent => ({
      id: 'e',
      atMs: facts.nowMs,
      kind: 'passed',
      method: 'passkey',
      acr: 'phr',
      features: extractFeatures(facts),
    })
    const row = (event: Partial<OutcomeEvent>) => ({ folds: true, body: JSON.stringify(event) })
    const store: Pick<Store, 'readTenant' | 'listAssessments' | 'readAssessment' | 'loadSubject'> = {
      readTenant: async () => ({ policy: JSON.stringify(plain) }) as never,
      listAssessments: async () => rows as never,
      readAssessment: async (_, id) =>
        ({
          events:
            id === 'asm_2'
              ? [row({ kind: 'passed' }), row({ kind: 'labelled', label: 'fraud' })]
              : [row({ kind: 'passed' })],
        }) as never,
      loadSubject: async ({ subject }) => {
        const { facts } = people.find((each) => each.subject === subject)!
        const profile = foldProfile(undefined, [outcome(facts)], { nowMs: facts.nowMs })
        return { subject: { profile, profileVersion: 1 }, grants: [] } as never
      },
    }
    const found = await swapsOfStore(store as Store, 't', 10)
    expect(found.sessions).toBe(2)
    expect(found.rows.map(({ swaps }) => swaps)).toEqual([2, 2, 2, 2])
  })
})

const plain = {
  version: 1,
  mode: 'observe',
  bands: { medium: -7, high: -3.5, critical: 1.5 },
  requirements: { low: 'allow', medium: { acr: 'newel:contact' }, high: { acr: 'phr' }, critical: 'deny' },
  missing_signals: 'stricter',
  unmet: { then: 'deny' },
  actions: { 'sign-in': { params: 'none', starts_session: true } },
}
