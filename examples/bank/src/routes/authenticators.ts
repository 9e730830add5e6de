import { Hono } from 'hono'
import * as v from 'valibot'
import { guarded, problem } from '../http.ts'
import type { Env } from '../http.ts'
import { subjectOf } from '../subject.ts'
import { readJson } from './json.ts'
import { accountOf } from './session.ts'
import type { Parts } from './session.ts'

const wish = v.object({ method: v.picklist(['passkey', 'totp']) })

/** Passkeys and authenticator apps: Newel keeps and guards them, the bank only says whose they are. */
export function authenticatorRoutes({ bank, guard }: Parts): Hono<Env> {
  const routes = new Hono<Env>()
  const signedOut = () => problem(401, 'signed_out', 'Sign in first.')

  routes.get('/authenticators', async (c) => {
    const account = accountOf(c, bank)
    if (!account) return signedOut()
    const found = await guard.authenticators(account.id)
    if (!found.ok) return found.response
    return c.json({
      authenticators: found.authenticators.map(({ id, method, label, created_at_ms, last_used_at_ms }) => ({
        id,
        method,
        label,
        createdAtMs: created_at_ms,
        lastUsedAtMs: last_used_at_ms,
      })),
    })
  })

  routes.post('/authenticators', async (c) => {
    const account = accountOf(c, bank)
    const session = c.get('session')
    if (!account || !session) return signedOut()
    const given = await readJson(c, wish)
    if (!given) return problem(400, 'invalid_request', 'Say which method to add: passkey or totp.')
    return guard.enroll({
      method: given.method,
      subject: subjectOf(account),
      session: session.id,
      request: guarded(c),
    })
  })

  routes.post('/authenticators/:id/remove', async (c) => {
    const account = accountOf(c, bank)
    const session = c.get('session')
    if (!account || !session) return signedOut()
    return guard.remove({
      authenticator: c.req.param('id'),
      subject: subjectOf(account),
      session: session.id,
      request: guarded(c),
    })
  })

  return routes
}
