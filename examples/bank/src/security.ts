import type { MiddlewareHandler } from 'hono'
import { problem } from './http.ts'
import type { Env } from './http.ts'

/** What a page may load and call: its own origin, Newel's, the back end's, and nothing else. */
export const pageHeaders = (callable: readonly string[], pages: string): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...new Set(callable.filter((origin) => origin !== pages))].join(' ')}`,
    "frame-src 'self'",
    // The demo's own page frames the bank; a real one would say 'none'.
    "frame-ancestors 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
})

const allowedHeaders = 'content-type, newel-receipt, newel-proof, newel-token'

/**
 * Calls come from the bank's own pages alone: a browser says so itself (Fetch Metadata, and `Origin` for older ones).
 * Where pages are of another origin, that one may also read the answers.
 */
export const ownPagesOnly =
  (pages: string, backEnd: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    const own =
      origin === undefined
        ? site === 'same-origin' || site === 'none' || site === undefined
        : origin === pages
    const writes = c.req.method !== 'GET' && c.req.method !== 'HEAD'
    if (!own || (writes && origin === undefined && site === undefined)) {
      return problem(403, 'foreign_page', 'This call did not come from a page of the bank.')
    }
    const cors: Record<string, string> =
      pages === backEnd || origin === undefined
        ? {}
        : { 'access-control-allow-origin': pages, 'access-control-allow-credentials': 'true', vary: 'origin' }
    if (c.req.method === 'OPTIONS') {
      const preflight = {
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': allowedHeaders,
      }
      return new Response(null, {
        status: 204,
        headers: { ...cors, ...preflight, 'access-control-max-age': '600' },
      })
    }
    await next()
    for (const [name, value] of Object.entries(cors)) c.res.headers.set(name, value)
    c.res.headers.set('x-content-type-options', 'nosniff')
    return undefined
  }
