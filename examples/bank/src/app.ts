import { createGuard, fromSocket } from '@newel/guard'
import { Hono } from 'hono'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openAssets, openSdk } from './assets.ts'
import type { BankContext, BankOptions } from './context.ts'
import { seats } from './http.ts'
import type { Env, Seat } from './http.ts'
import { createBank } from './ledger/bank.ts'
import { openDatabase } from './ledger/database.ts'
import { seed } from './ledger/seed.ts'
import { createSessions } from './ledger/sessions.ts'
import { bankPage } from './pages/bank.ts'
import { stagePage } from './pages/stage.ts'
import { policy } from './policy.ts'
import { accountRoutes } from './routes/account.ts'
import { authenticatorRoutes } from './routes/authenticators.ts'
import { demoRoutes } from './routes/demo.ts'
import { sessionRoutes, withSession } from './routes/session.ts'
import { createThrottle } from './throttle.ts'
import { ownPagesOnly, pageHeaders } from './security.ts'
import type { Connection } from '@newel/server'

/** How the bank is declared to Newel. */
export const tenant = { name: 'Larkfield Bank', policy }

/** For the terminal. */
export const tryThis = [
  'Try      1. Sign in as maya / correct horse: the first time a mailed code is asked for; it lands on the side.',
  '         2. Sign out and in again: this browser is known now, and nothing is asked.',
  '         3. Play the attacker: the same password on another device is not enough.',
  '         4. Add a passkey in the settings, then pay 2500.00 to somebody.',
]

export interface BankApp {
  fetch(request: Request, connection: Connection): Response | Promise<Response>
  close(): void
}

/** The bank, protected by Newel, with the demo around it. */
export async function createApp(context: BankContext, options: BankOptions = {}): Promise<BankApp> {
  const { origin, url, tenant: keys } = context
  const { backEnd = origin, now = Date.now } = options
  const db = openDatabase(
    context.dataFolder === ':memory:' ? ':memory:' : join(context.dataFolder, 'bank.db'),
  )
  await seed(db, now())
  const guard = createGuard({
    server: context.newel,
    secretKey: keys.secretKey,
    // What pages send their requests to.
    aud: backEnd,
    clientAddress: fromSocket(),
  })
  const parts = {
    bank: createBank(db),
    sessions: createSessions(db),
    guard,
    // Both seats of the demo try at the same accounts.
    guesses: { account: createThrottle(5), address: createThrottle(10) },
    secure: backEnd.startsWith('https:'),
    now,
  }
  const assets = openAssets(join(fileURLToPath(new URL('.', import.meta.url)), 'browser'))
  const sdk = openSdk(context.sdkFolder)
  const headers = pageHeaders([new URL(url).origin, backEnd], origin)

  const copyOfBank = (seat: Seat): Hono<Env> => {
    const routes = new Hono<Env>()
    const html = bankPage({
      seat,
      publishableKey: keys.publishableKey,
      // Of the page's own origin they are paths: nothing then names a host that could be another one.
      endpoint: new URL(url).origin === origin ? new URL(url).pathname : url,
      api: `${backEnd === origin ? '' : backEnd}${seat.base}/api`,
    })
    for (const path of ['/', '/settings']) routes.get(path, (c) => c.html(html, 200, headers))
    routes.use('/api/*', ownPagesOnly(origin, backEnd), withSession({ ...parts, seat }))
    routes.use('/demo/*', ownPagesOnly(origin, backEnd), withSession({ ...parts, seat }))
    routes.route('/api', sessionRoutes({ ...parts, seat }))
    routes.route('/api', accountRoutes({ ...parts, seat }))
    routes.route('/api', authenticatorRoutes({ ...parts, seat }))
    return routes
  }

  const app = new Hono<Env>({ strict: false })
  app.get('/', (c) => c.html(stagePage(tenant.name), 200, headers))
  for (const seat of Object.values(seats)) app.route(seat.base, copyOfBank(seat))
  app.route(`${seats.customer.base}/demo`, demoRoutes(context))
  app.get('/assets/:name', (c) => assets(c.req.param('name')) ?? c.notFound())
  app.get('/sdk/:name', (c) => sdk(c.req.param('name')) ?? c.notFound())
  app.notFound((c) => c.text('There is no such page.\n', 404))
  app.onError((error, c) => {
    // What went wrong is for the operator; the browser learns that it did.
    console.error(error)
    return c.json({ code: 'internal_error', status: 500, title: 'That did not work.' }, 500)
  })
  return {
    fetch: (request, connection) => app.fetch(request, connection),
    close: () => {
      db.close()
    },
  }
}
