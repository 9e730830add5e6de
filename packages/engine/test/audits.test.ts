import { decodeProfile } from '../src/profile/profile.ts'
import { describe, expect, it } from 'vitest'
import { coinSides, decide, recompute, shippedModel, type DecisionOutput, type Facts } from '../src/index.ts'
import {
  at,
  codes,
  createAccount,
  dayMs,
  fold,
  hourMs,
  inputOf,
  laptop,
  mailOnly,
  pass,
  policyOf,
  startMs,
  stranger,
  usedFor,
  visit,
  type Account,
  type Asked,
} from './account.ts'

const known = usedFor(30, 'passkey')
const here = at(laptop(), known.nowMs)
const heads = (): number => 0
const tails = (): number => coinSides - 1

const ask = (
  facts: Facts,
  coin: (completed: number) => number = heads,
  asked: Asked = {},
  account: Account = known.account,
): DecisionOutput => decide({ ...inputOf(account, facts, asked), coin })

/** The same account under another policy, or with other methods. */
const change = (changed: Partial<Account>): Account => ({ ...known.account, ...changed })

describe('an audit', () => {
  it('asks what medium asks of who would be asked nothing, and says that it is one', () => {
    const audited = ask(here)
    expect(audited).toMatchObject({
      decision: 'challenge',
      problem: 'insufficient_user_authentication',
      level: 'low',
      required: { acr: 'newel:contact', maxAgeSeconds: 43_200, methods: ['passkey', 'email'] },
      audit: { drawn: true, propensity: 0.05 },
    })
    expect(codes(audited)).toContain('random_audit')
  })
  it('is not where the coin says otherwise, and the record holds the chance of that', () => {
    const free = ask(here, tails)
    expect(free).toMatchObject({ decision: 'allow', audit: { drawn: false, propensity: 0.98 } })
    expect(codes(free)).not.toContain('random_audit')
  })
  it('changes neither score nor evidence', () => {
    const [audited, free] = [ask(here), ask(here, tails)]
    expect([audited.nats, audited.score, audited.level]).toEqual([free.nats, free.score, free.level])
  })
  it.each([0, 0.01, 0.02, 0.25])('is drawn as often as the policy says: %d', (audit_share) => {
    const policy = policyOf({ audit_share })
    const { record } = ask(here, () => 123_456)
    let seed = 7
    const draws = 2000
    let drawn = 0
    for (let i = 0; i < draws; i += 1) {
      // Lehmer's generator: the same draws on every run.
      seed = (seed * 48_271) % 2_147_483_647
      const coin = Math.floor((seed / 2_147_483_647) * coinSides)
      const tossed = record.replace('"coin":123456', `"coin":${coin}`)
      if (recompute(tossed, { policy, model: shippedModel }).audit?.drawn === true) drawn += 1
    }
    const deviation = Math.sqrt(draws * audit_share * (1 - audit_share))
    expect(Math.abs(drawn - draws * audit_share)).toBeLessThanOrEqual(4 * deviation)
  })
  it.each([
    [19_999, true],
    [20_000, false],
  ])('of a coin of %d at one in fifty: %s', (side, drawn) => {
    expect(ask(here, () => side).audit).toMatchObject({ drawn })
  })
  it('comes out of the record again to the last digit', () => {
    for (const coin of [heads, tails]) {
      const { record, ...verdicts } = ask(here, coin)
      expect(recompute(record, { policy: known.account.policy, model: shippedModel })).toEqual(verdicts)
    }
  })
  it('of a record is judged under another share by the same coin', () => {
    const { record } = ask(here, () => 30_000)
    const wider = recompute(record, { policy: policyOf({ audit_share: 0.05 }), model: shippedModel })
    const none = recompute(record, { policy: policyOf({ audit_share: 0 }), model: shippedModel })
    expect(wider).toMatchObject({ decision: 'challenge', audit: { drawn: true } })
    expect(none.decision).toBe('allow')
    expect(none.audit).toBeUndefined()
  })
})

