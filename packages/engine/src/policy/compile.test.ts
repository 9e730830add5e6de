import { describe, expect, it } from 'vitest'
import { compilePolicy } from './compile.ts'
import { defaultPolicy } from './default.ts'
import type { PolicyError } from './types.ts'

const errorsOf = (input: unknown): readonly PolicyError[] => {
  const result = compilePolicy(input)
  return result.ok ? [] : result.errors
}
const aRule = { id: 'a-rule', when: 'true', then: 'deny', reason: 'For the test.' }
const withRule = (change: object) => ({ ...defaultPolicy, rules: [{ ...aRule, ...change }] })
const anEntry = {
  id: 'office',
  match: { country: 'DE' },
  author: 'ops',
  reason: 'For the test.',
  expires: '2027-03-31',
  removes: ['country_unfamiliar'],
}
const withEntry = (change: object) => ({ ...defaultPolicy, lists: { allow: [{ ...anEntry, ...change }] } })
const withAction = (action: unknown) => ({ ...defaultPolicy, actions: { transfer: action } })

describe('the default policy', () => {
  it('compiles, with the built-in actions and no others', () => {
    const result = compilePolicy(defaultPolicy)
    if (!result.ok) throw new Error(JSON.stringify(result.errors))
    expect([...result.policy.actions.keys()]).toEqual(['newel.enroll', 'newel.remove'])
    expect(result.policy.edges).toEqual({ medium: -7_000_000, high: -3_500_000, critical: 1_500_000 })
    expect(result.policy.mode).toBe('enforce')
    expect(result.policy.missingSignals).toBe('stricter')
    expect(result.policy.unmet).toEqual({ then: 'deny' })
  })
  it('fills the strict defaults in where they are left out', () => {
    const { mode: _mode, missing_signals: _missing, unmet: _unmet, ...bare } = defaultPolicy
    const result = compilePolicy(bare)
    expect(result.ok && [result.policy.mode, result.policy.missingSignals, result.policy.unmet.then]).toEqual(
      ['enforce', 'stricter', 'deny'],
    )
  })
})

