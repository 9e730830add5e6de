import { GuardError } from './error.ts'
import type { Guard } from './guard.ts'
import { protectRequest, type Guarded, type Protection } from './protect.ts'
import { parseBytes, readBytes, withBody } from './web-body.ts'

export type { Guarded, Input, Protection } from './protect.ts'

/** What the host knows of a connection. */
export interface Connection {
  /** Address of the peer, for `fromSocket()`. */
  readonly peer?: string | undefined
}

/**
 * Puts the guard before a handler of plain Fetch. The handler gets what was hashed; its request's body can be read again.
 * ```ts
 * export const transfer = protect(
 *   guard,
 *   { action: 'transfer', params: ({ body }) => ({ to: body.to, amount: body.amount }), subject, session },
 *   async (request, { params }) => Response.json(await pay(params.to, params.amount)),
 * )
 * ```
 */
export function protect<Values extends object>(
  guard: Guard,
  protection: Protection<Request, Values>,
  handler: (request: Request, guarded: Guarded<Values>) => Response | Promise<Response>,
): (request: Request, connection?: Connection) => Promise<Response> {
  return async (request, connection) => {
    let passedOn = request
    const result = await protectRequest(guard, protection, request, {
      request: { headers: request.headers, peer: connection?.peer },
      query: new URL(request.url).searchParams,
      async readBody(max) {
        if (request.bodyUsed)
          throw new GuardError('body_consumed', 'the body was read before the guard: protect first')
        const hasBody = request.body !== null
        const bytes = await readBytes(request, max)
        if (bytes !== undefined && hasBody) passedOn = withBody(request, bytes)
        return parseBytes(bytes, request.headers)
      },
    })
    return result.ok ? handler(passedOn, result.guarded) : result.response
  }
}
