import { NewelError } from './errors.ts'

/** A request that can be sent more than once: method, headers and body as they were at the first call. */
export interface Replayable {
  readonly url: string
  readonly signal: AbortSignal
  /** Serving it twice does what serving it once does (RFC 9110 §9.2.1). */
  readonly safe: boolean
  /** A new request; `url` other than the first only for a safe one. */
  build(init: RequestInit, url?: string): Request
  /** What the caller said about redirects. */
  readonly redirect: RequestRedirect
}

/**
 * Takes the request over, as `fetch` does, and reads its body.
 * @throws NewelError `not_replayable` for a stream and for a body that was read before; TypeError as `fetch` does
 */
export async function toReplayable(input: RequestInfo | URL, init?: RequestInit): Promise<Replayable> {
  const used = typeof input === 'object' && 'bodyUsed' in input && input.bodyUsed
  if (init?.body instanceof ReadableStream || (used && init?.body == null)) {
    throw new NewelError(
      'not_replayable',
      'The body is a stream, which can be sent only once. Pass a string, Blob, FormData or ArrayBuffer instead',
    )
  }
  const first = new Request(input, init)
  const safe = first.method === 'GET' || first.method === 'HEAD'
  // A Blob never changes, and large ones stay on disk.
  const body = safe ? undefined : await first.blob()
  return {
    url: first.url,
    signal: first.signal,
    safe,
    redirect: first.redirect,
    build: (more, url) => {
      const request = url === undefined ? first : new Request(url, first)
      return new Request(request, body === undefined ? more : { ...more, body })
    },
  }
}
