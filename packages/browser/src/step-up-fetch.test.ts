import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { problem, readJws, sha256 } from '../test/fake-newel.ts'
import { api, codeOf, createStepping, demand, post, signed, type Stepping } from '../test/stepping.ts'

const nothing = { receipt: null, proof: null, token: null }

let world: Stepping['world']
let session: Stepping['session']
let prompt: Stepping['prompt']
let stepUp: Stepping['stepUp']
beforeEach(() => {
  ;({ world, session, prompt, stepUp } = createStepping())
})
afterEach(() => void vi.unstubAllGlobals())

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
