import { GuardError } from './error.ts'

/** Newel at a public base with its path, or a Newel in this process. */
export type NewelServer = URL | { fetch(request: Request): Promise<Response> }

/** Milliseconds for one call in all, its repeat included. The runtime's `fetch` has no limit of its own for connecting. */
export const totalMs = 3000

export type Reply =
  | { readonly answered: true; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly answered: false; readonly cause: 'timed_out' | 'lost' | 'failed' | 'not_json' }

export type Call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => Promise<Reply>

interface Transport {
  readonly base: string
  readonly send: (request: Request) => Promise<Response>
}

function openTransport(server: NewelServer): Transport {
  if (!(server instanceof URL)) {
    if (typeof server.fetch !== 'function') {
      throw new GuardError(
        'invalid_configuration',
        'server: expected a URL, or an object with fetch, such as createNewel(…)',
      )
    }
    return { base: 'http://newel.internal', send: (request) => server.fetch(request) }
  }
  const { protocol, origin, pathname, username, password, search, hash } = server
  if (!/^https?:$/.test(protocol) || username + password + search + hash !== '') {
    throw new GuardError(
      'invalid_configuration',
      'server: expected http(s)://host/path without credentials, query and fragment',
    )
  }
  return { base: origin + pathname.replace(/\/+$/, ''), send: (request) => fetch(request) }
}

async function read(response: Response): Promise<Reply> {
  // What a gateway says when the server behind it broke off: the call may have been carried out.
  if (response.status === 502 || response.status === 504) return { answered: false, cause: 'lost' }
  if (response.status >= 500 || response.status === 429) return { answered: false, cause: 'failed' }
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return { answered: true, status: response.status, body: body as Readonly<Record<string, unknown>> }
    }
  } catch {
    // Falls through: a proxy's page, say.
  }
  return { answered: false, cause: 'not_json' }
}

/**
 * Calls Newel. A call whose reply got lost is repeated once, with the same body and so the same `op`, which makes the
 * repeat safe; one that takes longer than {@link totalMs} is given up, since its answer would come too late for the user.
 */
export function createCall(server: NewelServer, secretKey: string): Call {
  const { base, send } = openTransport(server)
  return async (method, path, body) => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const expired = new Promise<Reply>((resolve) => {
      timer = setTimeout(() => {
        resolve({ answered: false, cause: 'timed_out' })
        abort.abort()
      }, totalMs)
    })
    const exchange = async (): Promise<Reply> => {
      const request = new Request(base + path, {
        method,
        headers: {
          authorization: `Bearer ${secretKey}`,
          accept: 'application/json, application/problem+json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // The key goes to the configured server and nowhere else.
        redirect: 'manual',
        signal: abort.signal,
      })
      try {
        return await read(await send(request))
      } catch {
        return { answered: false, cause: 'lost' }
      }
    }
    try {
      // A server in this process may not heed the signal, so the clock is raced as well.
      const first = await Promise.race([exchange(), expired])
      if (first.answered || first.cause !== 'lost' || abort.signal.aborted) return first
      return await Promise.race([exchange(), expired])
    } finally {
      clearTimeout(timer)
    }
  }
}
