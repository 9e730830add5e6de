import { createGuard } from '@newel/guard'
import { defaultPolicy } from '@newel/server'
import { createTestNewel } from '@newel/testkit'
import { expect, it } from 'vitest'

const policy = {
  ...defaultPolicy,
  actions: { pay: { params: { to: { type: 'string' } }, once: true } },
} as const

it('a token that was earned where less is asked does not serve where the caller asks more, and is not spent there', async () => {
  const newel = createTestNewel({ policy })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  await guard.putSubject({ id: 'maya', email: { value: 'maya@mail.test', verified_at_ms: 1 } })
  const device = await newel.device()
  const input = { action: 'pay', params: { to: 'x' }, subject: { id: 'maya' }, session: 'of maya' }
  const asked = async (headers: Record<string, string>, acr?: 'newel:contact' | 'phr') =>
    guard.check({ ...input, ...(acr && { require: { acr } }), request: { headers: new Headers(headers) } })

  const refused = await asked(await device.headers())
  if (refused.ok) throw new Error('nothing was asked')
  const { challenge } = refused.problem as { challenge?: { id: string } }
  const token = await device.pass(challenge?.id ?? '')
  const elsewhere = await asked(await device.headers(token), 'phr')
  expect(elsewhere).toMatchObject({ ok: false, problem: { status: 401, code: 'invalid_token' } })
  expect(await asked(await device.headers(token), 'newel:contact')).toMatchObject({
    ok: true,
    via: 'token',
    acr: 'newel:contact',
  })
})
