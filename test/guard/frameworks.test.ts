import { protect as protectExpress, sendResponse } from '@newel/guard/express'
import { protect as protectFetch, type Guarded } from '@newel/guard/fetch'
import { protect, requestOf } from '@newel/guard/hono'
import { createGuard } from '@newel/guard'
import { Hono, type Context } from 'hono'
import express from 'express'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import {
  assessment,
  fakeNewel,
  origin,
  secretKey,
  type FakeReply,
} from '../../packages/guard/test/fake-newel.ts'

function setUp(...replies: FakeReply[]) {
  const newel = fakeNewel(...replies)
  const log = vi.fn()
  const guard = createGuard({
    server: newel,
    secretKey,
    aud: origin,
    clientAddress: 'unknown',
    logger: { log },
  })
  return { newel, guard, log }
}
const json = (body: string) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body })
const transfer = {
  action: 'transfer',
  params: ({ body }: { body: Readonly<Record<string, unknown>> }) => ({
    to: String(body['to']),
    amount: body['amount'],
  }),
}

describe('on Hono', () => {
  interface App {
    Variables: { user: { id: string } }
  }

  it('hands typed params to the handler, beside the application own variables', async () => {
    const { newel, guard } = setUp(assessment())
    const app = new Hono<App>()
      .use(async (c, next) => {
        c.set('user', { id: 'u1' })
        await next()
      })
      .post('/', protect(guard, { ...transfer, subject: (c: Context<App>) => c.get('user') }), (c) => {
        const { params, outcome } = c.get('newel')
        expectTypeOf(params.to).toEqualTypeOf<string>()
        expectTypeOf(params.amount).toEqualTypeOf<string | number | boolean>()
        expectTypeOf(outcome.ok).toEqualTypeOf<true>()
        expectTypeOf(c.get('user').id).toEqualTypeOf<string>()
        return c.json({ params, user: c.get('user').id })
      })
    const response = await app.request('/', json('{"to":"DE00","amount":"1"}'))
    expect(await response.json()).toEqual({ params: { to: 'DE00', amount: '1' }, user: 'u1' })
    expect(newel.calls[0]?.body['subject']).toEqual({ id: 'u1' })
  })

  it('reads what a middleware before it has read, and stays under the cap', async () => {
    const { newel, guard } = setUp(assessment())
    const app = new Hono()
    app.use(async (c, next) => {
      await c.req.json()
      await next()
    })
    app.post('/', protect(guard, { ...transfer, maxBodyBytes: 64 }), async (c) => c.json(await c.req.json()))
    expect(await (await app.request('/', json('{"to":"DE00","amount":"1"}'))).json()).toEqual({
      to: 'DE00',
      amount: '1',
    })
    expect((await app.request('/', json(JSON.stringify({ to: 'x'.repeat(64), amount: '1' })))).status).toBe(
      413,
    )
    expect(newel.calls).toHaveLength(1)
  })

  it('says so where the body is gone', async () => {
    const { guard, log, newel } = setUp()
    const app = new Hono()
    app.use(async (c, next) => {
      await c.req.raw.text()
      await next()
    })
    app.post('/', protect(guard, transfer), (c) => c.text('ran'))
    expect((await app.request('/', json('{"to":"DE00","amount":"1"}'))).status).toBe(500)
    expect(log).toHaveBeenCalledWith(
      'error',
      'guard_misused',
      expect.objectContaining({ code: 'body_consumed' }),
    )
    expect(newel.calls).toEqual([])
  })

  it('leaves an empty body readable', async () => {
    const { guard } = setUp(assessment())
    const app = new Hono()
    app.post('/', protect(guard, { action: 'ping', params: () => ({}) }), async (c) =>
      c.text(`[${await c.req.text()}]`),
    )
    expect(await (await app.request('/', { method: 'POST', body: '' })).text()).toBe('[]')
  })

  it('knows the peer by what the host says of it', async () => {
    const seen: (string | undefined)[] = []
    const app = new Hono()
    app.get('/', (c) => {
      seen.push(requestOf(c).peer, requestOf(c, '198.51.100.1').peer)
      return c.text('')
    })
    await app.request('/', undefined, { incoming: { socket: { remoteAddress: '192.0.2.7' } } })
    await app.request('/')
    expect(seen).toEqual(['192.0.2.7', '198.51.100.1', undefined, '198.51.100.1'])
  })

  it("lets the application's own errors through", async () => {
    const { guard } = setUp()
    const app = new Hono().onError((error, c) => c.text(error.message, 418))
    const failing = () => {
      throw new Error('no such account')
    }
    app.post('/', protect(guard, { ...transfer, subject: failing }), (c) => c.text('ran'))
    const response = await app.request('/', json('{"to":"DE00","amount":"1"}'))
    expect([response.status, await response.text()]).toEqual([418, 'no such account'])
  })
})

