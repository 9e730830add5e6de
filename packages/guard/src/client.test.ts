import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCall, totalMs, type NewelServer } from './client.ts'
import { GuardError } from './error.ts'

const secretKey = `sk_bank_${'s'.repeat(32)}`

interface Seen {
  url: string
  authorization: string | null
  redirect: string
  text: string
}

/** A server whose replies come from a list. */
function server(...replies: (() => Response | Promise<Response>)[]) {
  const seen: Seen[] = []
  return {
    seen,
    async fetch(request: Request): Promise<Response> {
      const { url, headers, redirect } = request
      seen.push({ url, authorization: headers.get('authorization'), redirect, text: await request.text() })
      const reply = replies.shift()
      if (reply === undefined) throw new Error('no reply left')
      return reply()
    },
  }
}
const broken = () => Promise.reject(new TypeError('fetch failed'))
const hangs = () => new Promise<Response>(() => undefined)
const says =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status })

describe('a call to Newel', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('carries the key and the body, and never follows a redirect', async () => {
    const newel = server(says({ ok: 1 }))
    expect(await createCall(newel, secretKey)('POST', '/v1/x', { op: 'a' })).toEqual({
      answered: true,
      status: 200,
      body: { ok: 1 },
    })
    expect(newel.seen).toEqual([
      {
        url: 'http://newel.internal/v1/x',
        authorization: `Bearer ${secretKey}`,
        redirect: 'manual',
        text: '{"op":"a"}',
      },
    ])
  })

  it('is repeated once, word for word, when the reply got lost', async () => {
    for (const lost of [broken, says('', 502), says('', 504)]) {
      const newel = server(lost, says({ ok: 1 }))
      expect(await createCall(newel, secretKey)('POST', '/v1/x', { op: 'a' })).toMatchObject({
        answered: true,
      })
      expect(newel.seen).toHaveLength(2)
      expect(newel.seen[1]).toEqual(newel.seen[0])
    }
    const twice = server(broken, broken, says({ ok: 1 }))
    expect(await createCall(twice, secretKey)('POST', '/v1/x', {})).toEqual({
      answered: false,
      cause: 'lost',
    })
    expect(twice.seen).toHaveLength(2)
  })

  it('is not repeated where Newel answered that it cannot', async () => {
    for (const status of [429, 500, 503]) {
      const newel = server(says({ code: 'newel_unavailable' }, status), says({ ok: 1 }))
      expect(await createCall(newel, secretKey)('POST', '/v1/x', {})).toEqual({
        answered: false,
        cause: 'failed',
      })
      expect(newel.seen).toHaveLength(1)
    }
  })

  it('takes nothing but a JSON object for an answer', async () => {
    for (const text of ['<html>', '', '[]', 'null', '"allow"', 'true']) {
      const newel = server(() => new Response(text))
      expect(await createCall(newel, secretKey)('POST', '/v1/x', {})).toEqual({
        answered: false,
        cause: 'not_json',
      })
    }
  })

  it('ends after three seconds in all, its repeat included', async () => {
    const newel = server(
      () =>
        new Promise((_, reject) =>
          setTimeout(() => {
            reject(new TypeError('reset'))
          }, totalMs - 500),
        ),
      hangs,
    )
    const settled = vi.fn()
    const call = createCall(newel, secretKey)('POST', '/v1/x', {}).then(settled)
    await vi.advanceTimersByTimeAsync(totalMs - 1)
    expect(newel.seen).toHaveLength(2)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await call
    expect(settled).toHaveBeenCalledWith({ answered: false, cause: 'timed_out' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends in time where the body of the reply never ends', async () => {
    const newel = server(
      () =>
        new Response(
          new ReadableStream({
            start: (c) => {
              c.enqueue(new Uint8Array([0x7b]))
            },
          }),
        ),
    )
    const call = createCall(newel, secretKey)('POST', '/v1/x', {})
    await vi.advanceTimersByTimeAsync(totalMs)
    expect(await call).toEqual({ answered: false, cause: 'timed_out' })
  })
})

describe('the server option', () => {
  it('is a base with its path, or anything with fetch', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(Response.json({})))
    try {
      await createCall(new URL('https://app.example/newel/'), secretKey)('GET', '/v1/x')
      expect((fetch.mock.calls[0]?.[0] as Request).url).toBe('https://app.example/newel/v1/x')
    } finally {
      fetch.mockRestore()
    }
  })

  it('is refused where it cannot be right', () => {
    for (const url of [
      'ftp://app.example',
      'https://user:pass@app.example',
      'https://app.example/?a',
      'https://app.example/#a',
    ]) {
      expect(() => createCall(new URL(url), secretKey)).toThrow(GuardError)
    }
    expect(() => createCall({} as NewelServer, secretKey)).toThrow(GuardError)
  })
})
