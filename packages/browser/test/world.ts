import { vi } from 'vitest'
import { createFakeNewel, type FakeNewel } from './fake-newel.ts'

/** Waits for the page to get there; with fake timers, time goes on by five milliseconds a look. */
export const until = <T>(check: () => T) => vi.waitUntil(check, { timeout: 10_000, interval: 5 })

export const publishableKey = 'pk_demo_0123456789abcdef'

/** What the page's `fetch` was asked, as the network would see it. */
export interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
  readonly mode: RequestMode
  readonly redirect: RequestRedirect
  readonly credentials: RequestCredentials
}

export interface World {
  readonly fake: FakeNewel
  /** Requests that were not for Newel. */
  readonly sent: Sent[]
  /** Answers those requests. */
  serve: (request: Sent) => Response | Promise<Response>
  /** Makes the next calls to Newel fail as a lost connection does: before they arrive, or after. */
  readonly lose: ('before' | 'after')[]
}

/** A page at `http://localhost:3000` with a fake Newel at `/newel` and a back end that the test writes. */
export function createWorld(now: () => number = Date.now): World {
  const base = `${location.origin}/newel`
  const world: World = {
    fake: createFakeNewel({ url: base, now }),
    sent: [],
    serve: () => new Response('served'),
    lose: [],
  }
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    if (!request.url.startsWith(base)) {
      const sent: Sent = {
        url: request.url,
        method: request.method,
        headers: request.headers,
        body: await request.text(),
        mode: request.mode,
        redirect: request.redirect,
        credentials: request.credentials,
      }
      world.sent.push(sent)
      return world.serve(sent)
    }
    const lost = world.lose.shift()
    if (lost === 'before') throw new TypeError('Failed to fetch')
    const answer = await world.fake.fetch(request)
    request.signal.throwIfAborted()
    if (lost === 'after') throw new TypeError('Failed to fetch')
    return answer
  })
  return world
}
