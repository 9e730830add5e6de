import { type AssessmentResponse, type ConsumeResponse, type ParamValue } from '@newel/protocol'
import { base64url } from 'jose'
import type { Reached } from './reach.ts'
import { newelUrl } from './world.ts'

/** What came back; a body that is no JSON fails the test that asked. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** The back end of an application, with its secret key and nothing else. */
export interface BackEnd {
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>>
  assess(question: Question): Promise<Answer<AssessmentResponse>>
  consume(redemption: Redemption): Promise<Answer<ConsumeResponse>>
}

export interface Question {
  readonly op?: string
  readonly action: string
  readonly params?: Readonly<Record<string, ParamValue>>
  readonly subject?: { readonly id: string }
  readonly session?: string
  /** Headers of the page's request: `await device.headers()`. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Redemption extends Question {
  readonly subject: { readonly id: string }
}

/** 128 random bits in base64url. */
export const randomToken = (): string => base64url.encode(crypto.getRandomValues(new Uint8Array(16)))

export async function sha256(text: string): Promise<string> {
  return base64url.encode(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  )
}

/** The hash of a session of the application, as guards send it (design, section 3). */
export const sessionHash = (aud: string, session: string): Promise<string> =>
  sha256(`newel-sid${aud}${session}`)

/** Members of a body that come out of the headers of the page's request. */
function fromPage(headers: Readonly<Record<string, string>> = {}) {
  const { 'Newel-Receipt': receipt, 'Newel-Proof': proof, 'Newel-Token': token } = headers
  return {
    ...(receipt !== undefined && { receipt }),
    ...(proof !== undefined && { proof }),
    ...(token !== undefined && { token }),
  }
}

export function backEnd(reached: Reached, secretKey: string, aud: string): BackEnd {
  async function call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await reached.fetch(
      new Request(newelUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${secretKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    return { status: response.status, headers: response.headers, body: (await response.json()) as T }
  }
  return {
    call,
    assess: ({ op = randomToken(), headers, ...question }) => {
      const { receipt, proof } = fromPage(headers)
      return call('POST', '/v1/assessments', {
        op,
        ...question,
        ...(receipt !== undefined && { receipt }),
        ...(proof !== undefined && { proof }),
        aud,
        request: { ip: '127.0.0.1' },
      })
    },
    consume: ({ op = randomToken(), headers, ...redemption }) => {
      const { token, proof } = fromPage(headers)
      return call('POST', '/v1/tokens/consume', { op, ...redemption, token, proof, aud })
    },
  }
}