describe('on Express', () => {
  async function answer(app: express.Express, path = '/'): Promise<{ status: number; text: string }> {
    const server = createServer(app as Parameters<typeof createServer>[1]).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}${path}`, json('{"to":"DE00","amount":"1"}'))
    const text = await response.text()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    return { status: response.status, text }
  }

  it('hands typed params to the handler, beside those of the path', async () => {
    const { guard } = setUp(assessment())
    const app = express()
    const subject = (req: express.Request<{ id: string }>) => ({ id: req.params.id })
    app.post('/:id', protectExpress(guard, { ...transfer, subject }), (req, res) => {
      const { params, outcome } = res.locals.newel
      expectTypeOf(params.to).toEqualTypeOf<string>()
      expectTypeOf(params.amount).toEqualTypeOf<string | number | boolean>()
      expectTypeOf(outcome.ok).toEqualTypeOf<true>()
      expectTypeOf(req.params.id).toEqualTypeOf<string>()
      res.json([params.to, req.params.id])
    })
    expect(await answer(app, '/u1')).toEqual({ status: 200, text: '["DE00","u1"]' })
  })

  it('sends on a response of the guard', async () => {
    const app = express()
    app.post('/', (_req, res) => sendResponse(res, Response.json({ code: 'denied' }, { status: 403 })))
    expect(await answer(app)).toEqual({ status: 403, text: '{"code":"denied"}' })
  })

  it('says so where the body is gone', async () => {
    const { guard, log } = setUp()
    const app = express()
    app.use((req, _res, next) => {
      req.resume().once('end', next)
    })
    app.post('/', protectExpress(guard, transfer), (_req, res) => {
      res.send('ran')
    })
    expect((await answer(app)).status).toBe(500)
    expect(log).toHaveBeenCalledWith(
      'error',
      'guard_misused',
      expect.objectContaining({ code: 'body_consumed' }),
    )
  })

  it('reads the bytes or the text that a parser left', async () => {
    for (const parser of [express.raw({ type: '*/*' }), express.text({ type: '*/*' })]) {
      const { guard, newel } = setUp(assessment())
      const app = express().use(parser)
      app.post('/', protectExpress(guard, transfer), (_req, res) => {
        res.json(res.locals.newel.params)
      })
      expect(await answer(app)).toEqual({ status: 200, text: '{"to":"DE00","amount":"1"}' })
      expect(newel.calls[0]?.body['params']).toEqual({ to: 'DE00', amount: '1' })
    }
  })
})

describe('on Fetch', () => {
  it('hands typed params and a request that can be read again', async () => {
    const { guard } = setUp(assessment())
    const route = protectFetch(guard, transfer, async (request, given) => {
      expectTypeOf(given).toEqualTypeOf<Guarded<{ to: string; amount: unknown }>>()
      expectTypeOf(given.params.amount).toEqualTypeOf<string | number | boolean>()
      return Response.json([await request.text(), given.params])
    })
    const body = '{"to":"DE00","amount":"1"}'
    const response = await route(new Request(`${origin}/transfer`, json(body)))
    expect(await response.json()).toEqual([body, { to: 'DE00', amount: '1' }])
  })

  it('says so where the body is gone', async () => {
    const { guard, log } = setUp()
    const route = protectFetch(guard, transfer, () => new Response('ran'))
    const request = new Request(`${origin}/transfer`, json('{}'))
    await request.text()
    expect((await route(request)).status).toBe(500)
    expect(log).toHaveBeenCalledWith(
      'error',
      'guard_misused',
      expect.objectContaining({ code: 'body_consumed' }),
    )
  })
})

describe("whenUnavailable: 'allow'", () => {
  it('does not type-check without once: false', () => {
    const { guard } = setUp()
    // @ts-expect-error: has to be written out
    protectFetch(guard, { ...transfer, whenUnavailable: 'allow' }, () => new Response())
    // @ts-expect-error: never for a once action
    protectFetch(guard, { ...transfer, whenUnavailable: 'allow', once: true }, () => new Response())
    expect(
      protectFetch(guard, { ...transfer, whenUnavailable: 'allow', once: false }, () => new Response()),
    ).toBeTypeOf('function')
  })
})
