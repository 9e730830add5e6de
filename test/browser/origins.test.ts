/** Page, back end and Newel on three origins; and that nothing of Newel's reaches a fourth. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { useChromium } from './support/chromium.ts'
import { listen, type Listening } from './support/listen.ts'
import { addPasskeyProvider } from './support/passkey.ts'
import { usePlainApps } from './support/plain.ts'
import { visit } from './support/visitor.ts'
import { keys, useWorlds } from './support/world.ts'

const openContext = useChromium()
const openWorld = useWorlds()
const openPlainApp = usePlainApps()

it('steps up across origins: the back end asks, Newel is asked, the page sends again', async () => {
  const world = await openWorld({ apart: true })
  const maya = await visit(await openContext(), world)
  const answers: { host: string; method: string; headers: Record<string, string>; sent: string[] }[] = []
  maya.page.on('response', (response) => {
    const { host } = new URL(response.url())
    const request = response.request()
    answers.push({
      host: host.split(':')[0] ?? '',
      method: request.method(),
      headers: response.headers(),
      sent: Object.keys(request.headers()),
    })
  })
  await addPasskeyProvider(maya.page)
  await maya.signInByMail()
  await maya.openSettings()
  await maya.page.getByRole('button', { name: 'Add a passkey' }).click()
  await maya.answerByMail()
  await maya.prompt.getByRole('button', { name: 'Create passkey' }).click()
  await maya.says('Passkey is added.')
  await maya.openAccount()
  await maya.order('Tom Lindqvist', '2500.00')
  await maya.prompt.getByRole('button', { name: 'Continue with passkey' }).click()
  await maya.says('€2,500.00 is on its way to Tom Lindqvist.')
  expect(world.bookings()).toEqual([{ party: 'Tom Lindqvist', amount: -250_000 }])

  const of = (host: string) => answers.filter((answer) => answer.host === host && answer.method !== 'OPTIONS')
  expect(new Set(answers.map(({ host }) => host))).toEqual(
    new Set(['bank.localhost', 'api.bank.localhost', 'newel.localhost']),
  )
  for (const { headers } of of('api.bank.localhost')) {
    expect(headers['access-control-allow-origin']).toBe(world.origin)
    expect(headers['access-control-allow-credentials']).toBe('true')
  }
  for (const { headers, sent } of of('newel.localhost')) {
    expect(headers['access-control-allow-origin']).toBe(world.origin)
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
    expect(headers['access-control-expose-headers']).toMatch(/dpop-nonce/i)
    expect(sent).not.toContain('cookie')
  }
})

/** A host that nothing of Newel's is meant for; answers every page, and remembers what it was sent. */
let stranger: Listening & { readonly seen: { method: string; names: string[] }[]; readonly origin: string }
beforeEach(async () => {
  const seen: { method: string; names: string[] }[] = []
  const listening = await listen((request) => {
    seen.push({ method: request.method, names: [...request.headers.keys()] })
    return new Response('taken', {
      headers: {
        'access-control-allow-origin': request.headers.get('origin') ?? '*',
        'access-control-allow-headers': 'content-type, newel-receipt, newel-proof, newel-token',
        'access-control-allow-methods': 'GET, POST',
      },
    })
  })
  stranger = { ...listening, seen, origin: `http://stranger.localhost:${listening.port}` }
})
afterEach(() => stranger.close())

const send = (page: Page, url: string, method: string) =>
  page.evaluate(
    async ([to, verb]) => {
      const { client } = window.Newel
      await client.signals()
      const init = verb === 'POST' ? { method: verb, body: 'private' } : { method: verb }
      return client.fetch(to, init).then(
        (response) => response.status,
        (error: unknown) => (error instanceof TypeError ? 'TypeError' : String(error)),
      )
    },
    [url, method] as const,
  )
const ours = () => stranger.seen.flatMap(({ names }) => names).filter((name) => name.startsWith('newel-'))

it('sends neither receipt nor proof to an origin that is not listed', async () => {
  const { origin } = await openPlainApp()
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  expect(await send(page, `${stranger.origin}/collect`, 'POST')).toBe(200)
  expect(await send(page, `${stranger.origin}/collect`, 'GET')).toBe(200)
  expect(stranger.seen.map(({ method }) => method)).toEqual(['POST', 'GET'])
  expect(ours()).toEqual([])
})

it('lets none of them follow a redirect to another origin, from the page’s own or a listed one', async () => {
  const api = await listen((request) => {
    const cors = {
      'access-control-allow-origin': request.headers.get('origin') ?? '',
      'access-control-allow-headers': 'newel-receipt, newel-proof',
    }
    return request.method === 'OPTIONS'
      ? new Response(null, { status: 204, headers: cors })
      : new Response(null, { status: 307, headers: { ...cors, location: `${stranger.origin}/collect` } })
  })
  const listed = `http://localhost:${api.port}`
  try {
    const { origin } = await openPlainApp({
      html: `<!doctype html><html lang="en"><title>Plain</title><script src="/sdk/newel.iife.js"
        data-key="${keys.publishableKey}" data-endpoint="/newel" data-protect="${listed}"></script></html>`,
    })
    const page = await (await openContext()).newPage()
    await page.goto(origin)
    const own = `${origin}/redirect?to=${encodeURIComponent(`${stranger.origin}/collect`)}`
    for (const url of [own, `${listed}/`]) {
      // What changes something is stopped at the border; what only reads goes on, as plain fetch.
      expect(await send(page, url, 'POST')).toBe('TypeError')
      expect(stranger.seen).toEqual([])
      expect(await send(page, url, 'GET')).toBe(200)
      expect(stranger.seen.splice(0).map(({ method }) => method)).toEqual(['GET'])
      expect(ours()).toEqual([])
    }
  } finally {
    await api.close()
  }
})
