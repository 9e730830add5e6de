import type { Policy, Rule } from '@newel/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkFacts,
  compilePolicy,
  defaultPolicy,
  explainDecision,
  recompute,
  rulesOn,
  shippedModel,
  shippedModelVersion,
  type DecisionOutput,
} from '../src/index.ts'
import { ask, at, codes, laptop, policyOf, usedFor } from './account.ts'

const known = usedFor(30, 'passkey')
const here = at(laptop(), known.nowMs)

const actions: Policy['actions'] = {
  pay: { params: { amount: { type: 'string' }, count: { type: 'integer' }, urgent: { type: 'boolean' } } },
  refund: { params: { amount: { type: 'string' }, count: { type: 'string' } } },
  balance: { params: 'none' },
}
const rule = (when: string, more: Partial<Rule> = {}): Rule => ({
  id: 'large',
  when,
  then: { acr: 'phr' },
  reason: 'For the test.',
  actions: ['pay'],
  ...more,
})
const policyWith = (...rules: Rule[]) => policyOf({ actions, rules })
const fits = { amount: '900.00', count: 3, urgent: false }
const pay = (when: string, params: object = fits, more: Partial<Rule> = {}): DecisionOutput =>
  ask({ ...known.account, policy: policyWith(rule(when, more)) }, here, {
    action: 'pay',
    params: params as typeof fits,
  })
const said = (when: string, params?: object): string | undefined => pay(when, params).rules[0]?.said

const mistakes = (when: string, more: Partial<Rule> = {}) => {
  const compiled = compilePolicy({ ...defaultPolicy, actions, rules: [rule(when, more)] })
  return compiled.ok ? [] : compiled.errors
}

describe('params in a rule', () => {
  it('are read with the types that the action declares', () => {
    expect(said('decimal(params.amount) >= 900.0')).toBe('holds')
    expect(said('decimal(params.amount) > 900.0')).toBe('quiet')
    expect(said('params.count > 2 && !params.urgent && params.amount.startsWith("900")')).toBe('holds')
    expect(said('has(params.amount) && params.amount in ["900.00"] && time.hour < 25')).toBe('holds')
    const large = pay('decimal(params.amount) > 500.0')
    expect(large).toMatchObject({ decision: 'challenge', required: { acr: 'phr' } })
    expect(codes(large)).toContain('rule:large')
    expect(pay('decimal(params.amount) > 5000.0').decision).toBe('allow')
  })
  it('are about the actions that the rule names, and silent elsewhere', () => {
    const policy = policyWith(rule('decimal(params.amount) > 5.0', { actions: ['pay', 'refund'] }))
    expect(ask({ ...known.account, policy }, here).rules).toMatchObject([{ said: 'elsewhere' }])
  })
})

describe('when the policy is loaded', () => {
  it('a param that the action does not declare is a mistake with its place and the nearest name', () => {
    expect(mistakes('params.amuont == "1"')).toEqual([
      {
        path: '/rules/0/when',
        message:
          'at character 1: "params.amuont" cannot be read: no action of the rule declares such a param; known are params.amount, params.count, params.urgent; did you mean "params.amount"?',
        suggestion: 'params.amount',
      },
    ])
  })
  it('a rule that names no actions cannot read any', () => {
    const [mistake] = mistakes('params.amount == "1"', { actions: undefined })
    expect(mistake?.message).toContain('names the actions that declare them')
  })
  it('one that not all actions declare, or declare with another type, is a mistake', () => {
    const [missing] = mistakes('params.amount == "1"', { actions: ['pay', 'balance'] })
    expect(missing?.message).toContain('"balance" declares no such param')
    const [other] = mistakes('params.count > 1', { actions: ['pay', 'refund'] })
    expect(other?.message).toContain('with different types')
    expect(mistakes('params.amount == "1"', { actions: ['pay', 'refund'] })).toEqual([])
    const [builtIn] = mistakes('params.mehtod == "totp"', { actions: ['newel.enroll'] })
    expect(builtIn?.suggestion).toBe('params.method')
  })
  it.each([
    ['params.amount > 900.0', 'no order'],
    ['params.count == "3"', 'no such overload'],
    ['params.amount > "900.00"', 'no order'],
    ['double(params.amount) > 900.0', 'decimal'],
    ['int(params.amount) > 900', 'decimal'],
    ['double(params.urgent ? params.amount : "1") > 900.0', 'decimal'],
    ['double(params.amount + "") > 900.0', 'decimal'],
    ['["1"].exists(x, double(x) > 1.0)', 'decimal'],
    ['params', 'name one of the params'],
    ['size(params) > 1', 'name one of the params'],
  ])('%s is a mistake', (when, message) => {
    expect(
      mistakes(when)
        .map((mistake) => mistake.message.toLowerCase())
        .join('\n'),
    ).toContain(message)
  })
  it('names that the library itself goes by cannot be read, and disturb no other', () => {
    const odd = {
      odd: { params: { constructor: { type: 'string' as const }, amount: { type: 'string' as const } } },
    }
    const compile = (when: string) =>
      compilePolicy({ ...defaultPolicy, actions: odd, rules: [rule(when, { actions: ['odd'] })] })
    expect(compile('params.constructor == "x"').ok).toBe(false)
    const policy = policyOf({ actions: odd, rules: [rule('params.amount == "1"', { actions: ['odd'] })] })
    const params = { constructor: 'x', amount: '1' } as never
    expect(ask({ ...known.account, policy }, here, { action: 'odd', params }).rules[0]?.said).toBe('holds')
  })
})

