import type { Connection } from '@newel/server'
import type { Context } from 'hono'
import { requestOf } from '@newel/guard/hono'
import type { GuardRequest } from '@newel/guard'
import type { Session } from './ledger/sessions.ts'

/** What a request carries: who is at the other end, and the session that its cookie names. */
export interface Env {
  Bindings: Connection
  Variables: { session: Session | undefined }
}

/** Where a copy of the bank is mounted. The attacker of the demo has one too, with a cookie of its own. */
export interface Seat {
  /** Path in front of all others, and of the cookie. */
  readonly base: '/bank' | '/attacker'
  readonly cookie: string
  /** Whether the page may keep anything in the browser. */
  readonly storage: boolean
}

export const seats = {
  customer: { base: '/bank', cookie: 'larkfield', storage: true },
  attacker: { base: '/attacker', cookie: 'larkfield_attacker', storage: false },
} as const satisfies Record<string, Seat>

/** The request as the guard takes it. */
export const guarded = (c: Context<Env>): GuardRequest => requestOf(c, c.env.address)

/** The bank's own refusals, in the form of Newel's (RFC 9457). */
export const problem = (
  status: 400 | 401 | 403 | 409 | 429,
  code: string,
  title: string,
  headers = {},
): Response =>
  new Response(JSON.stringify({ type: `urn:larkfield:problem:${code}`, status, code, title }), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  })
