import { createGuard, type CheckOutcome } from '@newel/guard'
import type { Policy } from '@newel/protocol'
import { createTestNewel, softwareAuthenticator, TestProblem, type TestDevice } from '@newel/testkit'
import { describe, expect, it } from 'vitest'

const policy: Policy = {
  version: 1,
  bands: { medium: 20, high: 25, critical: 30 },
  requirements: { low: 'allow', medium: 'allow', high: 'allow', critical: 'allow' },
  actions: {
    view: { params: 'none' },
    pay: { params: { amount: { type: 'string' } }, once: true },
    settings: { params: 'none', floor: { acr: 'phr' } },
  },
}

function setUp() {
  const newel = createTestNewel({ policy })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  const who = { subject: { id: 'ada' }, session: 's1' }
  const view = async (device?: TestDevice, token?: string): Promise<CheckOutcome> =>
    guard.check({ ...who, action: 'view', request: { headers: new Headers(await device?.headers(token)) } })
  const as = async (device: TestDevice, headers?: Record<string, string>) => ({
    ...who,
    request: { headers: new Headers(headers ?? (await device.headers())) },
  })
  return { newel, guard, who, view, as }
}
const codeOf = (outcome: CheckOutcome): string =>
  outcome.ok ? `allowed ${outcome.via} ${outcome.acr}` : outcome.problem.code
const referenceIn = async (response: Response) =>
  ((await response.json()) as { enrollment: { id: string } }).enrollment.id

describe('a test Newel', () => {
  it('decides by the policy where the test says nothing', async () => {
    const { newel, view } = setUp()
    expect(codeOf(await view(await newel.device()))).toBe('allowed assessment newel:base')
  })

  it('refuses an outcome that does not exist, and names those that do', () => {
    const { newel } = setUp()
    expect(() => {
      newel.next(undefined as unknown as 'allow')
    }).toThrow('next("undefined"): no such outcome')
    expect(() => {
      newel.next('chalenge' as 'challenge')
    }).toThrow(
      new TypeError(
        'next("chalenge"): no such outcome; expected allow, challenge, deny, unavailable; did you mean "challenge"?',
      ),
    )
  })

  it('decides as the test says, once for each time it says so, in that order', async () => {
    const { newel, view } = setUp()
    const device = await newel.device()
    newel.next('deny')
    newel.next('unavailable')
    newel.next('challenge')
    newel.next('allow')
    const codes = []
    for (let round = 0; round < 5; round++) codes.push(codeOf(await view(device)))
    expect(codes).toEqual([
      'denied',
      'newel_unavailable',
      'insufficient_user_authentication',
      'allowed assessment newel:base',
      // What was asked and not given sticks.
      'insufficient_user_authentication',
    ])
  })

  it('still says what is wrong with a call', async () => {
    const { newel, guard, who } = setUp()
    newel.next('allow')
    await expect(
      guard.check({ ...who, action: 'veiw', request: { headers: new Headers() } }),
    ).rejects.toThrow('unknown_action')
    newel.next('allow')
    const outcome = await guard.check({
      ...who,
      action: 'pay',
      params: {},
      request: { headers: new Headers() },
    })
    expect(codeOf(outcome)).toBe('invalid_params')
  })

  it('challenges a request that came without signals at its next try', async () => {
    const { newel, view } = setUp()
    newel.next('challenge')
    expect(codeOf(await view())).toBe('signals_required')
    expect(codeOf(await view(await newel.device()))).toBe('insufficient_user_authentication')
  })

  it('opens real challenges, whose tokens are bound to subject, session, key and action, and serve once', async () => {
    const { newel, guard, view, who } = setUp()
    const device = await newel.device()
    const stranger = await newel.device()
    newel.next('challenge')
    const refused = await view(device)
    if (refused.ok) throw new Error('expected a challenge')
    const { challenge } = refused.problem
    await expect(stranger.pass(challenge?.id ?? '')).rejects.toThrow(TestProblem)
    const token = await device.pass(challenge?.id ?? '')
    const check = async (more: object, by = device) =>
      codeOf(
        await guard.check({
          ...who,
          action: 'view',
          request: { headers: new Headers(await by.headers(token)) },
          ...more,
        }),
      )
    expect(await check({}, stranger)).toBe('invalid_token')
    expect(await check({ subject: { id: 'eve' } })).toBe('invalid_token')
    expect(await check({ session: 's2' })).toBe('invalid_token')
    expect(await check({ action: 'settings' })).toBe('invalid_token')
    expect(await check({})).toBe('allowed token newel:contact')
    expect(await check({})).toBe('invalid_token')
  })

  it('challenges again, where a proof that is still fresh would have done', async () => {
    const { newel, view } = setUp()
    const device = await newel.device()
    for (let round = 0; round < 2; round++) {
      newel.next('challenge')
      const refused = await view(device)
      if (refused.ok) throw new Error('expected a challenge')
      const token = await device.pass(refused.problem.challenge?.id ?? '')
      expect(codeOf(await view(device, token))).toBe('allowed token newel:contact')
      newel.clock.advance(60_000)
    }
    expect(codeOf(await view(device))).toBe('allowed assessment newel:contact')
  })

  it('does not answer any call, repeats included, when it is unavailable', async () => {
    const { newel, guard } = setUp()
    newel.next('unavailable')
    expect(await guard.report({ type: 'login.failed' })).toMatchObject({ ok: false })
    expect(await guard.report({ type: 'login.failed' })).toEqual({ ok: true })
  })

  it('tells wrong answers from right ones, and giving up from both', async () => {
    const { newel, view } = setUp()
    const device = await newel.device()
    newel.next('challenge')
    const refused = await view(device)
    if (refused.ok) throw new Error('expected a challenge')
    const challenge = device.challenge(refused.problem.challenge?.id ?? '')
    await challenge.start('email')
    const wrong = newel.mailbox.latestCode() === '00000000' ? '11111111' : '00000000'
    await expect(challenge.verify('email', { code: wrong })).rejects.toThrow('422 verification_failed')
    expect(await challenge.view()).toMatchObject({ attempts_left: 4 })
    await challenge.cancel()
    await expect(challenge.view()).rejects.toThrow('404 challenge_unavailable')
  })

  it('moves only when the test moves its clock: a nonce, a receipt and a challenge grow old', async () => {
    const { newel, view } = setUp()
    const device = await newel.device()
    newel.next('challenge')
    const refused = await view(device)
    if (refused.ok) throw new Error('expected a challenge')
    newel.clock.advance(301_000)
    await expect(device.pass(refused.problem.challenge?.id ?? '')).rejects.toThrow(
      '404 challenge_unavailable',
    )
    newel.next('challenge')
    expect(codeOf(await view(device))).toBe('insufficient_user_authentication')
  })
})

