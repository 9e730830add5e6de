import { serve } from '@hono/node-server'
import { createGuard, fromSocket, type Guard, type Logger } from '@newel/guard'
import * as byExpress from '@newel/guard/express'
import * as byFetch from '@newel/guard/fetch'
import * as byHono from '@newel/guard/hono'
import express from 'express'
import { Hono, type Context } from 'hono'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { origin, secretKey, type fakeNewel } from '../../packages/guard/test/fake-newel.ts'

/** An application on loopback whose routes a guard protects. */
export interface Host {
  readonly url: string
  close(): Promise<void>
}
export type StartHost = (guard: Guard, ran: (params: unknown) => void) => Promise<Host>

export const createTestGuard = (newel: ReturnType<typeof fakeNewel>, logger: Logger): Guard =>
  createGuard({ server: newel, secretKey, aud: origin, clientAddress: fromSocket(), logger })

async function listening(server: Server): Promise<Host> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

const transfer = {
  action: 'transfer',
  params: ({ body }: { body: Readonly<Record<string, unknown>> }) => ({
    to: body['to'],
    amount: body['amount'],
  }),
} as const
const statement = {
  action: 'statement.read',
  params: ({ query }: { query: Readonly<Record<string, unknown>> }) => ({ month: query['month'] }),
} as const
const rename = { action: 'account.rename' } as const
const limit = 65_536

const startHono: StartHost = (guard, ran) => {
  const who = {
    subject: (c: Context) => ({ id: c.req.header('x-user') ?? 'nobody' }),
    session: (c: Context) => c.req.header('x-session'),
  }
  const app = new Hono()
  app.post('/transfer', byHono.protect(guard, { ...transfer, ...who }), async (c) => {
    const { params } = c.get('newel')
    ran(params)
    return c.json({ params, seen: await c.req.text() })
  })
  app.get('/statement', byHono.protect(guard, { ...statement, ...who }), (c) =>
    c.json({ params: c.get('newel').params }),
  )
  app.post('/rename', byHono.protect(guard, { ...rename, ...who }), async (c) =>
    c.json({ seen: await c.req.text() }),
  )
  return listening(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
}

const startExpress =
  (...middleware: express.RequestHandler[]): StartHost =>
  (guard, ran) => {
    const who = {
      subject: (req: express.Request) => ({ id: req.get('x-user') ?? 'nobody' }),
      session: (req: express.Request) => req.get('x-session'),
    }
    const app = express()
    app.use(...middleware)
    app.post('/transfer', byExpress.protect(guard, { ...transfer, ...who }), (req, res) => {
      const { params } = res.locals.newel
      ran(params)
      res.json({ params, seen: JSON.stringify(req.body) })
    })
    app.get('/statement', byExpress.protect(guard, { ...statement, ...who }), (_req, res) => {
      res.json({ params: res.locals.newel.params })
    })
    app.post(
      '/rename',
      byExpress.protect(guard, { ...rename, ...who }),
      express.text({ type: '*/*', limit: '1mb' }),
      (req, res) => {
        res.json({ seen: req.body })
      },
    )
    return listening(createServer(app as Parameters<typeof createServer>[1]).listen(0, '127.0.0.1'))
  }

const startFetch: StartHost = (guard, ran) => {
  const who = {
    subject: (request: Request) => ({ id: request.headers.get('x-user') ?? 'nobody' }),
    session: (request: Request) => request.headers.get('x-session') ?? undefined,
  }
  const routes: Record<string, ReturnType<typeof byFetch.protect>> = {
    '/transfer': byFetch.protect(guard, { ...transfer, ...who }, async (request, { params }) => {
      ran(params)
      return Response.json({ params, seen: await request.text() })
    }),
    '/statement': byFetch.protect(guard, { ...statement, ...who }, (_, { params }) =>
      Response.json({ params }),
    ),
    '/rename': byFetch.protect(guard, { ...rename, ...who }, async (request) =>
      Response.json({ seen: await request.text() }),
    ),
  }
  const fetch = (request: Request, bindings: { incoming: { socket: { remoteAddress?: string } } }) =>
    routes[new URL(request.url).pathname]?.(request, { peer: bindings.incoming.socket.remoteAddress }) ??
    new Response(null, { status: 404 })
  return listening(
    serve({ fetch: fetch as Parameters<typeof serve>[0]['fetch'], port: 0, hostname: '127.0.0.1' }) as Server,
  )
}

const parsers = [express.json({ limit }), express.urlencoded({ extended: false, limit })]

export const hosts: readonly [string, StartHost][] = [
  ['Hono', startHono],
  [
    'Express',
    startExpress((_req, _res, next) => {
      next()
    }),
  ],
  ['Express behind its own body parsers', startExpress(...parsers)],
  ['Fetch', startFetch],
]
