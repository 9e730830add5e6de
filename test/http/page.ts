import { headers as names, tokenTypes } from '@newel/protocol'
import { randomToken, sha256, type Answer } from './back-end.ts'
import type { Device } from './device.ts'
import type { Reached } from './reach.ts'
import { newelUrl } from './world.ts'

/** Members to put in the place of the honest ones; `undefined` leaves one out. */
export interface Twist {
  readonly claims?: object
  readonly header?: object
}

export interface CallOptions {
  /** In the place of an honest DPoP proof; `null` for none, which is the default outside of challenges and enrolments. */
  readonly dpop?: string | null | Twist
  readonly headers?: Readonly<Record<string, string>>
}

/** A page of the application, as a raw client that signs and sends whatever it is told. */
export interface Page {
  readonly device: Device
  /** Random, one a page. */
  readonly visit: string
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<Answer<T>>
  nonce(): Promise<string>
  envelope(twist?: Twist): Promise<string>
  /** Sends an envelope; gives the receipt. */
  observe(): Promise<string>
  proof(over: string, twist?: Twist): Promise<string>
  dpop(method: string, path: string, twist?: Twist): Promise<string>
  /** Headers of a request to the application, as `newel.fetch` adds them. */
  headers(token?: string): Promise<Record<string, string>>
}

export interface PageOptions {
  readonly newel: Reached
  readonly device: Device
  readonly publishableKey: string
  readonly origin: string
  readonly now: () => number
}

/** A nonce lives five minutes. */
const nonceMs = 290_000

const needsProof = (path: string): boolean => /^\/v1\/(?:challenges|enrollments)\//.test(path)

export function openPage({ newel, device, publishableKey, origin, now }: PageOptions): Page {
  const visit = randomToken()
  const seconds = (): number => Math.floor(now() / 1000)
  let latest: { readonly nonce: string; readonly atMs: number } | undefined

  async function call<T>(
    method: string,
    path: string,
    body: unknown,
    options: CallOptions = {},
  ): Promise<Answer<T>> {
    const { dpop = needsProof(path) ? {} : null } = options
    const proof = dpop === null || typeof dpop === 'string' ? dpop : await page.dpop(method, path, dpop)
    const response = await newel.fetch(
      new Request(newelUrl + path, {
        method,
        headers: {
          origin,
          [names.key]: publishableKey,
          ...(proof !== null && { [names.dpop]: proof }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...options.headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    const fresh = response.headers.get(names.dpopNonce)
    if (fresh !== null) latest = { nonce: fresh, atMs: now() }
    return { status: response.status, headers: response.headers, body: (await response.json()) as T }
  }

  const page: Page = {
    device,
    visit,
    call,
    async nonce() {
      // One that is about to end is not held to be a mistake of the test.
      if (latest === undefined || now() - latest.atMs > nonceMs) {
        await call('POST', '/v1/hello', { jkt: device.jkt })
      }
      return latest?.nonce ?? ''
    },
    envelope: async ({ claims, header } = {}) =>
      device.jws(
        tokenTypes.envelope,
        {
          v: 1,
          nonce: await page.nonce(),
          iat: seconds(),
          jti: randomToken(),
          visit,
          sdk: 'newel/0.1.0',
          page: '/',
          observations: { 'device-key@1': { value: { ephemeral: false } } },
          ...claims,
        },
        header,
      ),
    async observe() {
      const { body } = await call<{ receipt: string }>('POST', '/v1/signals', {
        envelope: await page.envelope(),
      })
      return body.receipt
    },
    proof: async (over, { claims, header } = {}) =>
      device.jws(
        tokenTypes.proof,
        { aud: origin, iat: seconds(), jti: randomToken(), ath: await sha256(over), ...claims },
        header,
      ),
    dpop: async (method, path, { claims, header } = {}) =>
      device.jws(
        tokenTypes.dpop,
        {
          htm: method,
          htu: newelUrl + path,
          jti: randomToken(),
          iat: seconds(),
          nonce: await page.nonce(),
          ...claims,
        },
        header,
      ),
    async headers(token) {
      const receipt = await page.observe()
      return {
        [names.receipt]: receipt,
        [names.proof]: await page.proof(token ?? receipt),
        ...(token !== undefined && { [names.token]: token }),
      }
    },
  }
  return page
}
