import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWorld, publishableKey, type World } from '../test/world.ts'
import { fakeId, openChallenge, problem } from '../test/fake-newel.ts'
import { NewelError } from './errors.ts'
import { createTransport, type Transport } from './transport.ts'

const serverMs = 1_800_000_000_000
let world: World
let transport: Transport

beforeEach(() => {
  world = createWorld(() => serverMs)
  transport = createTransport('/newel', publishableKey)
  openChallenge(world.fake, 1, { expires_at_ms: serverMs + 300_000 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const path = `/v1/challenges/${fakeId('chl', 1)}`
const look = () => transport.send({ method: 'GET', path, dpop: true })
const start = () =>
  transport.send({
    method: 'POST',
    path: `${path}/start`,
    dpop: true,
    body: () => ({ op: 'A'.repeat(22), method: 'totp' }),
  })
const withCode = (code: string) => (error: unknown) => error instanceof NewelError && error.code === code
const calls = () => world.fake.calls.map((call) => `${call.method} ${call.path.replace(path, '…')}`)

it('proves every call with the method, the address without query, the server’s time and its nonce', async () => {
  await look()
  await start()
  const [, get, post] = world.fake.calls
  expect(get?.dpop?.claims).toMatchObject({
    htm: 'GET',
    htu: `${location.origin}/newel${path}`,
    iat: serverMs / 1000,
  })
  expect(post?.dpop?.claims).toMatchObject({ htm: 'POST', htu: `${location.origin}/newel${path}/start` })
  expect(get?.dpop?.claims['jti']).not.toBe(post?.dpop?.claims['jti'])
  expect(post?.dpop?.header.jwk).toEqual((await transport.device()).jwk)
})

it('takes no cookies along and follows no redirect', async () => {
  const inner = fetch
  const seen: Request[] = []
  vi.stubGlobal('fetch', (input: string, init: RequestInit) => {
    seen.push(new Request(input, init))
    return inner(input, init)
  })
  await look()
  expect(seen.map(({ credentials, redirect }) => [credentials, redirect])).toEqual([
    ['omit', 'error'],
    ['omit', 'error'],
  ])
})

it('greets once for calls that start together', async () => {
  await Promise.all([look(), look(), look()])
  expect(calls().filter((call) => call === 'POST /v1/hello')).toHaveLength(1)
})

it('repeats once on a stale nonce, with a proof of its own', async () => {
  await look()
  world.fake.expireNonces()
  expect(await look()).toMatchObject({ ok: true })
  expect(calls()).toEqual(['POST /v1/hello', 'GET …', 'GET …', 'GET …'])
})

it('does not repeat for ever on stale nonces', async () => {
  for (let count = 0; count < 3; count++) {
    world.fake.next.push({ path, answer: () => problem(400, 'use_dpop_nonce') })
  }
  expect(await look()).toEqual({ ok: false, status: 400, code: 'use_dpop_nonce' })
  expect(calls()).toEqual(['POST /v1/hello', 'GET …', 'GET …'])
})

it('repeats once when the connection was lost, with the same op and a fresh proof', async () => {
  await look()
  world.lose.push('after')
  expect(await start()).toMatchObject({ ok: true })
  const [first, second] = world.fake.calls.slice(-2)
  expect(first?.body).toEqual(second?.body)
  expect(first?.dpop?.claims['jti']).not.toBe(second?.dpop?.claims['jti'])
})

it('says network when the repeat is lost too', async () => {
  await look()
  world.lose.push('before', 'before')
  await expect(start()).rejects.toSatisfy(withCode('network'))
})

it('says timeout after ten seconds', async () => {
  await look()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const inner = fetch
  vi.stubGlobal('fetch', (input: string, init: RequestInit) => {
    if (!input.endsWith('/start')) return inner(input, init)
    vi.advanceTimersByTime(10_000)
    return Promise.reject(init.signal?.reason as Error)
  })
  await expect(start()).rejects.toSatisfy(withCode('timeout'))
})

it('ends with the reason of the caller', async () => {
  const controller = new AbortController()
  controller.abort(new Error('left'))
  await expect(
    transport.send({ method: 'GET', path, dpop: true, signal: controller.signal }),
  ).rejects.toThrow('left')
})

it('says config when something else answers at the endpoint', async () => {
  world.fake.next.push({ path: '/v1/hello', answer: () => new Response('<!doctype html><title>App</title>') })
  await expect(look()).rejects.toSatisfy(withCode('config'))
})

it('says config when the key is not known', async () => {
  transport = createTransport('/newel', 'pk_demo_another0123456789')
  await expect(look()).rejects.toSatisfy(withCode('config'))
})

it('gives the page of a failing proxy as a refusal with its status', async () => {
  await look()
  world.fake.next.push({ path, answer: () => new Response('<h1>Bad Gateway</h1>', { status: 502 }) })
  expect(await look()).toEqual({ ok: false, status: 502, code: '' })
})

it('says what Newel says of a mistake in the set-up', async () => {
  const detail = 'the `origins` of the tenant have to list the origin of the page'
  const answer = () => Response.json({ code: 'origin_not_allowed', detail }, { status: 403 })
  world.fake.next.push({ path: '/v1/hello', answer })
  await expect(look()).rejects.toMatchObject({
    code: 'config',
    message: `The server answered 403 origin_not_allowed: ${detail}`,
  })
})
