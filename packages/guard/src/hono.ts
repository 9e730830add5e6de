import type { Context, Env, MiddlewareHandler } from 'hono'
import { GuardError } from './error.ts'
import type { Guard } from './guard.ts'
import { protectRequest, type Guarded, type Protection } from './protect.ts'
import type { GuardRequest } from './request.ts'
import { parseBytes, readBytes, withBody } from './web-body.ts'

export type { Guarded, Input, Protection } from './protect.ts'

/** The peer as @hono/node-server binds it; other hosts say it themselves. */
function nodePeer(context: Context): string | undefined {
  const bindings = context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  return bindings?.incoming?.socket?.remoteAddress
}

/**
 * The request of a handler as `guard.report`, `guard.enroll` and `guard.remove` take it.
 * @param peer address of the connection's other end. Default: what @hono/node-server says; on other hosts
 * `getConnInfo(c).remote.address`
 */
export const requestOf = (context: Context, peer: string | undefined = nodePeer(context)): GuardRequest => ({
  headers: context.req.raw.headers,
  peer,
})

export type HonoProtection<E extends Env, Values extends object> = Protection<Context<E>, Values> & {
  /** Address of the peer, for `fromSocket()`. Default: what @hono/node-server says. */
  readonly peer?: (context: Context<E>) => string | undefined
}

/**
 * Middleware that puts the guard before a handler, which reads what was hashed as `c.get('newel').params`.
 * ```ts
 * app.post('/transfer', protect(guard, {
 *   action: 'transfer',
 *   params: ({ body }) => ({ to: body.to, amount: body.amount }),
 *   subject: (c) => ({ id: accountOf(c) }),
 *   session: (c) => getCookie(c, 'sid'),
 * }), (c) => c.json(pay(c.get('newel').params)))
 * ```
 */
export function protect<Values extends object = object, E extends Env = Env>(
  guard: Guard,
  protection: HonoProtection<E, Values>,
): MiddlewareHandler<{ Variables: { newel: Guarded<Values> } }> {
  return async (context, next) => {
    const { req } = context
    const own = context as unknown as Context<E>
    const result = await protectRequest(guard, protection, own, {
      request: requestOf(own, protection.peer?.(own) ?? nodePeer(own)),
      query: new URL(req.url).searchParams,
      async readBody(max) {
        const { headers } = req.raw
        if (req.raw.bodyUsed) {
          if (Object.keys(req.bodyCache).length === 0) {
            throw new GuardError(
              'body_consumed',
              'the body was read before the guard, past c.req: protect first',
            )
          }
          const bytes = new Uint8Array(await req.arrayBuffer())
          return parseBytes(bytes.length > max ? undefined : bytes, headers)
        }
        const hasBody = req.raw.body !== null
        const bytes = await readBytes(req.raw, max)
        if (bytes !== undefined && hasBody) req.raw = withBody(req.raw, bytes)
        return parseBytes(bytes, headers)
      },
    })
    if (!result.ok) return result.response
    context.set('newel', result.guarded)
    await next()
    return undefined
  }
}
