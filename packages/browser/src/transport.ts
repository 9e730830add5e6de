import type { DpopClaims, HelloRequest, HelloResponse, Problem } from '@newel/protocol'
import { randomId } from './bytes.ts'
import { createClock } from './clock.ts'
import { loadDeviceKey, type DeviceKey } from './device-key.ts'
import { NewelError } from './errors.ts'
import { signJws, types } from './jws.ts'
import { headers, problemCode, valueOf, type Answer } from './wire.ts'

const deadlineMs = 10_000

/** One call to Newel. */
export interface Call {
  readonly method: 'GET' | 'POST'
  /** Below the endpoint, such as `/v1/hello`. */
  readonly path: string
  /** Made anew for each nonce, since an envelope carries it; a repeat on the same nonce sends what it sent before. */
  readonly body?: ((nonce: string) => unknown) | undefined
  /** Carries a DPoP proof (RFC 9449): every call under `/v1/challenges` and `/v1/enrollments`. */
  readonly dpop?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface Transport {
  device(): Promise<DeviceKey>
  /** The server's time, asked for if it is not known. */
  now(): Promise<number>
  /** Asks for a nonce if there is none. Returns the greeting that it took, if it took one. */
  greet(): Promise<HelloResponse | undefined>
  /** Echoes a greeting's nonce at once, so that the next nonce carries the measured round trip. */
  echo(greeting: HelloResponse): Promise<void>
  /** Wire names of the signals that the server wants. Known after `greet`. */
  wanted(): readonly string[]
  /**
   * Sends; repeats once when the network failed and once on a stale nonce.
   * @throws NewelError `network`, `timeout`, `config`, `unsupported`; the reason of `signal` once that is aborted
   */
  send<T>(call: Call): Promise<Answer<T>>
}

/** Runs under a deadline and the caller's signal, whose reason it ends with. */
async function bounded<T>(
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  const stop = (): void => controller.abort(outer?.reason)
  const timer = setTimeout(
    () => controller.abort(new NewelError('timeout', 'Newel did not answer in time')),
    deadlineMs,
  )
  outer?.addEventListener('abort', stop)
  if (outer?.aborted) stop()
  try {
    return await run(signal)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', stop)
  }
}

export function createTransport(endpoint: string, publishableKey: string): Transport {
  const clock = createClock()
  let device: Promise<DeviceKey> | undefined
  let nonce: string | undefined
  let wanted: readonly string[] = []
  let greeting: Promise<HelloResponse> | undefined

  const urlOf = (path: string): string => {
    const base = new URL(endpoint, location.href)
    return base.origin + base.pathname.replace(/\/$/, '') + path
  }

  const exchange = async <T>(url: string, init: RequestInit): Promise<Answer<T>> => {
    let response: Response
    let text: string
    try {
      response = await fetch(url, { ...init, credentials: 'omit', redirect: 'error', cache: 'no-store' })
      text = await response.text()
    } catch (cause) {
      throw new NewelError('network', 'Newel could not be reached', { cause })
    }
    const time = Number(response.headers.get(headers.time))
    if (time > 0) clock.set(time)
    nonce = response.headers.get(headers.dpopNonce) ?? nonce
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch (cause) {
      if (response.status >= 500) return { ok: false, status: response.status, code: '' }
      throw new NewelError('config', `${url} does not answer as Newel does; check \`endpoint\``, { cause })
    }
    if (response.ok) return { ok: true, value: body as T }
    const code = problemCode(body)
    // A proxy can hide the header that would bring the next nonce: then a greeting has to.
    if (code === 'use_dpop_nonce') nonce = response.headers.get(headers.dpopNonce) ?? undefined
    return { ok: false, status: response.status, code, detail: (body as Partial<Problem> | null)?.detail }
  }

  const hello = async (echoed?: string): Promise<HelloResponse> => {
    const { jkt } = await transport.device()
    const body: HelloRequest = echoed === undefined ? { jkt } : { jkt, nonce: echoed }
    const init = { method: 'POST', headers: plainHeaders(true), body: JSON.stringify(body) }
    const answer = await bounded(undefined, (signal) =>
      repeating(signal, () => exchange<HelloResponse>(urlOf('/v1/hello'), { ...init, signal })),
    )
    const value = valueOf(answer)
    nonce = value.nonce
    clock.set(value.now_ms)
    wanted = value.accepts.signals
    return value
  }

  const plainHeaders = (withBody: boolean): Record<string, string> => ({
    [headers.key]: publishableKey,
    ...(withBody ? { 'Content-Type': 'application/json' } : {}),
  })

  const dpop = async (htm: Call['method'], htu: string): Promise<Record<string, string>> => {
    const iat = Math.floor((await transport.now()) / 1000)
    const claims: DpopClaims = { htm, htu, jti: randomId(), iat, nonce: nonce! }
    return { [headers.dpop]: await signJws(await transport.device(), types.dpop, claims) }
  }

  const transport: Transport = {
    device: () =>
      (device ??= loadDeviceKey().catch((error: unknown) => {
        device = undefined
        throw error
      })),
    async now() {
      await transport.greet()
      return clock.now() ?? Date.now()
    },
    async greet() {
      if (nonce !== undefined && clock.now() !== undefined) return undefined
      greeting ??= hello().finally(() => (greeting = undefined))
      return greeting
    },
    async echo({ nonce }) {
      await hello(nonce)
    },
    wanted: () => wanted,
    send: <T>({ method, path, body, dpop: proven, signal }: Call) =>
      bounded(signal, async (bound) => {
        const url = urlOf(path)
        const attempt = async (): Promise<Answer<T>> => {
          await transport.greet()
          const content = body && JSON.stringify(await body(nonce!))
          const init: RequestInit = {
            method,
            signal: bound,
            ...(content === undefined ? {} : { body: content }),
          }
          const proof = proven ? await dpop(method, url) : {}
          return exchange<T>(url, { ...init, headers: { ...plainHeaders(body !== undefined), ...proof } })
        }
        const answer = await repeating(bound, attempt)
        if (answer.ok || answer.code !== 'use_dpop_nonce') return answer
        return repeating(bound, attempt)
      }),
  }
  return transport
}

/** One repeat when the network failed: the call may or may not have arrived, and `op` makes both alike. */
async function repeating<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (signal.aborted || !(error instanceof NewelError) || error.code !== 'network') throw error
    return attempt()
  }
}
