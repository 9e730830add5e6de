import type { Guard } from '@newel/guard'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { guarded, problem } from '../http.ts'
import type { Env, Seat } from '../http.ts'
import { subjectOf } from '../subject.ts'
import type { Account, Bank } from '../ledger/bank.ts'
import { checkPassword } from '../ledger/passwords.ts'
import type { Sessions } from '../ledger/sessions.ts'
import type { Throttle } from '../throttle.ts'
import { readJson } from './json.ts'

export interface Parts {
  readonly bank: Bank
  readonly sessions: Sessions
  readonly guard: Guard
  /** Tries at passwords, by name and by address. */
  readonly guesses: { readonly account: Throttle; readonly address: Throttle }
  readonly seat: Seat
  /** Cookies travel by https only. */
  readonly secure: boolean
  readonly now: () => number
}

const credentials = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(64)),
  password: v.pipe(v.string(), v.maxLength(256)),
})

/** Finds the session that the cookie names. */
export const withSession =
  ({ sessions, guard, seat, now }: Parts): MiddlewareHandler<Env> =>
  async (c, next) => {
    const id = getCookie(c, seat.cookie)
    const found = id === undefined ? undefined : sessions.find(id, now())
    if (found?.live === false) {
      const { account, id: session } = found.session
      await guard.report({ type: 'session.ended', subject: { id: account }, session, reason: found.reason })
    }
    c.set('session', found?.live ? found.session : undefined)
    await next()
  }

/** The account of the session, or nothing. */
export function accountOf(c: Context<Env>, bank: Bank): Account | undefined {
  const session = c.get('session')
  return session && bank.find(session.account)
}

export function sessionRoutes(parts: Parts): Hono<Env> {
  const { bank, sessions, guard, guesses, seat, secure, now } = parts
  const cookie = { path: seat.base, httpOnly: true, sameSite: 'Lax', secure } as const
  const routes = new Hono<Env>()

  routes.post('/sign-in', async (c) => {
    const given = await readJson(c, credentials)
    if (!given) return problem(400, 'invalid_request', 'Name and password are needed.')
    const request = guarded(c)
    const name = given.name.trim().toLowerCase()
    const address = c.env.address ?? 'unknown'
    // Unknown names too: a limit must not say who is a customer. Newel's own limits begin after the password.
    const againMs = guesses.account.begin(name, now()) ?? guesses.address.begin(address, now())
    if (againMs !== undefined) {
      const headers = { 'retry-after': String(Math.ceil((againMs - now()) / 1000)) }
      return problem(429, 'too_many_tries', 'Too many tries. Wait a minute, then try again.', headers)
    }
    const known = bank.findByName(name)
    if (!(await checkPassword(known?.password, given.password)) || !known) {
      // A wrong password and an unknown name look alike, in the answer, in its time, and in what is reported.
      await guard.report({
        type: 'login.failed',
        request,
        ...(known && { subject: subjectOf(known.account) }),
      })
      return problem(401, 'wrong_credentials', 'Name or password is wrong.')
    }
    guesses.account.passed(name, true)
    guesses.address.passed(address, false)
    const { account } = known
    const subject = subjectOf(account)
    // The repeat after a challenge comes through here again, and its password is checked again.
    const outcome = await guard.check({ action: 'sign-in', subject, request })
    if (!outcome.ok) return outcome.response
    if (c.get('session')) await end(c)
    const session = sessions.start(account.id, now())
    setCookie(c, seat.cookie, session.id, cookie)
    await guard.report({ type: 'session.started', subject, session: session.id, request })
    return c.json({ holder: account.holder })
  })

  const end = async (c: Context<Env>): Promise<void> => {
    const session = c.get('session')
    deleteCookie(c, seat.cookie, cookie)
    if (!session) return
    sessions.end(session.id)
    await guard.report({
      type: 'session.ended',
      subject: { id: session.account },
      session: session.id,
      reason: 'signed_out',
      request: guarded(c),
    })
  }

  routes.post('/sign-out', async (c) => {
    await end(c)
    return c.json({ signedOut: true })
  })

  return routes
}
