import { Hono } from 'hono'
import type { BankContext } from '../context.ts'
import { problem } from '../http.ts'
import type { Env } from '../http.ts'

/**
 * What the panel beside the bank shows. It hands out mailed codes: an application for others has nothing of the kind, and
 * `newel dev` serves this machine alone.
 */
export function demoRoutes({ decisions, learned, mailbox }: BankContext): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/state', async (c) => {
    const session = c.get('session')
    return c.json({
      decisions: await decisions(20),
      mails: mailbox.list(),
      learned: (session && (await learned(session.account))) ?? null,
    })
  })
  routes.all('*', () => problem(400, 'invalid_request', 'There is no such thing.'))
  return routes
}
