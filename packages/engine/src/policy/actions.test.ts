import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveAction } from './actions.ts'
import { canonicalAction } from './canonical.ts'
import { compilePolicy } from './compile.ts'
import { defaultPolicy } from './default.ts'
import { renderDisplay } from './display.ts'
import { nearestName } from './nearest.ts'

const compiled = compilePolicy({
  ...defaultPolicy,
  actions: {
    transfer: {
      params: { amount: { type: 'string' }, urgent: { type: 'boolean' }, count: { type: 'integer' } },
      once: true,
      display: {
        en: 'Send {amount} now',
        'en-GB': 'Pay {amount} now',
        de: '{amount} senden',
        ar: 'إرسال {amount}',
      },
    },
    settings: { params: 'none' },
  },
})
if (!compiled.ok) throw new Error('the test policy does not compile')
const { policy } = compiled
const fitting = { amount: '12.50', urgent: false, count: 1 }

describe('an action and its params', () => {
  it('fit exactly', () => {
    const resolved = resolveAction(policy, 'transfer', fitting)
    expect(resolved.ok && resolved.declaration.once).toBe(true)
    expect(resolveAction(policy, 'settings', {}).ok).toBe(true)
  })
  it('that is not declared is refused with the nearest name, and without the caller’s text', () => {
    const resolved = resolveAction(policy, 'tranfser', fitting)
    if (resolved.ok) throw new Error('resolved')
    expect(resolved.problem).toBe('unknown_action')
    expect(resolved.detail).toContain('did you mean "transfer"?')
    expect(JSON.stringify(resolved)).not.toContain('tranfser')
  })
  it.each([
    ['missing', { amount: '1', urgent: true }, '/params/count', 'expected an integer, found none'],
    ['extra', { ...fitting, ammount: 'x' }, '/params/ammount', 'did you mean "amount"?'],
    [
      'a number for a string',
      { ...fitting, amount: 12.5 },
      '/params/amount',
      'expected a string, found an integer',
    ],
    [
      'a string for a boolean',
      { ...fitting, urgent: 'false' },
      '/params/urgent',
      'expected a boolean, found a string',
    ],
  ])('with a param %s are refused', (_what, params, pointer, detail) => {
    const resolved = resolveAction(policy, 'transfer', params)
    if (resolved.ok) throw new Error('resolved')
    expect(resolved.problem).toBe('invalid_params')
    expect(resolved.errors).toEqual([{ pointer, detail: expect.stringContaining(detail) as string }])
  })
  it('does not take what every object has for a param', () => {
    const resolved = resolveAction(
      policy,
      'settings',
      JSON.parse('{"constructor":"x"}') as Record<string, string>,
    )
    expect(resolved.ok).toBe(false)
    expect(resolveAction(policy, 'constructor', {}).ok).toBe(false)
  })
})

describe('the text that a person sees', () => {
  it('comes in the nearest language', () => {
    const text = (locale: string | undefined) => renderDisplay(policy, 'transfer', fitting, locale)
    expect(text('de-AT')).toBe('12.50 senden')
    expect(text('en-GB')).toBe('Pay 12.50 now')
    expect(text('ja')).toBe('Send 12.50 now')
    expect(text(undefined)).toBe('Send 12.50 now')
  })
  it('is the name of an action that has none', () => {
    expect(renderDisplay(policy, 'settings', {}, 'en')).toBe('settings')
  })
  it('shows values as they are, and never expands them again', () => {
    expect(renderDisplay(policy, 'transfer', { ...fitting, amount: '{count} $& $1' }, 'en')).toBe(
      'Send {count} $& $1 now',
    )
  })
  it('shows that a value holds characters which would repaint the text', () => {
    expect(renderDisplay(policy, 'transfer', { ...fitting, amount: '1\u202E00\n2' }, 'en')).toBe(
      'Send 1\uFFFD00\uFFFD2 now',
    )
  })
})

describe('the canonical form', () => {
  it('is that of RFC 8785: members in order of their UTF-16 code units, no white space', () => {
    expect(canonicalAction('transfer', { urgent: true, amount: '12.50', count: -0, a_b: 'x' })).toBe(
      '{"action":"transfer","params":{"a_b":"x","amount":"12.50","count":0,"urgent":true},"v":1}',
    )
  })
  it('escapes as RFC 8785 §3.2.2.2 does', () => {
    expect(canonicalAction('a', { t: '\u20ac$\u000f\u000aA\'B"\\/\u007f' })).toBe(
      '{"action":"a","params":{"t":"€$\\u000f\\nA\'B\\"\\\\/\u007f"},"v":1}',
    )
  })
  it('refuses what has none', () => {
    expect(() => canonicalAction('a', { t: '\ud800' })).toThrow(TypeError)
    expect(() => canonicalAction('a', { t: '\udc00\ud800' })).toThrow(TypeError)
    expect(() => canonicalAction('a', { t: 0.1 })).toThrow(TypeError)
    expect(() => canonicalAction('a', { t: NaN })).toThrow(TypeError)
    expect(canonicalAction('a', { t: '😀' })).toContain('😀')
  })
  it('does not depend on the order in which params were given, and tells different params apart', () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.maxSafeInteger())
    const params = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value, { maxKeys: 6 })
    fc.assert(
      fc.property(params, params, (one, other) => {
        const turned = Object.fromEntries(Object.entries(one).reverse())
        expect(canonicalAction('x', turned)).toBe(canonicalAction('x', one))
        const parsed = JSON.parse(canonicalAction('x', one)) as { params: unknown }
        expect(parsed.params).toEqual(JSON.parse(JSON.stringify(one)))
        if (canonicalAction('x', one) === canonicalAction('x', other)) expect(other).toEqual(one)
      }),
      { seed: 11, numRuns: 500 },
    )
  })
})

describe('the nearest name', () => {
  it('forgives a slip and not a different word', () => {
    expect(nearestName('medum', ['medium', 'high'])).toBe('medium')
    expect(nearestName('hihg', ['medium', 'high'])).toBe('high')
    expect(nearestName('password', ['medium', 'high'])).toBeUndefined()
    expect(nearestName('trustedProxies', ['port', 'trusted_proxies'])).toBe('trusted_proxies')
    expect(nearestName('MASTER-KEY', ['port', 'master_key'])).toBe('master_key')
    expect(nearestName('x'.repeat(5000), ['medium'])).toBeUndefined()
    expect(nearestName('a', [])).toBeUndefined()
  })
})
