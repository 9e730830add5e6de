import { serve, type HttpBindings } from '@hono/node-server'
import { createGuard } from '@newel/guard'
import type { Policy } from '@newel/protocol'
import { createTestNewel } from '@newel/testkit'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'

const policy: Policy = {
  version: 1,
  bands: { medium: 20, high: 25, critical: 30 },
  requirements: { low: 'allow', medium: 'allow', high: 'allow', critical: 'allow' },
  actions: { pay: { params: { amount: { type: 'string' } }, once: true, floor: { acr: 'newel:contact' } } },
}

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A Newel of its own on loopback, below a path, which breaks connections off after it has done what they ask. */
async function setUp() {
  const newel = createTestNewel({ policy })
  const seen: string[] = []
  const breaks: string[] = []
  const server = serve({
    async fetch(request, bindings) {
      const { pathname } = new URL(request.url)
      seen.push(pathname)
      const response = await newel.fetch(request)
      if (breaks[0] === pathname) {
        breaks.shift()
        ;(bindings as HttpBindings).incoming.socket.destroy()
      }
      return response
    },
    port: 0,
    hostname: '127.0.0.1',
  }) as Server
  servers.push(server)
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const guard = createGuard({
    server: new URL(`http://127.0.0.1:${port}/newel`),
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  const device = await newel.device()
  const pay = (headers: Record<string, string>) =>
    guard.check({
      action: 'pay',
      params: { amount: '1.00' },
      subject: { id: 'ada', email: { value: 'ada@app.test', verified_at_ms: 1 } },
      session: 's1',
      request: { headers: new Headers(headers) },
    })
  return { device, pay, seen, breaks, server }
}

it('does not lose the action when the reply that spent the token got lost', async () => {
  const { device, pay, seen, breaks } = await setUp()
  breaks.push('/newel/v1/tokens/consume')
  const refused = await pay(await device.headers())
  if (refused.ok) throw new Error('expected a challenge')
  const repeat = await device.steppedUp(refused.response)
  expect(await pay(repeat)).toMatchObject({ ok: true, via: 'token', acr: 'newel:contact' })
  expect(seen).toEqual(['/newel/v1/assessments', '/newel/v1/tokens/consume', '/newel/v1/tokens/consume'])
  expect(await pay(repeat)).toMatchObject({ ok: false, problem: { code: 'invalid_token' } })
})

it('opens one challenge when the reply that told of it got lost', async () => {
  const { device, pay, breaks } = await setUp()
  breaks.push('/newel/v1/assessments')
  const refused = await pay(await device.headers())
  if (refused.ok) throw new Error('expected a challenge')
  expect(await pay(await device.steppedUp(refused.response))).toMatchObject({ ok: true, via: 'token' })
})

it('answers 503 when nobody listens', async () => {
  const { device, pay, server } = await setUp()
  const headers = await device.headers()
  server.closeAllConnections()
  await new Promise((resolve) => servers.splice(0)[0]?.close(resolve))
  expect(await pay(headers)).toMatchObject({ ok: false, problem: { status: 503, code: 'newel_unavailable' } })
  expect(server.listening).toBe(false)
})

it('lets one of sixteen requests with one token through', async () => {
  const { device, pay } = await setUp()
  const refused = await pay(await device.headers())
  if (refused.ok) throw new Error('expected a challenge')
  const repeat = await device.steppedUp(refused.response)
  const token = repeat['Newel-Token'] ?? ''
  const all = await Promise.all(Array.from({ length: 16 }, async () => pay(await device.headers(token))))
  expect(all.filter((outcome) => outcome.ok)).toHaveLength(1)
  for (const outcome of all) expect(outcome.ok ? '' : outcome.problem.code).toMatch(/^(invalid_token)?$/)
})
