import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { explain } from './failure.ts'
import { listen, listenFrom } from './http.ts'
import type { Listening } from './http.ts'

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
})

const kept = (listening: Listening): Listening => {
  undo.push(() => listening.close())
  return listening
}

/** A port that somebody else holds. */
const occupy = (): Promise<number> =>
  new Promise((resolve) => {
    const server: Server = createServer().listen(0, '127.0.0.1', () => {
      undo.push(
        () =>
          new Promise((done) => {
            server.close(() => {
              done()
            })
          }),
      )
      resolve((server.address() as AddressInfo).port)
    })
  })

it('answers on one port of both loopback addresses and says who asks', async () => {
  const { port } = kept(
    await listen((_request, { address }) => new Response(address), { hosts: ['127.0.0.1', '::1'], port: 0 }),
  )
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('127.0.0.1')
})

it('reads the forwarded address where a proxy is trusted, and not otherwise', async () => {
  const headers = { 'x-forwarded-for': '198.51.100.7' }
  for (const [trustedProxies, expected] of [
    [0, '127.0.0.1'],
    [1, '198.51.100.7'],
  ] as const) {
    const { port } = kept(
      await listen((_request, { address }) => new Response(address), {
        hosts: ['127.0.0.1'],
        port: 0,
        trustedProxies,
      }),
    )
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { headers })).text()).toBe(expected)
  }
})

it('tells once of a forwarded address that is not read, and not where a proxy is trusted', async () => {
  const headers = { 'x-forwarded-for': '198.51.100.7' }
  for (const [trustedProxies, expected] of [
    [0, 1],
    [1, 0],
  ] as const) {
    let told = 0
    const onUnreadForward = (): void => {
      told += 1
    }
    const { port } = kept(
      await listen(() => new Response(), { hosts: ['127.0.0.1'], port: 0, trustedProxies, onUnreadForward }),
    )
    await fetch(`http://127.0.0.1:${port}/`)
    expect(told).toBe(0)
    await fetch(`http://127.0.0.1:${port}/`, { headers })
    await fetch(`http://127.0.0.1:${port}/`, { headers })
    expect(told).toBe(expected)
  }
})

it('says what to do where the port is taken', async () => {
  const port = await occupy()
  const failure: unknown = await listen(() => new Response(), { hosts: ['127.0.0.1'], port }).catch(
    (error: unknown) => error,
  )
  expect(explain(failure)).toContain(`Port ${port} is taken`)
})

it('goes on to the next port where the first is taken', async () => {
  const port = await occupy()
  const listening = kept(await listenFrom(() => new Response('here'), ['127.0.0.1'], port))
  expect(listening.port).toBeGreaterThan(port)
  expect(await (await fetch(`http://127.0.0.1:${listening.port}/`)).text()).toBe('here')
})

it('lets a request in flight end, and waits for what goes on after it', async () => {
  let answer: (response: Response) => void = () => undefined
  let entered: () => void = () => undefined
  const inside = new Promise<void>((resolve) => {
    entered = resolve
  })
  let after = false
  const listening = await listen(
    (_request, { waitUntil }) => {
      waitUntil?.(
        Promise.resolve().then(() => {
          after = true
        }),
      )
      entered()
      return new Promise<Response>((resolve) => {
        answer = resolve
      })
    },
    { hosts: ['127.0.0.1'], port: 0 },
  )
  const response = fetch(`http://127.0.0.1:${listening.port}/`)
  await inside
  const closed = listening.close()
  answer(new Response('done'))
  expect(await (await response).text()).toBe('done')
  await closed
  expect(after).toBe(true)
  await expect(fetch(`http://127.0.0.1:${listening.port}/`)).rejects.toThrow()
})
