import type { headers, RequestFacts } from '@newel/protocol'
import type { Core } from './core.ts'
import { logNoAddress } from './hint.ts'

/** What the guard reads of a request; a `Request` is one, except that it does not say who the peer is. */
export interface GuardRequest {
  readonly headers: Headers
  /** Address of the connection's other end, as the host knows it; for `fromSocket()`. */
  readonly peer?: string | undefined
}

/** What a page sends along (design, section 3): taken from the request's headers unless given. */
export interface Credentials {
  readonly receipt?: string | undefined
  readonly proof?: string | undefined
  readonly token?: string | undefined
}

const names = { receipt: 'Newel-Receipt', proof: 'Newel-Proof', token: 'Newel-Token' } as const satisfies {
  [N in keyof Credentials]-?: (typeof headers)[N]
}

/** Lengths up to which Newel reads them. */
const maxLengths = { receipt: 2048, proof: 2048, token: 4096 } as const satisfies Record<
  keyof Credentials,
  number
>

const jws = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** `malformed` holds the place of what was sent and cannot be what it should be: it is not worth a call. */
export type Credential =
  { readonly is: 'given'; readonly value: string } | { readonly is: 'malformed' | 'absent' }

export function readCredential(
  kind: keyof Credentials,
  given: Credentials,
  request: GuardRequest,
): Credential {
  const value = given[kind] ?? request.headers.get(names[kind])
  if (value === null || value === '') return { is: 'absent' }
  return value.length <= maxLengths[kind] && jws.test(value) ? { is: 'given', value } : { is: 'malformed' }
}

/** Clipped to what Newel reads: a browser that sends more must not turn its request into a refused one. */
function readHeader(request: GuardRequest, name: string, max: number): string | undefined {
  const value = request.headers.get(name)
  return value === null ? undefined : value.slice(0, max).replaceAll(/\p{Cc}/gu, ' ')
}

/** What the back end knows of the request that it is asked to serve. */
export function readFacts(request: GuardRequest, core: Core): RequestFacts {
  const ip = core.clientAddress === 'unknown' ? undefined : core.clientAddress(request)
  if (ip === undefined && core.clientAddress !== 'unknown') logNoAddress(core)
  return {
    ip,
    user_agent: readHeader(request, 'user-agent', 512),
    headers: {
      'sec-ch-ua': readHeader(request, 'sec-ch-ua', 256),
      'sec-ch-ua-mobile': readHeader(request, 'sec-ch-ua-mobile', 8),
      'sec-ch-ua-platform': readHeader(request, 'sec-ch-ua-platform', 64),
      'accept-language': readHeader(request, 'accept-language', 256),
    },
  }
}

/**
 * The origin that the page's proof was made for: that of the request as the page sees it. The request's `Origin`, which is
 * the same for a page of that origin, chooses among the configured ones and adds none. A page of another origin, and a
 * `GET` without `Origin`, is taken to mean the first.
 */
export function chooseAudience(configured: readonly [string, ...string[]], request: GuardRequest): string {
  const origin = request.headers.get('origin')
  return configured.find((aud) => aud === origin) ?? configured[0]
}
