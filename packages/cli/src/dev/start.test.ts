import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { defaultPolicy } from '@newel/server'
import type { AppModule, DevContext } from './context.ts'
import { startDev } from './start.ts'
import type { DevServer } from './start.ts'

let folder: string
const running = new Set<DevServer>()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-dev-'))
})
afterEach(async () => {
  for (const server of running) await stop(server)
  rmSync(folder, { recursive: true })
})

const start = async (app?: AppModule): Promise<DevServer> => {
  const server = await startDev({ app, port: 0, dataFolder: folder })
  running.add(server)
  return server
}
const stop = async (server: DevServer): Promise<void> => {
  running.delete(server)
  await server.stop()
}

it('serves a page that says how to go on, Newel beside it and the probes', async () => {
  const { origin } = await start()
  expect(await (await fetch(`${origin}/`)).text()).toContain('newel dev --app')
  for (const path of ['/readyz', '/livez', '/newel/readyz']) {
    expect((await fetch(`${origin}${path}`)).status).toBe(200)
  }
})

it('keeps keys and data over a restart', async () => {
  const first = await start()
  const jwks = (origin: string) =>
    fetch(`${origin}/newel/t/demo/.well-known/jwks.json`).then((answer) => answer.text())
  const before = await jwks(first.origin)
  expect(first.fresh).toBe(true)
  await stop(first)
  const second = await start()
  expect(second.fresh).toBe(false)
  expect(await jwks(second.origin)).toBe(before)
})

it('hands an application what it needs, and closes it at the end', async () => {
  const given: DevContext[] = []
  let closed = 0
  const app: AppModule = {
    tenant: { name: 'Shop', policy: { ...defaultPolicy, actions: { buy: { params: 'none' } } } },
    createApp: (context) => {
      given.push(context)
      return {
        fetch: () => new Response('shop'),
        close: () => {
          closed++
        },
      }
    },
  }
  const server = await start(app)
  const [context] = given
  expect(await (await fetch(`${server.origin}/anything`)).text()).toBe('shop')
  expect(context).toMatchObject({ origin: server.origin, url: `${server.origin}/newel`, dataFolder: folder })
  await context?.newel.fetch(
    new Request(`${server.origin}/newel/v1/assessments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${context.tenant.secretKey}` },
      body: JSON.stringify({
        op: 'A'.repeat(22),
        action: 'buy',
        subject: { id: 's-1' },
        session: 'A'.repeat(43),
        aud: server.origin,
        request: {},
      }),
    }),
  )
  expect(await context?.decisions()).toMatchObject([{ action: 'buy', subject: 's-1', decision: 'challenge' }])
  expect(await context?.learned('s-1')).toEqual({ state: 'unseen', grants: [] })
  expect(await context?.learned('s-2')).toBeUndefined()
  await stop(server)
  expect(closed).toBe(1)
})

it('gives everything back when the application cannot be made', async () => {
  const app: AppModule = {
    tenant: { name: 'Shop' },
    createApp: () => {
      throw new Error('no such table')
    },
  }
  await expect(start(app)).rejects.toThrow('no such table')
  await start()
})
