import { createGuard } from '@newel/guard'
import { defaultPolicy } from '@newel/server'
import type { Policy } from '@newel/protocol'
import { createTestNewel } from '@newel/testkit'
import { expect, it } from 'vitest'

const policy: Policy = {
  ...defaultPolicy,
  actions: { move: { params: 'none', floor: { acr: 'newel:contact' } } },
  rules: [
    {
      id: 'nights',
      when: 'time.hour >= 22',
      then: { methods: ['totp'] },
      actions: ['move'],
      reason: 'mailboxes are taken over at night',
    },
  ],
}

it('a challenge that offers more methods than are allowed by now is not shared: what was asked before opens no way round', async () => {
  const newel = createTestNewel({ policy, now: Date.UTC(2027, 0, 4, 21, 57) })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  await guard.putSubject({ id: 'maya', email: { value: 'maya@mail.test', verified_at_ms: 1 } })
  const device = await newel.device()
  const enrolling = { subject: { id: 'maya' }, session: 'of a day before', method: 'totp' } as const
  const request = async (token?: string) => ({ headers: new Headers(await device.headers(token)) })
  const first = (await (await guard.enroll({ ...enrolling, request: await request() })).json()) as {
    challenge: { id: string }
  }
  const token = await device.pass(first.challenge.id)
  const opened = (await (await guard.enroll({ ...enrolling, request: await request(token) })).json()) as {
    enrollment: { id: string }
  }
  await device.enroll(opened.enrollment.id)

  const asked = async () => {
    device.reset()
    const refused = await guard.check({
      action: 'move',
      subject: { id: 'maya' },
      session: 'of maya',
      request: await request(),
    })
    if (refused.ok) throw new Error('nothing was asked')
    return refused.problem.challenge
  }
  const evening = await asked()
  expect(evening?.methods).toEqual(['totp', 'email'])
  expect((await asked())?.id).toBe(evening?.id)
  newel.clock.advance(4 * 60_000)
  const night = await asked()
  expect(night?.methods).toEqual(['totp'])
  expect(night?.id).not.toBe(evening?.id)
})
