import { headers as names, type Problem } from '@newel/protocol'
import type { Connection } from '@newel/server'
import { randomToken, type DeviceKey } from './device-key.ts'

/** Newel refused a call of the browser's side. */
export class TestProblem extends Error {
  override readonly name = 'TestProblem'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}`)
    this.problem = problem
  }
}

export interface TransportOptions {
  readonly fetch: (request: Request, connection?: Connection) => Promise<Response>
  readonly url: string
  readonly publishableKey: string
  readonly origin: string
  readonly address: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly now: () => number
  readonly key: DeviceKey
}

/** Calls to Newel's browser side, with the nonce that the last answer brought. */
export interface Transport {
  /** A call without proof: `hello` and `signals`. */
  plain(path: string, body: object): Promise<Record<string, unknown>>
  /** A call with a DPoP proof by the device key. */
  proven(method: 'GET' | 'POST', path: string, body?: object): Promise<Record<string, unknown>>
  /** A nonce that has not been refused yet. */
  nonce(): Promise<string>
}

export function createTransport(options: TransportOptions): Transport {
  const { url, key, now } = options
  let latest: string | undefined
  let latestAtMs = 0

  async function call(
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, unknown>> {
    const request = new Request(url + path, {
      method,
      headers: {
        ...options.requestHeaders,
        origin: options.origin,
        [names.key]: options.publishableKey,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const response = await options.fetch(request, { address: options.address })
    latest = response.headers.get(names.dpopNonce) ?? latest
    latestAtMs = now()
    const answer: unknown = await response.json()
    if (!response.ok) throw new TestProblem(answer as Problem)
    return answer as Record<string, unknown>
  }

  const plain = (path: string, body: object): Promise<Record<string, unknown>> => call('POST', path, body)

  async function nonce(): Promise<string> {
    // Nonces live five minutes.
    if (latest === undefined || now() - latestAtMs > 240_000) await plain('/v1/hello', { jkt: key.jkt })
    return latest ?? ''
  }

  async function proven(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<Record<string, unknown>> {
    const attempt = async (): Promise<Record<string, unknown>> => {
      const claims = {
        htm: method,
        htu: url + path,
        jti: randomToken(),
        iat: Math.floor(now() / 1000),
        nonce: await nonce(),
      }
      return call(method, path, body, { [names.dpop]: await key.sign('dpop', claims) })
    }
    try {
      return await attempt()
    } catch (error) {
      // As the SDK does: a stale nonce is repeated once, with the fresh one that the refusal brought.
      if (error instanceof TestProblem && error.problem.code === 'use_dpop_nonce') return attempt()
      throw error
    }
  }

  return { plain, proven, nonce }
}