describe('a coin', () => {
  const seen = (facts: Facts, asked: Asked = {}): number[] => {
    const counts: number[] = []
    ask(facts, (completed) => counts.push(completed) * 0, asked)
    return counts
  }
  it('is the same for every action, session and key, with a proof and without', () => {
    const unproven: Facts = {
      ...here,
      device: { ...here.device, proven: false },
      flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false },
    }
    const other = { action: 'sign-in', session: 'session-2' }
    const numbers = [seen(here), seen(here, other), seen(at(stranger(), known.nowMs)), seen(unproven)]
    expect(new Set(numbers.map(([number]) => number)).size).toBe(1)
    expect(numbers.every(({ length }) => length === 1)).toBe(true)
  })
  it('stays while what it asked is not met, and is another once it is', () => {
    const account = copyOf(known.account)
    const drawn: number[] = []
    const coin = (completed: number): number => {
      drawn.push(completed)
      return 0
    }
    const first = ask(here, coin, {}, account)
    for (const kind of ['failed', 'abandoned'] as const) {
      account.events.push({ id: `evt_${kind}`, atMs: known.nowMs, kind })
      fold(account, known.nowMs)
    }
    const again = ask(at(here, known.nowMs + 2 * dayMs), coin, {}, account)
    pass(account, again, at(here, known.nowMs + 2 * dayMs), 'email')
    const later = ask(at(here, known.nowMs + 4 * dayMs), coin, {}, account)
    expect([first, again, later].map(({ decision }) => decision)).toEqual([
      'challenge',
      'challenge',
      'challenge',
    ])
    expect(drawn[1]).toBe(drawn[0])
    expect(drawn[2]).toBe(drawn[0]! + 1)
  })
  it('is not tossed within a session that was let in, nor for a day after a challenge was passed', () => {
    const account = copyOf(known.account)
    const first = visit(account, here, 'email')
    expect(first.decision).toBe('allow')
    expect(ask(at(here, known.nowMs + hourMs / 2), heads, {}, account).audit).toBeUndefined()
    expect(ask(at(here, known.nowMs + hourMs), heads, {}, account).audit).toMatchObject({ drawn: true })

    for (const method of ['email', 'passkey'] as const) {
      const passed = copyOf(known.account)
      pass(passed, ask(here, heads, {}, passed), here, method)
      const after = (ms: number): DecisionOutput => ask(at(here, known.nowMs + ms), heads, {}, passed)
      expect(after(dayMs - 1).audit).toBeUndefined()
      expect(after(dayMs).audit).toMatchObject({ drawn: true })
    }
  })
  it('is not tossed where the policy audits nobody, nor without randomness', () => {
    expect(decide(inputOf(known.account, here))).toMatchObject({ decision: 'allow' })
    const account = change({ policy: policyOf({ audit_share: 0 }) })
    const { record } = ask(here, heads, {}, account)
    expect(record).not.toContain('"coin"')
  })
})