describe('through the guard, a test device', () => {
  it('enrols a passkey under a mailed code, and steps up with it', async () => {
    const { newel, guard, as, who } = setUp()
    const device = await newel.device()
    await guard.putSubject({ id: 'ada', email: { value: 'ada@app.test', verified_at_ms: 1 } })
    const refused = await guard.enroll({ ...(await as(device)), method: 'passkey' })
    expect(refused.status).toBe(401)
    const opened = await guard.enroll({
      ...(await as(device, await device.steppedUp(refused))),
      method: 'passkey',
    })
    expect(opened.status).toBe(200)
    await device.enroll(await referenceIn(opened))
    expect(await guard.authenticators('ada')).toMatchObject({
      ok: true,
      authenticators: expect.arrayContaining([
        expect.objectContaining({ method: 'passkey', acr: 'phr' }),
      ]) as unknown,
    })

    newel.clock.advance(1000)
    const settings = async (token?: string) =>
      guard.check({
        ...who,
        action: 'settings',
        request: { headers: new Headers(await device.headers(token)) },
      })
    const challenged = await settings()
    if (challenged.ok) throw new Error('expected a challenge')
    expect(challenged.problem).toMatchObject({ acr_values: 'phr', challenge: { methods: ['passkey'] } })
    const token = await device.pass(challenged.problem.challenge?.id ?? '')
    expect(await settings(token)).toMatchObject({ ok: true, via: 'token', acr: 'phr' })
  })

  it('enrols TOTP, each code of which serves once', async () => {
    const { newel, guard, as } = setUp()
    const device = await newel.device()
    await guard.putSubject({ id: 'ada', email: { value: 'ada@app.test', verified_at_ms: 1 } })
    const refused = await guard.enroll({ ...(await as(device)), method: 'totp' })
    const opened = await guard.enroll({
      ...(await as(device, await device.steppedUp(refused))),
      method: 'totp',
    })
    await device.enroll(await referenceIn(opened))
    newel.clock.advance(30_000)

    const list = await guard.authenticators('ada')
    if (!list.ok) throw new Error('expected a list')
    const authenticator = list.authenticators.find(({ method }) => method === 'totp')?.id ?? ''
    const asked = await guard.remove({ ...(await as(device)), authenticator })
    const removed = await guard.remove({
      ...(await as(device, await device.steppedUp(asked, 'totp'))),
      authenticator,
    })
    expect([removed.status, await removed.json()]).toEqual([200, { removed: true }])
    const again = await guard.remove({ ...(await as(device)), authenticator: `aut_0${'0'.repeat(37)}` })
    expect([401, 404]).toContain(again.status)
  })

  it('cannot be used by an application that asks Newel for a method that there is not', async () => {
    const { newel, guard, as } = setUp()
    expect((await guard.enroll({ ...(await as(await newel.device())), method: 'fax' })).status).toBe(400)
  })

  it('shares a passkey with another device when it is synced', async () => {
    const { newel } = setUp()
    const authenticator = softwareAuthenticator()
    const [one, two] = [await newel.device({ authenticator }), await newel.device({ authenticator })]
    expect(one.authenticator).toBe(two.authenticator)
    expect(one.jkt).not.toBe(two.jkt)
  })

  it('has its receipt tied to one subject until it is reset', async () => {
    const { newel, guard, who, view } = setUp()
    const device = await newel.device()
    await view(device)
    const eve = async () =>
      codeOf(
        await guard.check({
          ...who,
          subject: { id: 'eve' },
          session: 's2',
          action: 'view',
          request: { headers: new Headers(await device.headers()) },
        }),
      )
    expect(await eve()).toBe('signals_required')
    device.reset()
    expect(await eve()).not.toBe('signals_required')
  })
})
