import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler, Response as ExpressResponse } from 'express'
import { refuse } from './answers.ts'
import { parseBody, readStream, type BodyResult } from './body.ts'
import { GuardError } from './error.ts'
import type { Guard } from './guard.ts'
import { protectRequest, type Guarded, type Protection } from './protect.ts'
import type { GuardRequest } from './request.ts'

export type { Guarded, Input, Protection } from './protect.ts'

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      // Names with a colon are HTTP/2's own.
      if (one !== undefined && !name.startsWith(':')) headers.append(name, one)
    }
  }
  return headers
}

/** The request of a handler as `guard.report`, `guard.enroll` and `guard.remove` take it. */
export const requestOf = (request: IncomingMessage): GuardRequest => ({
  headers: headersOf(request),
  peer: request.socket.remoteAddress,
})

/** Answers with what `guard.enroll` and `guard.remove` return. */
export async function sendResponse(response: ExpressResponse, answer: Response): Promise<void> {
  response.status(answer.status)
  answer.headers.forEach((value, name) => response.setHeader(name, value))
  response.send(await answer.text())
}

/** A body that a parser has read before: what it made of it is what the handler sees. */
function adopt(parsed: unknown, headers: Headers): BodyResult {
  if (parsed instanceof Uint8Array) return parseBody(parsed, headers)
  if (typeof parsed === 'string') return parseBody(new TextEncoder().encode(parsed), headers)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return refuse('invalid_request')
  return { ok: true, body: parsed as Record<string, unknown> }
}

async function readBody(
  request: IncomingMessage & { body?: unknown },
  headers: Headers,
  max: number,
): Promise<BodyResult> {
  const parsed = request.body
  if (parsed !== undefined) return adopt(parsed, headers)
  if (request.readableDidRead) {
    throw new GuardError(
      'body_consumed',
      'the body was read before the guard and not left in req.body: protect first',
    )
  }
  // The connection stays up when there is more than that, for the answer to reach the browser.
  const bytes = await readStream(request.iterator({ destroyOnReturn: false }), max)
  if (bytes === undefined) return refuse('payload_too_large')
  const result = parseBody(bytes, headers)
  // Nobody can read the stream again, and nobody should read it otherwise.
  if (result.ok) request.body = result.body
  return result
}

/**
 * Middleware for Express 5 that puts the guard before a handler, which reads what was hashed as
 * `res.locals.newel.params`. A body that no parser has read yet is read here and left in `req.body`.
 * ```ts
 * app.post('/transfer', protect(guard, {
 *   action: 'transfer',
 *   params: ({ body }) => ({ to: body.to, amount: body.amount }),
 *   subject: (req) => ({ id: accountOf(req) }),
 *   session: (req) => req.cookies.sid,
 * }), (req, res) => res.json(pay(res.locals.newel.params)))
 * ```
 */
export function protect<Values extends object, PathParams = Record<string, string>>(
  guard: Guard,
  protection: Protection<Request<PathParams>, Values>,
): RequestHandler<PathParams, unknown, unknown, Record<string, unknown>, { newel: Guarded<Values> }> {
  return async (request, response, next) => {
    const headers = headersOf(request)
    const result = await protectRequest(guard, protection, request as unknown as Request<PathParams>, {
      request: { headers, peer: request.socket.remoteAddress },
      // The host is of no interest: only the query is read.
      query: new URL(request.originalUrl, 'http://host.invalid').searchParams,
      readBody: (max) => readBody(request, headers, max),
    })
    if (result.ok) {
      response.locals.newel = result.guarded
      next()
      return
    }
    await sendResponse(response, result.response)
  }
}
