import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { problem, readJws, sha256 } from '../test/fake-newel.ts'
import { challenge, codeOf, createStepping, demand, post, signed, type Stepping } from '../test/stepping.ts'
import { until } from '../test/world.ts'
import { NewelError } from './errors.ts'

let world: Stepping['world']
let prompt: Stepping['prompt']
let stepUp: Stepping['stepUp']
beforeEach(() => {
  ;({ world, prompt, stepUp } = createStepping())
})
afterEach(() => void vi.unstubAllGlobals())

it('steps up and sends the same request again, once, with token and a fresh proof over it', async () => {
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? new Response('done') : demand())
  expect(await (await stepUp('/transfer', post)).text()).toBe('done')
  const [first, second] = world.sent
  expect(second?.body).toBe('amount=250')
  expect(second?.headers.get('Content-Type')).toBe('text/plain')
  expect(second?.headers.get('X-Own')).toBe('1')
  const token = `token.${challenge().id}`
  expect(signed(second).token).toBe(token)
  expect(signed(second).receipt).toBe(signed(first).receipt)
  const [before, after] = await Promise.all(
    [first, second].map((sent) => readJws(signed(sent).proof ?? '', 'newel-proof+jwt')),
  )
  expect(after?.claims['ath']).toBe(await sha256(token))
  expect(after?.claims['jti']).not.toBe(before?.claims['jti'])
})

it('returns whatever the repeat is answered, without a second prompt', async () => {
  world.serve = () => demand()
  expect((await stepUp('/transfer', post)).status).toBe(401)
  expect(world.sent).toHaveLength(2)
  expect(prompt).toHaveBeenCalledOnce()
})

it('returns invalid_token without a prompt and keeps no token for the next request', async () => {
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? problem(401, 'invalid_token') : demand())
  expect(await (await stepUp('/transfer', post)).json()).toMatchObject({ code: 'invalid_token' })
  expect(prompt).toHaveBeenCalledOnce()
  world.serve = () => problem(401, 'invalid_token')
  await stepUp('/transfer', post)
  expect(signed(world.sent.at(-1)).token).toBeNull()
  expect(prompt).toHaveBeenCalledOnce()
})

it('leaves the answer readable', async () => {
  prompt.mockResolvedValue(undefined)
  world.serve = () => demand()
  expect(await (await stepUp('/transfer', post)).json()).toMatchObject({ challenge: challenge() })
})

it.each([
  ['an id that is a path', { challenge: { ...challenge(), id: 'chl_../../v1/hello' } }],
  ['no challenge', {}],
  ['a challenge of another form', { challenge: 'chl' }],
])('opens no prompt for %s', async (_name, more) => {
  world.serve = () => problem(401, 'insufficient_user_authentication', more)
  expect((await stepUp('/transfer', post)).status).toBe(401)
  expect(prompt).not.toHaveBeenCalled()
})

it('opens no prompt for another status or another content type', async () => {
  const body = JSON.stringify({ code: 'insufficient_user_authentication', challenge: challenge() })
  world.serve = () => new Response(body, { status: 401, headers: { 'Content-Type': 'application/json' } })
  await stepUp('/transfer', post)
  world.serve = () => problem(403, 'insufficient_user_authentication', { challenge: challenge() })
  await stepUp('/transfer', post)
  expect(prompt).not.toHaveBeenCalled()
})

it('steps up after signals were required', async () => {
  let count = 0
  const answers = [problem(401, 'signals_required'), demand(), new Response('done')]
  world.serve = () => answers[count++]!
  expect(await (await stepUp('/transfer', post)).text()).toBe('done')
  expect(world.sent).toHaveLength(3)
})

it('asks once for requests that wait for the same proof, and sends the others again without a token', async () => {
  let assured = false
  world.serve = ({ headers }) => {
    assured ||= headers.has('Newel-Token')
    return assured ? new Response('done') : demand()
  }
  const answers = await Promise.all([stepUp('/a', post), stepUp('/b', post), stepUp('/c', post)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(prompt).toHaveBeenCalledOnce()
  const repeats = world.sent.slice(3)
  expect(repeats.map((sent) => signed(sent).token !== null)).toEqual([true, false, false])
})

it('asks for each request that wants a proof of its own, one at a time', async () => {
  let opened = 0
  let open = 0
  prompt.mockImplementation(async ({ id }) => {
    expect(++open).toBe(1)
    await Promise.resolve()
    open--
    return `token.${id}`
  })
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? new Response('done') : demand(++opened))
  const answers = await Promise.all([stepUp('/a', post), stepUp('/b', post)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(prompt).toHaveBeenCalledTimes(2)
  const tokens = world.sent.map((sent) => signed(sent).token).filter((token) => token !== null)
  expect(new Set(tokens).size).toBe(2)
})

it('ends all that wait for a challenge that was cancelled, each with its own answer', async () => {
  prompt.mockRejectedValue(new NewelError('cancelled', 'closed'))
  world.serve = () => demand()
  const ended = await Promise.all(
    ['/a', '/b'].map((url) => stepUp(url, post).catch((error: unknown) => error as NewelError)),
  )
  expect(ended).toMatchObject([
    { code: 'cancelled', response: { status: 401 } },
    { code: 'cancelled', response: { status: 401 } },
  ])
  expect(prompt).toHaveBeenCalledOnce()
  expect(world.sent).toHaveLength(2)
})

it('asks again for a later request after a cancelled one', async () => {
  let opened = 0
  prompt.mockRejectedValueOnce(new NewelError('cancelled', 'closed'))
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? new Response('done') : demand(++opened))
  expect(await codeOf(stepUp('/a', post))).toBe('cancelled')
  expect((await stepUp('/a', post)).status).toBe(200)
})

it('asks again about a challenge whose prompt could not be loaded', async () => {
  prompt.mockRejectedValueOnce(new NewelError('network', 'offline'))
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? new Response('done') : demand())
  expect(await codeOf(stepUp('/a', post))).toBe('network')
  expect((await stepUp('/a', post)).status).toBe(200)
})

it('ends with the reason of the caller while it waits for its turn', async () => {
  let release = (_token: string): void => undefined
  prompt.mockImplementationOnce(() => new Promise<string>((resolve) => (release = resolve)))
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? new Response('done') : demand())
  const first = stepUp('/a', post)
  await until(() => prompt.mock.calls.length === 1)
  const controller = new AbortController()
  const second = stepUp('/b', { ...post, signal: controller.signal })
  await until(() => world.sent.length === 2)
  controller.abort(new Error('left'))
  await expect(second).rejects.toThrow('left')
  release('token.x')
  expect((await first).status).toBe(200)
})
