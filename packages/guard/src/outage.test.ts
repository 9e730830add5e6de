import { describe, expect, it, vi } from 'vitest'
import { assessment, jws, networkError, problem, type FakeReply } from '../test/fake-newel.ts'
import { ask, page, refusal, setUp } from '../test/set-up.ts'

describe('while Newel does not answer', () => {
  const outages: [string, FakeReply[]][] = [
    ['unreachable', [networkError(), networkError()]],
    ['failing', [problem('internal_error', 500)]],
    ['overloaded', [problem('newel_unavailable', 503)]],
    ['a proxy that shows its own page', [() => new Response('<html>welcome', { status: 200 })]],
    ['a page that is not found', [() => new Response('not found', { status: 404 })]],
    [
      'redirected',
      [() => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    ],
  ]
  // Somebody who is let in by an answer like these would see to it that there are such answers.
  const undecided: [string, FakeReply[]][] = [
    ['an answer that is none', [{ json: { decision: 'allow' } }]],
    [
      'a challenge without a challenge',
      [assessment({ decision: 'challenge', problem: 'insufficient_user_authentication' })],
    ],
    ['a decision that nobody knows', [assessment({ decision: 'perhaps' as 'allow' })]],
    ['a race that was not settled', [problem('conflict', 409)]],
  ]

  it.each([...outages, ...undecided])('(%s) the answer is 503 and never a 401', async (_, replies) => {
    const { guard, log } = setUp(replies)
    expect(await refusal(await guard.check(ask()))).toMatchObject({
      status: 503,
      code: 'newel_unavailable',
      authenticate: null,
    })
    expect(log).toHaveBeenCalledWith('error', 'newel_unavailable', expect.anything())
  })

  it.each(outages)(
    "(%s) an action that says whenUnavailable: 'allow' goes on, and it is told when Newel is back",
    async (_, replies) => {
      const onUnchecked = vi.fn()
      const { guard } = setUp([...replies, assessment(), assessment()], { onUnchecked })
      const lenient = { whenUnavailable: 'allow', once: false }
      expect(await guard.check(ask(page, lenient))).toEqual({
        ok: true,
        via: 'unchecked',
        assessment: undefined,
        acr: 'newel:base',
        params: { to: 'DE00', amount: '1.00' },
      })
      await guard.check(ask())
      await guard.check(ask())
      expect(onUnchecked).toHaveBeenLastCalledWith({ allowed: { transfer: 1 } })
      expect(onUnchecked).toHaveBeenCalledTimes(1)
    },
  )

  it.each(undecided)(
    "(%s) whenUnavailable: 'allow' lets nothing through: Newel is there",
    async (_, replies) => {
      const { guard } = setUp(replies)
      const outcome = await guard.check(ask(page, { whenUnavailable: 'allow', once: false }))
      expect(await refusal(outcome)).toMatchObject({ status: 503 })
    },
  )

  it('a request with a token never goes on', async () => {
    const { guard } = setUp([networkError(), networkError()])
    const input = ask({ ...page, 'newel-token': jws('token') }, { whenUnavailable: 'allow', once: false })
    expect(await refusal(await guard.check(input))).toMatchObject({ status: 503 })
  })

  it('an action that Newel calls once never goes on, whatever the application says', async () => {
    const { guard } = setUp([assessment({ once: true }), networkError(), networkError()])
    const input = ask(page, { whenUnavailable: 'allow', once: false })
    await guard.check(input)
    expect(await refusal(await guard.check(input))).toMatchObject({ status: 503 })
  })

  it('has to be allowed in so many words', async () => {
    const { guard } = setUp([])
    for (const once of [undefined, true]) {
      await expect(guard.check(ask(page, { whenUnavailable: 'allow', once }))).rejects.toThrow(/once: false/)
    }
  })
})
