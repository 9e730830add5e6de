import { compilePolicy } from '@newel/engine'
import { defaultPolicy } from '@newel/server'
import { runCommand } from 'citty'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { policy } from './policy.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-policy-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** What the command prints. */
const say = async (...rawArgs: string[]): Promise<string> => {
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
  await runCommand(policy, { rawArgs })
  return printed
}

const rules = [
  { id: 'abroad', when: 'network.country != "JP"', then: { acr: 'phr' }, reason: 'x' },
  { id: 'night', when: 'time.hour < 5', then: 'deny', reason: 'x', mode: 'shadow' },
]
const good = { ...defaultPolicy, actions: { balance: { params: 'none' } }, rules }

describe('policy check', () => {
  it('says what there is', async () => {
    expect(await say('check', file('p.json', { ...good, rules: [rules[1]] }))).toMatch(
      /^ok .* actions 1, rules 1, entries of lists 0/,
    )
  })
  it('names every mistake with its place and what was meant, and fails', async () => {
    const path = file('p.json', {
      ...good,
      mod: 'observe',
      rules: [{ ...rules[0], when: 'network.contry == "JP"' }],
    })
    await expect(say('check', path)).rejects.toMatchObject({
      message: expect.stringContaining('has a mistake') as string,
      lines: [expect.stringMatching(/^\/mod: .*did you mean "mode"\?$/)],
    })
    const named = file('q.json', { ...good, rules: [{ ...rules[0], when: 'network.contry == "JP"' }] })
    await expect(say('check', named)).rejects.toMatchObject({
      lines: [
        expect.stringMatching(/^\/rules\/0\/when: at character 1: .*did you mean "network.country"\?$/),
      ],
    })
  })
  it('says which entries have expired, and which rules depend on what may not be known', async () => {
    const entry = { id: 'old', match: { country: 'DE' }, author: 'a', reason: 'r', expires: '2020-01-31' }
    const printed = await say('check', file('p.json', { ...good, lists: { deny: [entry] } }))
    expect(printed).toContain('look  /lists/deny/0: the entry "old" has expired on 2020-01-31')
    expect(printed).toContain('look  /rules/0/when: network.country is not always known')
    expect(printed).toContain('ok ')
  })
  it('says where a share of audits that is written out reaches nobody', async () => {
    const requirements = { ...good.requirements, medium: 'allow' }
    const printed = await say('check', file('p.json', { ...good, requirements, audit_share: 0.05 }))
    expect(printed).toContain('look  /audit_share: nobody is audited')
    expect(await say('check', file('q.json', { ...good, requirements }))).not.toContain('audit')
  })
  it('takes a share for no percentage', async () => {
    await expect(say('check', file('p.json', { ...good, audit_share: 2 }))).rejects.toMatchObject({
      lines: [expect.stringMatching(/^\/audit_share: .*0\.25/)],
    })
  })
  it('fails on a file that is not there or no JSON', async () => {
    await expect(say('check', join(folder, 'no.json'))).rejects.toThrow('cannot be read')
    await expect(say('check', file('p.json', '{'))).rejects.toThrow('no valid JSON')
  })
})

describe('policy explain', () => {
  it('says what each action asks at each band', async () => {
    const printed = await say(
      'explain',
      file('p.json', { ...good, shadow: { bands: { medium: -8, high: -4, critical: 0 } } }),
    )
    expect(printed).toMatch(
      /balance\n {2}low +below +nothing\n {2}medium +from -7.00 nats .* newel:contact, not older than 12 hours/,
    )
    expect(printed).toContain('rules     abroad')
    expect(printed).toContain('Audits: 2 % of the sessions')
    expect(printed).toMatch(/In shadow[^]*from -8.00 nats/)
  })
  it('says what really guards an enrolment', async () => {
    const printed = await say('explain', file('p.json', good))
    const [, enroll = ''] = printed.split('newel.enroll (')
    expect(enroll).toMatch(
      /^once; built in[^\n]*\n {2}low +below +the highest acr that the subject has, nothing where it has none, not older than 15 minutes\n/,
    )
    expect(enroll).toMatch(
      /medium .* newel:contact and no less than the highest acr that the subject has, not older than 15 minutes\n/,
    )
    expect(enroll).toMatch(/critical .* denied\n/)
  })
  it('says which rules speak on facts', async () => {
    const facts = file('f.json', { network: { country: 'FR' }, time: { hour: 3 } })
    const printed = await say('explain', file('p.json', good), '--facts', facts)
    expect(printed).toContain('abroad: holds')
    expect(printed).toContain('night (shadow): holds')
  })
  it('says that a rule cannot be evaluated on facts that are not given', async () => {
    const printed = await say(
      'explain',
      file('p.json', good),
      '--facts',
      file('f.json', { time: { hour: 12 } }),
    )
    expect(printed).toContain('abroad: cannot be evaluated: counts as if it held')
    expect(printed).toContain('night (shadow): keeps quiet')
  })
  it('says which rules speak on params, and names one that no action declares', async () => {
    const paying = {
      ...good,
      actions: { pay: { params: { amount: { type: 'string' } } } },
      rules: [
        {
          id: 'large',
          when: 'decimal(params.amount) > 500.0',
          then: { acr: 'phr' },
          reason: 'Much.',
          actions: ['pay'],
        },
      ],
    }
    const on = (params: object) =>
      say(
        'explain',
        file('p.json', paying),
        '--facts',
        file('f.json', { request: { action: 'pay' }, params }),
      )
    expect(await on({ amount: '900' })).toContain('large: holds')
    expect(await on({ amount: '90' })).toContain('large: keeps quiet')
    expect(await on({ amount: 'NaN' })).toContain('large: cannot be evaluated: counts as if it held')
    const [rule] = paying.rules
    const wrong = { ...paying, rules: [{ ...rule, when: 'params.amonut == "1"' }] }
    await expect(say('check', file('p.json', wrong))).rejects.toMatchObject({
      lines: [expect.stringMatching(/^\/rules\/0\/when: .*did you mean "params.amount"\?$/)],
    })
  })
  it('names a mistake in the facts', async () => {
    const facts = file('f.json', { network: { contry: 'FR' } })
    await expect(say('explain', file('p.json', good), '--facts', facts)).rejects.toMatchObject({
      lines: [expect.stringMatching(/^\/network\/contry: .*did you mean "country"\?$/)],
    })
  })
})

it('policy schema prints the schema that is committed', async () => {
  const committed = readFileSync(new URL('../../../../docs/policy.schema.json', import.meta.url), 'utf8')
  expect(await say('schema')).toBe(committed)
})

it('the policy of the documentation has no mistake', () => {
  const document = readFileSync(new URL('../../../../docs/policy.md', import.meta.url), 'utf8')
  const [example = '', rule = ''] = [...document.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text!)
  const policy = JSON.parse(example) as { rules: unknown[] }
  expect(compilePolicy(policy)).toMatchObject({ ok: true })
  expect(compilePolicy({ ...policy, rules: [...policy.rules, JSON.parse(rule)] })).toMatchObject({ ok: true })
})
