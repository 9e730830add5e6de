import { expect, vi } from 'vitest'
import type { CheckInput } from '../src/check.ts'
import { createGuard, type GuardOptions } from '../src/guard.ts'
import { fakeNewel, jws, origin, secretKey, type FakeReply } from './fake-newel.ts'

export const page = {
  origin,
  'user-agent': 'Mozilla/5.0',
  'sec-ch-ua-platform': '"Linux"',
  'accept-language': 'de,en;q=0.5',
  'newel-receipt': jws('receipt'),
  'newel-proof': jws('proof'),
}
/** What an application would ask, of a request with these headers. */
export const ask = (headers: Record<string, string> = page, more: object = {}): CheckInput => ({
  action: 'transfer',
  params: { to: 'DE00', amount: '1.00' },
  subject: { id: 'u1' },
  session: 's1',
  request: { headers: new Headers(headers), peer: '192.0.2.7' },
  ...more,
})

/** A guard whose Newel answers from a list. */
export function setUp(replies: FakeReply[], options: Partial<GuardOptions> = {}) {
  const newel = fakeNewel(...replies)
  const log = vi.fn()
  const guard = createGuard({
    server: newel,
    secretKey,
    aud: origin,
    clientAddress: (request) => request.peer,
    logger: { log },
    ...options,
  })
  return { newel, guard, log }
}

/** What the browser gets; it has to be what the outcome says. */
export const refusal = async (outcome: Awaited<ReturnType<ReturnType<typeof createGuard>['check']>>) => {
  if (outcome.ok) throw new Error('expected a refusal')
  const { status, headers } = outcome.response
  const body: unknown = await outcome.response.json()
  expect(body).toEqual(outcome.problem)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(headers.get('cache-control')).toBe('no-store')
  return { status, code: outcome.problem.code, authenticate: headers.get('www-authenticate'), body }
}