describe('a mistake is named with its place and what was probably meant', () => {
  it.each<[string, unknown, PolicyError]>([
    [
      'an unknown member',
      { ...defaultPolicy, mod: 'observe' },
      {
        path: '/mod',
        message: expect.stringContaining('did you mean "mode"?') as string,
        suggestion: 'mode',
      },
    ],
    [
      'an unknown member of a requirement',
      { ...defaultPolicy, requirements: { ...defaultPolicy.requirements, high: { acr: 'phr', max_age: 5 } } },
      {
        path: '/requirements/high/max_age',
        message: expect.stringContaining('acr, max_age_s, methods') as string,
        suggestion: 'max_age_s',
      },
    ],
    [
      'a value that is close to a known one',
      { ...defaultPolicy, requirements: { ...defaultPolicy.requirements, critical: 'deni' } },
      {
        path: '/requirements/critical',
        message: expect.stringContaining('"allow", "deny", an object') as string,
        suggestion: 'deny',
      },
    ],
    [
      'an acr that is not on the ladder',
      withAction({ params: 'none', floor: { acr: 'newel:otpp' } }),
      {
        path: '/actions/transfer/floor/acr',
        message: expect.stringContaining('found "newel:otpp"') as string,
        suggestion: 'newel:otp',
      },
    ],
    [
      'a member that is required',
      withAction({ once: true }),
      { path: '/actions/transfer/params', message: 'this member is required' },
    ],
    [
      'a band that does not rise',
      { ...defaultPolicy, bands: { medium: -3, high: -3, critical: 1 } },
      { path: '/bands/high', message: 'must lie above medium (-3), found -3' },
    ],
    [
      'a band below the one before',
      { ...defaultPolicy, bands: { medium: -7, high: -3, critical: -4 } },
      { path: '/bands/critical', message: 'must lie above high (-3), found -4' },
    ],
    [
      'a higher band that asks less',
      { ...defaultPolicy, requirements: { ...defaultPolicy.requirements, high: { acr: 'newel:base' } } },
      {
        path: '/requirements/high',
        message: 'asks less than medium: a higher band never asks less than a lower one',
      },
    ],
    [
      'methods that cannot reach the acr they stand with',
      withAction({ params: 'none', floor: { acr: 'phr', methods: ['email', 'totp'] } }),
      { path: '/actions/transfer/floor/methods', message: 'none of the listed methods reaches phr' },
    ],
    [
      'a display text that names an undeclared param',
      withAction({ params: { amount: { type: 'string' } }, display: { en: 'Send {amuont}' } }),
      {
        path: '/actions/transfer/display/en',
        message: expect.stringContaining('declared are amount') as string,
        suggestion: 'amount',
      },
    ],
    [
      'stakes below zero, which would lift the edges above the floors',
      withAction({ params: 'none', stakes_nats: -4 }),
      {
        path: '/actions/transfer/stakes_nats',
        message: 'stakes are 0 or more: negative ones would let floors pass as low, found -4',
      },
    ],
    [
      'a `once` action without params',
      withAction({ params: {}, once: true }),
      {
        path: '/actions/transfer/params',
        message: 'a `once` action declares at least one param, or says "none"',
      },
    ],
    [
      'a name that is built in',
      { ...defaultPolicy, actions: { 'newel.enroll': { params: 'none' } } },
      {
        path: '/actions/newel.enroll',
        message: 'names that begin with "newel." are built in and cannot be declared',
      },
    ],
    [
      'an action name that is no name',
      { ...defaultPolicy, actions: { 'Big Transfer': { params: 'none' } } },
      { path: '/actions/Big Transfer', message: expect.stringContaining('not a name') as string },
    ],
    [
      'a signal that nothing compares',
      { ...defaultPolicy, wanted_signals: ['fingerprints'] },
      {
        path: '/wanted_signals/0',
        message: expect.stringContaining('no comparator reads') as string,
        suggestion: 'fingerprint',
      },
    ],
    [
      'an enrolment under what would have met the requirement',
      { ...defaultPolicy, unmet: { then: 'enroll', under: 'phr' } },
      { path: '/unmet/under', message: expect.stringContaining('not reachable') as string },
    ],
    [
      'an enrolment under no proof',
      { ...defaultPolicy, unmet: { then: 'enroll', under: 'newel:base' } },
      { path: '/unmet/under', message: expect.stringContaining('no proof') as string },
    ],
    [
      'a name in a condition',
      withRule({ when: 'device.ephemeral && network.contry == "DE"' }),
      {
        path: '/rules/0/when',
        message: expect.stringMatching(
          /^at character 21: there is no fact "network.contry".*did you mean "network.country"\?$/,
        ) as string,
        suggestion: 'network.country',
      },
    ],
    [
      'a type in a condition',
      withRule({ when: 'time.hour == "3"' }),
      { path: '/rules/0/when', message: 'at character 1: no such overload: int == string' },
    ],
    [
      'an action of a rule that is not declared',
      withRule({ actions: ['newel.enrol'] }),
      {
        path: '/rules/0/actions/0',
        message: expect.stringContaining('did you mean "newel.enroll"?') as string,
        suggestion: 'newel.enroll',
      },
    ],
    [
      'a rule that asks nothing',
      withRule({ then: {} }),
      { path: '/rules/0/then', message: expect.stringContaining('name at least one of acr') as string },
    ],
    [
      'methods of a rule that do not reach its acr',
      withRule({ then: { acr: 'phr', methods: ['email'] } }),
      { path: '/rules/0/then/methods', message: 'none of the listed methods reaches the acr' },
    ],
    [
      'a rule that is named twice',
      { ...withRule({}), rules: [aRule, aRule] },
      { path: '/rules/1/id', message: '"a-rule" is used twice: name each once' },
    ],
    [
      'a mistake in the policy in shadow',
      { ...defaultPolicy, shadow: { rules: [{ ...aRule, when: 'netwrk.asn == 1' }] } },
      {
        path: '/shadow/rules/0/when',
        message: expect.stringContaining('did you mean "network"?') as string,
        suggestion: 'network',
      },
    ],
    [
      'a network with bits behind its length',
      withEntry({ match: { network: '192.0.2.1/24' } }),
      { path: '/lists/allow/0/match/network', message: expect.stringContaining('no bits set') as string },
    ],
    [
      'a single address',
      withEntry({ match: { network: '192.0.2.1/32' } }),
      { path: '/lists/allow/0/match/network', message: expect.stringContaining('at most /24') as string },
    ],
    [
      'an entry about nobody',
      withEntry({ match: {} }),
      { path: '/lists/allow/0/match', message: expect.stringContaining('name at least one of') as string },
    ],
    [
      'a day that does not exist',
      withEntry({ expires: '2027-02-30' }),
      { path: '/lists/allow/0/expires', message: 'there is no such day' },
    ],
    [
      'a reason that does not exist',
      withEntry({ removes: ['country_unfamilar'] }),
      {
        path: '/lists/allow/0/removes/0',
        message: expect.stringContaining('did you mean "country_unfamiliar"?') as string,
        suggestion: 'country_unfamiliar',
      },
    ],
    [
      'a floor that an entry would remove',
      withEntry({ removes: ['action_floor'] }),
      {
        path: '/lists/allow/0/removes/0',
        message: expect.stringContaining('no entry removes this') as string,
      },
    ],
    [
      'a rule that an entry would remove',
      withEntry({ removes: ['rule:a-rule'] }),
      {
        path: '/lists/allow/0/removes/0',
        message: expect.stringContaining('no entry removes this') as string,
      },
    ],
    [
      'a higher band that counts older proofs',
      {
        ...defaultPolicy,
        requirements: { ...defaultPolicy.requirements, high: { acr: 'phr', max_age_s: 86_400 } },
      },
      { path: '/requirements/high/max_age_s', message: expect.stringContaining('older proofs') as string },
    ],
    [
      'a higher band that allows more methods',
      {
        ...defaultPolicy,
        requirements: {
          ...defaultPolicy.requirements,
          medium: { acr: 'newel:contact', methods: ['email'] },
          high: { acr: 'newel:contact', methods: ['email', 'totp'] },
        },
      },
      { path: '/requirements/high/methods', message: expect.stringContaining('allows methods') as string },
    ],
    ['no policy at all', 'allow', { path: '', message: expect.stringContaining('found "allow"') as string }],
  ])('%s', (_what, input, expected) => {
    expect(errorsOf(input)).toContainEqual(expected)
  })

  it('escapes the pointer where a name holds a slash', () => {
    expect(errorsOf({ ...defaultPolicy, 'a/b~c': 1 })[0]?.path).toBe('/a~1b~0c')
  })
  it('all of them at once', () => {
    const paths = errorsOf({
      ...defaultPolicy,
      version: 2,
      bands: { medium: 'a', high: 1 },
      actions: { t: { params: 'all' } },
    }).map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining(['/version', '/bands/medium', '/bands/critical', '/actions/t/params']),
    )
  })
  it('accepts an enrolment under a contact where a passkey is asked', () => {
    expect(errorsOf({ ...defaultPolicy, unmet: { then: 'enroll', under: 'newel:contact' } })).toEqual([])
  })
})
