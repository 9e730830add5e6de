import { defaultPolicy } from '@newel/server'
import { createTestNewel } from '@newel/testkit'
import { expect, it } from 'vitest'

/** A body that begins and never ends, as by a client that sends a byte a minute. */
const endless = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{'))
    },
  })

it('bodies that do not arrive, of callers without any key, leave room for assessments', async () => {
  const newel = createTestNewel({ policy: { ...defaultPolicy, actions: { read: { params: 'none' } } } })
  const slow = Array.from({ length: 100 }, () =>
    newel.fetch(
      new Request(`${newel.url}/v1/challenges/chl_x/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: endless(),
        duplex: 'half',
      } as RequestInit),
      {},
    ),
  )
  const response = await newel.fetch(
    new Request(`${newel.url}/v1/assessments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${newel.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ op: 'o'.repeat(22), action: 'read', aud: newel.origin, request: {} }),
    }),
  )
  expect(response.status).toBe(200)
  expect(await Promise.race([...slow, Promise.resolve('none answered')])).toBe('none answered')
})
