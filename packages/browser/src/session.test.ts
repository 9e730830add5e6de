import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readJws, sha256 } from '../test/fake-newel.ts'
import { createWorld, publishableKey, type World } from '../test/world.ts'
import { createSession, type Session } from './session.ts'
import { createTransport } from './transport.ts'

let serverMs: number
let world: World
let session: Session

beforeEach(() => {
  serverMs = 1_800_000_000_000
  sessionStorage.clear()
  world = createWorld(() => serverMs)
  session = createSession(createTransport('/newel', publishableKey), [])
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const paths = () => world.fake.calls.map(({ path }) => path)
const claims = () => world.fake.envelopes.map(({ jws }) => jws.claims)

it('sends an envelope that the schemas of the wire accept, and keeps its receipt', async () => {
  const receipt = await session.receipt()
  expect(await session.receipt()).toBe(receipt)
  expect(receipt.value).toBe(world.fake.envelopes[0]?.receipt)
  // The second greeting echoes the nonce of the first, so that the server can measure the round trip.
  expect(paths()).toEqual(['/v1/hello', '/v1/hello', '/v1/signals'])
  expect(world.fake.calls[1]?.body).toMatchObject({ nonce: expect.any(String) as string })
  expect(claims()[0]).toMatchObject({ v: 1, iat: serverMs / 1000, page: location.pathname })
})

it('observes what the server asks for, states what the page declines, and can tell what it said', async () => {
  world.fake.signals.splice(0, 10, 'timezone@1', 'language@1', 'unheard-of@7')
  session = createSession(createTransport('/newel', publishableKey), ['language'])
  await session.receipt()
  expect(Object.keys(session.observed() ?? {}).sort()).toEqual(['language@1', 'timezone@1'])
  expect(session.observed()?.['language@1']).toEqual({ absent: 'declined' })
  expect(claims()[0]?.['observations']).toEqual(session.observed())
})

it('sends one envelope for all who ask together', async () => {
  await Promise.all([session.receipt(), session.receipt(), session.receiptSoon()])
  expect(world.fake.envelopes).toHaveLength(1)
})

it('renews a receipt with less than a minute to live', async () => {
  world.fake.receiptSeconds = 59
  await session.receipt()
  await session.receipt()
  expect(world.fake.envelopes).toHaveLength(2)
})

it('starts another visit after reset, and drops what was held', async () => {
  await session.receipt()
  session.reset()
  expect(session.observed()).toBeUndefined()
  await session.receipt()
  const [first, second] = claims()
  expect(first?.['visit']).not.toBe(second?.['visit'])
})

it('does not keep a receipt that arrives after reset', async () => {
  const late = { receipt: 'receipt.late.x', nonce: 'n', expires_at_ms: serverMs + 300_000 }
  const answer = (): Response => {
    session.reset()
    return new Response(JSON.stringify(late))
  }
  world.fake.next.push({ path: '/v1/signals', answer })
  expect((await session.receipt()).value).toBe('receipt.late.x')
  expect((await session.receipt()).value).toBe(world.fake.envelopes[0]?.receipt)
})

it('sends the same envelope again when the connection was lost', async () => {
  await session.receipt()
  session.reset()
  world.lose.push('after')
  await session.receipt()
  const sent = world.fake.calls.slice(-2).map(({ body }) => body)
  expect(sent[0]).toEqual(sent[1])
  expect(world.fake.envelopes).toHaveLength(2)
})

it('signs anew, with the same jti, when the nonce had run out', async () => {
  await session.receipt()
  session.reset()
  world.fake.expireNonces()
  await session.receipt()
  expect(paths().slice(-2)).toEqual(['/v1/signals', '/v1/signals'])
  expect(world.fake.envelopes).toHaveLength(2)
})

it('does not keep a request waiting for more than three seconds', async () => {
  let answer = (_: Response): void => undefined
  world.fake.next.push({
    path: '/v1/hello',
    answer: () => new Promise<Response>((resolve) => (answer = resolve)),
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const soon = session.receiptSoon()
  await vi.advanceTimersByTimeAsync(3000)
  expect(await soon).toBeUndefined()
  answer(new Response('{}', { status: 503 }))
})

it('lets requests pass without waiting for half a minute after a failure', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  world.lose.push('before', 'before', 'before', 'before')
  expect(await session.receiptSoon()).toBeUndefined()
  world.lose.length = 0
  expect(await session.receiptSoon()).toBeUndefined()
  vi.advanceTimersByTime(30_000)
  expect(await session.receiptSoon()).toMatchObject({ value: world.fake.envelopes[0]?.receipt })
})

it('replaces a receipt that was refused, once for all whose it was', async () => {
  const refused = await session.receipt()
  const [one, two] = await Promise.all([session.renewed(refused), session.renewed(refused)])
  expect(one).toBe(two)
  expect(await session.renewed(refused)).toBe(one)
  expect(world.fake.envelopes).toHaveLength(2)
})

it('proves possession to the origin of the page, over what it is given', async () => {
  await session.receipt()
  const { claims: proof } = await readJws(
    await session.proof('a.receipt.x', 'https://api.example'),
    'newel-proof+jwt',
  )
  expect(proof).toEqual({
    aud: 'https://api.example',
    iat: serverMs / 1000,
    jti: expect.stringMatching(/^[\w-]{22}$/) as string,
    ath: await sha256('a.receipt.x'),
  })
})

function typePin(): void {
  const field = document.querySelector('input')!
  for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) {
    for (const type of ['keydown', 'input', 'keyup']) {
      const init = { key, code: `Key${key}`, inputType: 'insertText', bubbles: true, composed: true }
      const event = type === 'input' ? new InputEvent(type, init) : new KeyboardEvent(type, init)
      Object.defineProperty(event, 'isTrusted', { value: true })
      Object.defineProperty(event, 'timeStamp', { value: 1000 + i * 130 + (type === 'keyup' ? 70 : 0) })
      if (type === 'input') field.value += key
      field.dispatchEvent(event)
    }
  }
}

it('sends what was typed meanwhile before the receipt ends, and forgets it with the visit', async () => {
  world.fake.signals.splice(0, 10, 'typing@1')
  document.body.innerHTML = '<input data-newel-cadence="pin">'
  await session.receipt()
  expect(session.observed()).toEqual({ 'typing@1': { absent: 'idle' } })

  typePin()
  await session.receipt()
  await session.receipt()
  expect(world.fake.envelopes).toHaveLength(2)
  expect(session.observed()).toMatchObject({
    'typing@1': { value: { fields: [{ field: 'pin', hold_ms: [70, 70, 70, 70] }] } },
  })

  session.reset()
  await session.receipt()
  expect(session.observed()).toEqual({ 'typing@1': { absent: 'idle' } })
})

it('leaves what a visit was told of behind when the visit ends unnoticed', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: serverMs })
  world.fake.signals.splice(0, 10, 'typing@1')
  document.body.innerHTML = '<input data-newel-cadence="pin">'
  await session.receipt()
  typePin()
  await session.receipt()
  serverMs += 31 * 60_000
  vi.setSystemTime(serverMs)
  await session.receipt()
  expect(claims().map(({ visit }) => visit === claims()[0]?.['visit'])).toEqual([true, true, false])
  expect(session.observed()).toEqual({ 'typing@1': { absent: 'idle' } })
})
