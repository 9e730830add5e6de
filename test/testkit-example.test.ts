/**
 * How an application tests a route that Newel protects: a real Newel in the same process, outcomes as the test says, and
 * a device that answers as a browser would. `transferApp` stands for the application.
 */
import { createGuard, type Guard } from '@newel/guard'
import { protect } from '@newel/guard/hono'
import type { Policy } from '@newel/protocol'
import { createTestNewel } from '@newel/testkit'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'

const policy: Policy = {
  version: 1,
  bands: { medium: -7, high: -3.5, critical: 1.5 },
  requirements: { low: 'allow', medium: { acr: 'newel:contact' }, high: { acr: 'phr' }, critical: 'deny' },
  actions: {
    transfer: {
      params: { to: { type: 'string' }, amount: { type: 'string' } },
      once: true,
      display: { en: 'Send {amount} to {to}' },
    },
  },
}

/** The application: one route, which remembers what it did. */
function transferApp(guard: Guard) {
  const done: { to: string; amount: string }[] = []
  const app = new Hono()
  app.post(
    '/transfer',
    protect(guard, {
      action: 'transfer',
      params: ({ body }) => ({ to: String(body['to']), amount: String(body['amount']) }),
      subject: () => ({ id: 'ada', email: { value: 'ada@app.test', verified_at_ms: 1 } }),
      session: () => 'the-session-of-ada',
    }),
    (c) => {
      done.push(c.get('newel').params)
      return c.json({ sent: c.get('newel').params.amount })
    },
  )
  return { app, done }
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
  const { app, done } = transferApp(guard)
  const transfer = (headers: Record<string, string> = {}, amount = '100.00') =>
    app.request('/transfer', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ to: 'DE00', amount }),
    })
  return { newel, transfer, done }
}

describe('a transfer', () => {
  it('is made when Newel allows it', async () => {
    const { newel, transfer, done } = setUp()
    newel.next('allow')
    const response = await transfer()
    expect([response.status, await response.json()]).toEqual([200, { sent: '100.00' }])
    expect(done).toEqual([{ to: 'DE00', amount: '100.00' }])
  })

  it('is made once, after the challenge is passed', async () => {
    const { newel, transfer, done } = setUp()
    const device = await newel.device()
    newel.next('challenge')
    const refused = await transfer(await device.headers())
    expect(refused.status).toBe(401)
    expect(done).toEqual([])

    const repeat = await device.steppedUp(refused)
    expect(newel.mailbox.mails[0]).toMatchObject({ to: 'ada@app.test' })
    expect(newel.mailbox.mails[0]?.text).toContain('Send 100.00 to DE00')
    expect((await transfer(repeat)).status).toBe(200)
    expect((await transfer(repeat)).status).toBe(401)
    expect(done).toHaveLength(1)
  })

  it('is not made for another amount than the person confirmed', async () => {
    const { newel, transfer, done } = setUp()
    const device = await newel.device()
    newel.next('challenge')
    const repeat = await device.steppedUp(await transfer(await device.headers()))
    const response = await transfer(repeat, '9999.00')
    expect([response.status, await response.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'invalid_token' }),
    ])
    expect(done).toEqual([])
  })

  it('is not made when Newel denies it or does not answer', async () => {
    const { newel, transfer, done } = setUp()
    newel.next('deny')
    expect((await transfer()).status).toBe(403)
    newel.next('unavailable')
    expect((await transfer()).status).toBe(503)
    expect(done).toEqual([])
  })
})
