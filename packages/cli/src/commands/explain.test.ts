import {
  compilePolicy,
  decide,
  shippedBackground,
  shippedBackgroundVersion,
  shippedModel,
  shippedModelVersion,
} from '@newel/engine'
import type { CompiledPolicy, Explanation } from '@newel/engine'
import { defaultPolicy } from '@newel/server'
import { runCommand } from 'citty'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../database.ts'
import { explain } from './explain.ts'
import { policy as policyCommand } from './policy.ts'

const atMs = Date.UTC(2026, 2, 3, 9)
const source = {
  ...defaultPolicy,
  actions: { balance: { params: 'none' } },
  rules: [
    { id: 'mornings', when: 'time.hour < 12', then: { acr: 'phr' }, reason: 'Nobody works before noon.' },
  ],
}
const compiled = compilePolicy(source)
if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors))

/** The record of a first visit of an account that Newel never saw. */
const recordUnder = (policy: CompiledPolicy): string =>
  decide({
    question: { action: 'balance', params: {} },
    facts: {
      nowMs: atMs,
      device: { jkt: 'a'.repeat(43), ephemeral: false, proven: true },
      network: { country: 'JP' },
      client: {
        browser: 'Chrome',
        browserMajor: 140,
        os: 'macOS',
        osVersion: '15',
        deviceType: 'desktop',
        contradicts: false,
      },
      absent: {},
      counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
      flags: { receipt: 'valid', proof: 'valid', sessionKeyChanged: false },
    },
    subject: { id: 'user-1', createdInThisSession: false, events: [] },
    grants: [],
    demands: [],
    assurance: [],
    methods: [{ method: 'passkey', acr: 'phr' }],
    policy,
    policyVersion: 'p-1',
    model: shippedModel,
    // As stores name what they begin with.
    modelVersion: shippedModelVersion,
    background: shippedBackground,
    backgroundVersion: shippedBackgroundVersion,
  }).record

let folder: string
let policyFile: string
let recordFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-explain-'))
  policyFile = join(folder, 'policy.json')
  recordFile = join(folder, 'record.json')
  writeFileSync(policyFile, JSON.stringify(source))
  writeFileSync(recordFile, recordUnder(compiled.policy))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const say = async (...rawArgs: string[]): Promise<string> => {
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
  await runCommand(rawArgs[0] === 'policy' ? policyCommand : explain, {
    rawArgs: rawArgs[0] === 'policy' ? rawArgs.slice(1) : rawArgs,
  })
  return printed
}

describe('explain', () => {
  it('tells a developer the reasons, and what would have changed it', async () => {
    const printed = await say(recordFile, '--policy', policyFile)
    expect(printed).toContain('challenge (insufficient_user_authentication): phr by passkey')
    expect(printed).toContain('rule:mornings: Nobody works before noon.')
    expect(printed).toMatch(/without rule:mornings: challenge, newel:contact/)
  })
  it('tells an auditor every term, and whether it comes out the same', async () => {
    const printed = await say(recordFile, '--policy', policyFile, '--for', 'auditor')
    expect(printed).toContain('the same to the last digit')
    expect(printed).toMatch(/base {7}-9\.210240/)
  })
  it('tells the person nothing of how', async () => {
    const printed = await say(recordFile, '--policy', policyFile, '--for', 'person')
    expect(printed).toContain('confirm that it is you, with your passkey')
    expect(printed).not.toMatch(/noon|rule|nats/)
  })
  it('gives all of it as JSON', async () => {
    const all = JSON.parse(await say(recordFile, '--policy', policyFile, '--json')) as Explanation
    expect(all).toMatchObject({
      same: true,
      recorded: { decision: 'challenge' },
      versions: { policy: 'p-1' },
    })
  })
  it.each<[string, () => string[], string]>([
    ['a reader that does not exist', () => ['x', '--for', 'persn'], 'did you mean "person"?'],
    ['a record without a policy', () => [recordFile], '--policy'],
    ['a file that is no record', () => [policyFile, '--policy', policyFile], 'cannot be explained'],
  ])('refuses %s', async (_what, args, message) => {
    await expect(say(...args())).rejects.toThrow(message)
  })
})

describe('a stored assessment', () => {
  const id = 'asm_stored'
  let url: string
  beforeEach(async () => {
    url = `sqlite:${join(folder, 'newel.db')}`
    const database = openDatabase(url)
    await database.store.migrate()
    await database.store.declareTenant({
      tenant: 'shop',
      config: '{}',
      policyVersion: 'p-1',
      policy: JSON.stringify(source),
      nowMs: atMs,
    })
    const assessment = {
      tenant: 'shop',
      id,
      subject: undefined,
      session: undefined,
      jkt: undefined,
      shares: undefined,
      action: 'balance',
      level: 'medium',
      decision: 'challenge',
      record: recordUnder(compiled.policy),
      atMs,
    } as const
    const op = {
      route: 'assess',
      op: 'x'.repeat(22),
      digest: 'd',
      status: 200,
      response: '{}',
      expiresAtMs: atMs + 1000,
    }
    await database.store.recordAssessment({ tenant: 'shop', nowMs: atMs, op, assessment })
    await database.close()
  })
  it('is found by its id, and explained under the policy of its tenant', async () => {
    const all = JSON.parse(await say(id, '--database', url, '--json')) as Explanation
    expect(all).toMatchObject({ same: true, sameVersions: true, action: 'balance' })
  })
  it('is decided again by `policy explain` under the policy of a file', async () => {
    const lenient = join(folder, 'lenient.json')
    const { rules: _rules, ...bare } = source
    const requirements = { low: 'allow', medium: 'allow', high: 'allow', critical: 'deny' }
    writeFileSync(lenient, JSON.stringify({ ...bare, requirements }))
    const printed = await say('policy', 'explain', lenient, '--assessment', id, '--database', url)
    expect(printed).toContain('was challenge, medium; this policy says allow, medium')
  })
  it('that does not exist is said to be so', async () => {
    await expect(say('asm_other', '--database', url)).rejects.toThrow('There is no assessment asm_other')
  })
})
