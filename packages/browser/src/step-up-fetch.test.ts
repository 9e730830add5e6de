import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fakeId, problem, readJws, sha256 } from '../test/fake-newel.ts'
import { createWorld, publishableKey, until, type Sent, type World } from '../test/world.ts'
import { NewelError } from './errors.ts'
import { createSession, type Session } from './session.ts'
import { createStepUpFetch, type StepUpDependencies } from './step-up-fetch.ts'
import { createTransport } from './transport.ts'
import { createTurns } from './turns.ts'

const serverMs = 1_800_000_000_000
const api = 'https://api.example'
let world: World
let session: Session
let prompt: ReturnType<typeof vi.fn<StepUpDependencies['prompt']>>
let stepUp: typeof fetch

beforeEach(() => {
  sessionStorage.clear()
  world = createWorld(() => serverMs)
  session = createSession(createTransport('/newel', publishableKey), [])
  prompt = vi.fn<StepUpDependencies['prompt']>(async ({ id }) => `token.${id}`)
  stepUp = createStepUpFetch({ session, turns: createTurns(), protect: [api], prompt })
})
afterEach(() => void vi.unstubAllGlobals())

const post = { method: 'POST', body: 'amount=250', headers: { 'Content-Type': 'text/plain', 'X-Own': '1' } }
const challenge = (number = 1) => ({
  id: fakeId('chl', number),
  methods: ['totp'],
  acr: 'newel:otp',
  expires_at_ms: serverMs + 300_000,
})
const demand = (number = 1): Response =>
  problem(401, 'insufficient_user_authentication', { challenge: challenge(number) })
const signed = (sent: Sent | undefined) => ({
  receipt: sent?.headers.get('Newel-Receipt'),
  proof: sent?.headers.get('Newel-Proof'),
  token: sent?.headers.get('Newel-Token'),
})
const nothing = { receipt: null, proof: null, token: null }
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof NewelError ? error.code : error),
  )

it('adds receipt and proof for the page’s own origin', async () => {
  await stepUp('/transfer', post)
  const { receipt, proof, token } = signed(world.sent[0])
  expect(receipt).toBe(world.fake.envelopes[0]?.receipt)
  const { claims, jkt } = await readJws(proof ?? '', 'newel-proof+jwt')
  expect(claims).toMatchObject({ aud: location.origin, ath: await sha256(receipt ?? '') })
  expect(jkt).toBe(world.fake.envelopes[0]?.jws.jkt)
  expect(token).toBeNull()
})

it('adds them for listed origins, with the origin of the request as audience', async () => {
  await stepUp(`${api}/transfer`, post)
  const { claims } = await readJws(signed(world.sent[0]).proof ?? '', 'newel-proof+jwt')
  expect(claims['aud']).toBe(api)
})

it.each([
  'https://other.example/x',
  'https://api.example.evil.test/x',
  'http://api.example/x',
  'https://api.example:8443/x',
])('is plain fetch for %s, whatever that answers', async (url) => {
  world.serve = () => demand()
  expect((await stepUp(url, post)).status).toBe(401)
  expect(world.sent.map(signed)).toEqual([nothing])
  expect(world.fake.calls).toEqual([])
  expect(prompt).not.toHaveBeenCalled()
})

it('lets the browser stop redirects that would take them to another origin', async () => {
  await stepUp('/transfer', post)
  await stepUp(`${api}/transfer`, post)
  expect(world.sent.map(({ mode, redirect }) => [mode, redirect])).toEqual([
    ['same-origin', 'follow'],
    ['cors', 'error'],
  ])
})

it('makes a safe request that failed once more without anything of ours', async () => {
  world.serve = ({ headers }) => {
    if (headers.has('Newel-Receipt')) throw new TypeError('Failed to fetch')
    return new Response('elsewhere')
  }
  expect(await (await stepUp('/redirects')).text()).toBe('elsewhere')
  expect(signed(world.sent[1])).toEqual(nothing)
})

it('makes no other request that failed again', async () => {
  world.serve = () => {
    throw new TypeError('Failed to fetch')
  }
  await expect(stepUp('/transfer', post)).rejects.toThrow(TypeError)
  expect(world.sent).toHaveLength(1)
})

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

it('sends a new envelope and repeats once when signals are required', async () => {
  await session.receipt()
  let refusals = 0
  world.serve = () => (refusals++ === 0 ? problem(401, 'signals_required') : new Response('done'))
  expect(await (await stepUp('/transfer', post)).text()).toBe('done')
  expect(world.sent.map((sent) => signed(sent).receipt)).toEqual(
    world.fake.envelopes.map(({ receipt }) => receipt),
  )
  expect(world.fake.envelopes).toHaveLength(2)
})

it('does not repeat for ever when signals are required again', async () => {
  world.serve = () => problem(401, 'signals_required')
  expect((await stepUp('/transfer', post)).status).toBe(401)
  expect(world.sent).toHaveLength(2)
})

it('steps up after signals were required', async () => {
  let count = 0
  const answers = [problem(401, 'signals_required'), demand(), new Response('done')]
  world.serve = () => answers[count++]!
  expect(await (await stepUp('/transfer', post)).text()).toBe('done')
  expect(world.sent).toHaveLength(3)
})

it('says blocked, with the answer, when the signals cannot be sent', async () => {
  world.lose.push(...Array.from({ length: 20 }, () => 'before' as const))
  world.serve = () => problem(401, 'signals_required')
  const error: unknown = await stepUp('/transfer', post).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'blocked', response: { status: 401 }, cause: { code: 'network' } })
  expect(world.sent).toHaveLength(1)
})

it('serves a request whose back end asks for nothing while Newel cannot be reached', async () => {
  world.lose.push(...Array.from({ length: 20 }, () => 'before' as const))
  expect(await (await stepUp('/transfer', post)).text()).toBe('served')
  expect(signed(world.sent[0])).toEqual(nothing)
})

it('refuses a body that can be sent only once before anything is sent', async () => {
  const body = new ReadableStream()
  expect(await codeOf(stepUp('/transfer', { method: 'POST', body, duplex: 'half' } as RequestInit))).toBe(
    'not_replayable',
  )
  const used = new Request(`${location.origin}/transfer`, post)
  await used.text()
  expect(await codeOf(stepUp(used))).toBe('not_replayable')
  expect(world.sent).toEqual([])
})

it('sends what the caller passed, though the caller changes it meanwhile', async () => {
  const form = new FormData()
  form.set('amount', '250')
  world.serve = ({ headers }) => {
    form.set('amount', '999')
    return headers.has('Newel-Token') ? new Response('done') : demand()
  }
  await stepUp('/transfer', { method: 'POST', body: form })
  const [first, second] = world.sent
  expect(first?.body).toContain('250')
  expect(second?.body).toBe(first?.body)
  expect(second?.headers.get('Content-Type')).toBe(first?.headers.get('Content-Type'))
})

it('takes a Request over, as fetch does', async () => {
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? new Response('done') : demand())
  await stepUp(new Request(`${location.origin}/transfer`, post))
  expect(world.sent.map(({ method, body }) => [method, body])).toEqual([
    ['POST', 'amount=250'],
    ['POST', 'amount=250'],
  ])
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
