import { expect, it } from 'vitest'
import { route } from './router.ts'

const serve = route({
  origin: 'http://localhost:3000',
  newel: (request, { address }) => new Response(`newel ${new URL(request.url).pathname} ${address ?? ''}`),
  app: (request) => new Response(`app ${new URL(request.url).pathname}`),
})
const ask = async (url: string, init?: RequestInit): Promise<Response> =>
  serve(new Request(url, init), { address: '::1' })
const text = async (url: string): Promise<string> => (await ask(url)).text()

it('mounts Newel under its path and the application at the rest', async () => {
  expect(await text('http://localhost:3000/newel/v1/hello')).toContain('newel /newel/v1/hello')
  expect(await text('http://localhost:3000/')).toBe('app /')
  expect(await text('http://localhost:3000/newelty')).toBe('app /newelty')
})

it('answers the probes at the root too', async () => {
  expect(await text('http://localhost:3000/readyz')).toContain('newel /newel/readyz')
  expect(await text('http://localhost:3000/livez')).toContain('newel /newel/livez')
})

it('knows one address for both loopbacks', async () => {
  expect(await text('http://localhost:3000/newel/x')).toContain('127.0.0.1')
})

it('serves no name of another machine, so that no page can rebind its DNS to read codes', async () => {
  for (const url of [
    'http://evil.example:3000/bank/demo/state',
    'http://localhost.evil.example:3000/',
    'http://localhost:3001/',
  ]) {
    expect((await ask(url)).status).toBe(421)
  }
})

it('sends a page that was opened by address to the name that cookies and passkeys know', async () => {
  const response = await ask('http://127.0.0.1:3000/bank/?a=b')
  expect(response.status).toBe(307)
  expect(response.headers.get('location')).toBe('http://localhost:3000/bank/?a=b')
})
