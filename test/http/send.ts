import type { RouteSpec } from '../../packages/server/src/routes/specs/index.ts'
import { headers as names } from '@newel/protocol'
import type { Person } from './people.ts'
import type { World } from './serve.ts'
import { bank, newelUrl } from './world.ts'

/** What came back, and whether it is a problem document as RFC 9457 has it. */
export interface Refusal {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly code: string | undefined
}

export interface Sending {
  readonly method?: string
  readonly path: string
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined
  /** In the place of the honest ones; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** Sends to a route with the key, the proof and the content type that it wants, but for what is told otherwise. */
export async function send(
  world: World,
  spec: RouteSpec,
  { page }: Person,
  sending: Sending,
): Promise<Refusal> {
  const { path, body, method = spec.method } = sending
  const proven = /^\/v1\/(?:challenges|enrollments)\//.test(path)
  const honest: Record<string, string | undefined> = {
    ...(spec.side === 'browser' && { origin: bank.origins[0], [names.key]: bank.publishableKey }),
    ...(spec.side === 'back_end' && { authorization: `Bearer ${bank.secretKeys[0] ?? ''}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(proven && { [names.dpop]: await page.dpop(method, path) }),
    ...sending.headers,
  }
  const headers = Object.entries(honest).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const response = await fetch(world.listening + new URL(newelUrl).pathname + path, {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  const isProblem = response.headers.get('content-type') === 'application/problem+json'
  return {
    status: response.status,
    headers: response.headers,
    text,
    code: isProblem ? (JSON.parse(text) as { code?: string }).code : undefined,
  }
}