describe('absurd params', () => {
  it.each([
    'NaN',
    'Infinity',
    '-inf',
    '1e9',
    '1,000',
    ' 900',
    '900 ',
    '',
    '0x10',
    '９００',
    '9'.repeat(16),
    '9'.repeat(40),
    '1.',
    '.5',
    '--1',
  ])('a text such as %j is no number: the rule counts as if it held', (amount) => {
    for (const when of ['decimal(params.amount) > 500.0', 'decimal(params.amount) < 500.0']) {
      const decision = pay(when, { ...fits, amount })
      expect(decision.rules[0]?.said).toBe('failed')
      expect(decision).toMatchObject({ decision: 'challenge', required: { acr: 'phr' } })
      expect(codes(decision)).toContain('rule_failed')
    }
  })
  it.each([
    {},
    { amount: 900, count: '3', urgent: 'no' },
    { amount: null, count: NaN, urgent: 1 },
    { amount: ['9'], count: 1e300, urgent: {} },
    { __proto__: { amount: '1', count: 1, urgent: true } },
  ])('missing or of another type (%j): the rule counts as if it held, and nothing throws', (params) => {
    for (const when of ['params.amount == "1"', 'params.count > 1', 'params.urgent'])
      expect(said(when, params)).toBe('failed')
  })
  it('of any kind end in a decision, and never ask less than the plain ones', () => {
    const values = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null))
    const policy = policyWith(rule('decimal(params.amount) > 500.0 || params.count > 10 || params.urgent'))
    fc.assert(
      fc.property(values, values, values, (amount, count, urgent) => {
        const params = { amount, count, urgent } as never
        const decision = ask({ ...known.account, policy }, here, { action: 'pay', params })
        expect(['holds', 'failed', 'quiet']).toContain(decision.rules[0]?.said)
        if (decision.rules[0]?.said === 'quiet') expect(decision.decision).toBe('allow')
        else expect(decision.required?.acr).toBe('phr')
      }),
      { numRuns: 60, seed: 4 },
    )
  }, 30_000)
})

describe('a record of a decision by params', () => {
  const secret = 'DE89370400440532013000'
  const decide = (amount: string, policy = policyWith(rule('decimal(params.amount) > 500.0'))) => ({
    policy,
    ...ask({ ...known.account, policy }, here, { action: 'pay', params: { ...fits, amount } }),
  })
  it('holds none of them, and recomputes', () => {
    const policy = policyWith(rule(`params.amount == "${secret}"`))
    const { record, policy: _, ...verdicts } = decide(secret, policy)
    expect(record).not.toContain(secret)
    expect(verdicts.rules[0]?.said).toBe('holds')
    expect(recompute(record, { policy, model: shippedModel })).toEqual(verdicts)
  })
  it('recomputes a rule in shadow, too, and a whole policy in shadow with the same condition', () => {
    const when = 'decimal(params.amount) > 500.0 && risk.level == "medium"'
    const quiet: Rule = rule(when, { mode: 'shadow' })
    const policy = policyOf({
      actions,
      rules: [quiet],
      shadow: { bands: { medium: -20, high: 10, critical: 20 } },
    })
    const { record, policy: _, ...verdicts } = decide('900', policy)
    expect(verdicts.rules[0]?.said).toBe('quiet')
    expect(verdicts.shadow?.rules[0]?.said).toBe('holds')
    expect(recompute(record, { policy, model: shippedModel })).toEqual(verdicts)
  })
  it('says nothing for a condition that was not there: it counts as if it held', () => {
    const { record } = decide('900')
    const other = policyWith(rule('decimal(params.amount) > 5000.0'))
    expect(recompute(record, { policy: other, model: shippedModel }).rules[0]?.said).toBe('failed')
  })
  it('tells the auditor that what the rule said is recorded and not computed', () => {
    const { record, policy } = decide('900')
    const explained = explainDecision(record, {
      policy,
      policyVersion: 'policy-1',
      model: shippedModel,
      modelVersion: shippedModelVersion,
    })
    expect(explained.auditor.rules).toEqual([
      { id: 'large', mode: 'enforce', said: 'holds', reason: 'For the test.', recorded: true },
    ])
    expect(explained.same).toBe(true)
  })
})

describe('params that a person wrote down', () => {
  it('are what rules are tried on', () => {
    const policy = policyWith(rule('decimal(params.amount) > 500.0'))
    const on = (params: object | undefined) => {
      const checked = checkFacts({ request: { action: 'pay' }, ...(params && { params }) })
      return checked.ok ? rulesOn(policy, checked.facts)[0]?.said : checked.errors
    }
    expect(on({ amount: '501' })).toBe('holds')
    expect(on({ amount: '499' })).toBe('quiet')
    expect(on(undefined)).toBe('failed')
    expect(on({ amount: 1.5 })).toMatchObject([{ path: '/params/amount' }])
  })
})