describe('nobody is audited', () => {
  it('of whom more is asked already', () => {
    const transfer = { action: 'transfer', params: { amount: '1' } }
    const plain = ask(at(stranger(), known.nowMs), tails, transfer)
    const drawn = ask(at(stranger(), known.nowMs), heads, transfer)
    expect(drawn.decision).toBe(plain.decision)
    expect(drawn.audit).toBeUndefined()
    expect(codes(drawn)).not.toContain('random_audit')
    expect(ask(here, heads, { require: { acr: 'phr' } }).audit).toBeUndefined()
    const floored = policyOf({
      actions: { balance: { params: 'none', floor: { acr: 'phr' } } },
    })
    expect(ask(here, heads, {}, change({ policy: floored }))).toMatchObject({ acr: 'phr' })
    expect(ask(here, heads, {}, change({ policy: floored })).audit).toBeUndefined()
  })
  it('who has no method that reaches it', () => {
    expect(ask(here, heads, {}, change({ methods: [] }))).toMatchObject({ decision: 'allow' })
    const demanding = policyOf({
      requirements: { low: 'allow', medium: { acr: 'phr' }, high: { acr: 'phr' }, critical: 'deny' },
    })
    expect(ask(here, heads, {}, change({ policy: demanding, methods: mailOnly }))).toMatchObject({
      decision: 'allow',
    })
  })
  it('whose session has met it', () => {
    const assurance = [{ acr: 'newel:contact' as const, authTimeMs: known.nowMs - hourMs }]
    expect(ask(here, heads, { assurance })).toMatchObject({ decision: 'allow' })
    expect(ask(here, heads, { assurance }).audit).toBeUndefined()
  })
  it('whom medium would allow or deny', () => {
    for (const medium of ['allow', 'deny'] as const) {
      const policy = policyOf({ requirements: { low: 'allow', medium, high: 'deny', critical: 'deny' } })
      expect(ask(here, heads, {}, change({ policy }))).toMatchObject({ decision: 'allow' })
    }
  })
  it('without a history, or without a name', () => {
    const fresh = createAccount()
    const first = at(laptop(), startMs)
    expect(ask(first, heads, { createdInThisSession: true }, fresh).audit).toBeUndefined()
    expect(ask(first, heads, {}, fresh).audit).toBeUndefined()
    expect(ask(first, heads, { anonymous: true, action: 'sign-in' }, fresh).audit).toBeUndefined()
  })
  it('whom an entry of the allow list takes out', () => {
    const policy = policyOf({
      lists: {
        allow: [
          {
            id: 'probe',
            match: { subject: 'user-1' },
            removes: ['random_audit'],
            author: 'ops',
            reason: 'Signs in every minute to see that it works.',
            expires: '2030-01-01',
          },
        ],
      },
    })
    expect(ask(here, heads, {}, change({ policy }))).toMatchObject({ decision: 'allow' })
  })
  it('where nothing is enforced; the record says who would have been', () => {
    const policy = policyOf({ mode: 'observe' })
    const { decision, record, demand, reasons } = ask(here, heads, {}, change({ policy }))
    expect(decision).toBe('allow')
    expect(demand).toBeUndefined()
    expect(reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(['random_audit', 'observe']))
    expect(JSON.parse(record)).toMatchObject({
      result: { decision: 'challenge', audit: { drawn: true, propensity: 0.05 } },
    })
  })
})

describe('who is audited', () => {
  it('does not get out of it by leaving the proof out', () => {
    // Only who has no key on record is at low risk without a proof.
    const account = change({ grants: [] })
    const quiet: Facts = {
      ...here,
      device: { ...here.device, proven: false },
      flags: { receipt: 'valid', proof: 'absent', sessionKeyChanged: false },
    }
    expect(ask(quiet, tails, {}, account)).toMatchObject({ level: 'low', decision: 'allow' })
    expect(ask(quiet, heads, {}, account)).toMatchObject({
      decision: 'challenge',
      problem: 'signals_required',
    })
  })
  it('is still asked by a demand when the coin is another', () => {
    const { demand } = ask(here)
    expect(demand).toMatchObject({ action: 'balance', acr: 'newel:contact' })
    const account = change({ demands: [demand!] })
    const later = ask(at(here, known.nowMs + hourMs), tails, {}, account)
    expect(later).toMatchObject({ decision: 'challenge', acr: 'newel:contact' })
    expect(codes(later)).toContain('sticky_demand')
  })
  it('of a `once` action proves it for that run', () => {
    const policy = policyOf({
      actions: { pay: { params: { to: { type: 'string' } }, once: true } },
    })
    const asked = { action: 'pay', params: { to: 'x' } }
    const audited = ask(here, heads, asked, change({ policy }))
    expect(audited).toMatchObject({ decision: 'challenge', audit: { drawn: true } })
    const assurance = [{ acr: 'newel:contact' as const, authTimeMs: known.nowMs }]
    expect(ask(here, heads, { ...asked, assurance }, change({ policy }))).toMatchObject({ decision: 'allow' })
  })
  it('teaches by a strong proof at once, as whoever passes one', () => {
    const account = copyOf(known.account)
    const verified = (): number => decodeProfile(account.profile!).history.verified
    const before = verified()
    pass(account, ask(here, heads, {}, account), here, 'passkey')
    fold(account, known.nowMs)
    expect(verified()).toBe(before + 1)
  })
})

it('a policy in shadow audits by its own share', () => {
  const policy = policyOf({ audit_share: 0, shadow: { audit_share: 0.1 } })
  const decision = ask(here, () => 50_000, {}, change({ policy }))
  expect(decision).toMatchObject({ decision: 'allow', shadow: { decision: 'challenge' } })
})

function copyOf(account: Account): Account {
  return {
    ...account,
    grants: [...account.grants],
    demands: [...account.demands],
    events: [...account.events],
    log: [...account.log],
  }
}
