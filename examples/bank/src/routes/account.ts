import { protect } from '@newel/guard/hono'
import { Hono } from 'hono'
import * as v from 'valibot'
import { guarded, problem } from '../http.ts'
import type { Env } from '../http.ts'
import { formatAmount, parseAmount } from '../ledger/money.ts'
import { largeFrom } from '../policy.ts'
import { subjectOf } from '../subject.ts'
import { readJson } from './json.ts'
import { accountOf } from './session.ts'
import type { Parts } from './session.ts'

const order = v.strictObject({
  to: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64)),
  amount: v.pipe(v.string(), v.maxLength(16)),
})

const addressText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))

const signedOut = () => problem(401, 'signed_out', 'Sign in first.')

export function accountRoutes({ bank, guard, now }: Parts): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/account', (c) => {
    const account = accountOf(c, bank)
    if (!account) return signedOut()
    const { holder, iban, address, email, balance } = account
    const bookings = bank
      .bookings(account.id)
      .map((booking) => ({ ...booking, amount: formatAmount(booking.amount) }))
    return c.json({ holder, iban, address, email, balance: formatAmount(balance), bookings })
  })

  routes.post('/transfers', async (c) => {
    const account = accountOf(c, bank)
    const session = c.get('session')
    if (!account || !session) return signedOut()
    const given = await readJson(c, order)
    const cents = given && parseAmount(given.amount)
    if (!given || cents === undefined) {
      return problem(400, 'invalid_transfer', 'A transfer needs a payee and an amount such as 12.50.')
    }
    if (cents > account.balance)
      return problem(409, 'not_enough', 'The balance does not reach for this transfer.')
    const outcome = await guard.check({
      action: cents >= largeFrom ? 'transfer-large' : 'transfer',
      // In one form, so that "250" on the first pass and "250.00" on the repeat are the same transfer.
      params: { to: given.to, amount: formatAmount(cents) },
      subject: subjectOf(account),
      session: session.id,
      request: guarded(c),
    })
    if (!outcome.ok) return outcome.response
    if (!bank.transfer(account.id, given.to, cents, now())) {
      return problem(409, 'not_enough', 'The balance does not reach for this transfer.')
    }
    return c.json({ paid: formatAmount(cents), to: given.to })
  })

  routes.post(
    '/address',
    async (c, next) => {
      if (!accountOf(c, bank)) return signedOut()
      await next()
      return undefined
    },
    protect<{ address: unknown }, Env>(guard, {
      action: 'change-address',
      // What is no address is left out, and the guard refuses a request that lacks a declared param.
      params: ({ body }) => ({ address: v.is(addressText, body.address) ? body.address.trim() : undefined }),
      subject: (c) => {
        const account = accountOf(c, bank)
        return account && subjectOf(account)
      },
      session: (c) => c.get('session')?.id,
      peer: (c) => c.env.address,
    }),
    (c) => {
      const address = String(c.get('newel').params.address)
      const session = c.get('session')
      if (session) bank.changeAddress(session.account, address)
      return c.json({ address })
    },
  )

  return routes
}
