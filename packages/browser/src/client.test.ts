import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fakeId, openChallenge, problem } from '../test/fake-newel.ts'
import { createWorld, publishableKey, until, type World } from '../test/world.ts'
import { createNewelClient, NewelError, type NewelClient } from './index.ts'

let world: World
let client: NewelClient

beforeEach(() => {
  sessionStorage.clear()
  world = createWorld()
  client = createNewelClient({ key: publishableKey, endpoint: '/newel' })
})
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

const ready = () => until(() => document.querySelector<HTMLInputElement>('newel-prompt input'))
const answer = async (code: string): Promise<void> => {
  const input = await ready()
  input.value = code
  document.querySelector<HTMLButtonElement>('newel-prompt form button')!.click()
}
const demand = (): Response =>
  problem(401, 'insufficient_user_authentication', {
    challenge: openChallenge(world.fake, 1, { expires_at_ms: Date.now() + 300_000 }),
  })
const untilProven = () => {
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? new Response('done') : demand())
}

it.each([
  [{ key: 'sk_demo_secret', endpoint: '/newel' }, '`key`'],
  [{ key: publishableKey, endpoint: '' }, '`endpoint`'],
  [{ key: publishableKey, endpoint: '/newel', protect: ['https://api.example/path'] }, '`protect`'],
  [{ key: publishableKey, endpoint: '/newel', protect: ['api.example'] }, '`protect`'],
])('says what is wrong with the set-up before anything is sent: %o', (options, named) => {
  expect(() => createNewelClient(options)).toThrow(named)
  expect(() => createNewelClient(options)).toThrow(NewelError)
})

it('makes no request before it is used', () => {
  expect(world.fake.calls).toEqual([])
  expect(client.explain()).toBeUndefined()
})

it('explains what the latest envelope said', async () => {
  await client.signals()
  expect(client.explain()?.['device-key@1']).toEqual({ value: { ephemeral: true } })
})

it('steps up from the answer to the handler’s reply', async () => {
  untilProven()
  const response = client.fetch('/transfer', { method: 'POST', body: 'amount=250' })
  await answer('123456')
  expect(await (await response).text()).toBe('done')
  expect(world.sent.map(({ body }) => body)).toEqual(['amount=250', 'amount=250'])
})

it('tells handlers and the page, until the handler is taken off', async () => {
  untilProven()
  const heard: string[] = []
  const off = client.on('newel:verified', ({ detail }) => heard.push(detail.method))
  const inPage = vi.fn()
  addEventListener('newel:verified', inPage, { once: true })
  const first = client.fetch('/transfer')
  await answer('123456')
  await first
  off()
  const second = client.fetch('/transfer')
  await answer('123456')
  await second
  expect(heard).toEqual(['totp'])
  expect(inPage).toHaveBeenCalledOnce()
})

it('leaves the answer to a page that shows something of its own', async () => {
  untilProven()
  client.on('newel:required', (event) => event.preventDefault())
  expect((await client.fetch('/transfer')).status).toBe(401)
  expect(document.querySelector('newel-prompt')).toBeNull()
})

it('closes the prompt at the end of the visit', async () => {
  untilProven()
  const response = client.fetch('/transfer')
  await ready()
  client.reset()
  await expect(response).rejects.toMatchObject({ code: 'cancelled', response: { status: 401 } })
})

const opened = (id: string): Response => new Response(JSON.stringify({ enrollment: { id, method: 'totp' } }))

it('enrols through the application’s own route, stepping up where that asks for it', async () => {
  const id = fakeId('enr', 1)
  const start = { secret: 'JBSW', uri: 'otpauth://x', qr: ['1'], digits: 6 }
  world.fake.enrollments.set(id, {
    method: 'totp',
    start,
    code: '654321',
    attempts_left: 5,
    expires_at_ms: Date.now() + 300_000,
  })
  world.serve = ({ headers }) => (headers.has('Newel-Token') ? opened(id) : demand())
  const enrolled = client.enroll({
    method: 'totp',
    url: '/authenticators',
    label: 'Phone',
    init: { credentials: 'include', headers: { Authorization: 'Bearer x' } },
  })
  await answer('123456')
  await until(() => document.querySelector('newel-prompt svg'))
  await answer('654321')
  expect(await enrolled).toMatchObject({ method: 'totp', label: 'Phone' })
  expect(world.sent.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { method: 'totp' },
    { method: 'totp' },
  ])
  for (const { headers, credentials } of world.sent) {
    expect(headers.get('Authorization')).toBe('Bearer x')
    expect(credentials).toBe('include')
  }
})

it.each([
  [() => problem(403, 'denied'), 'denied'],
  [() => problem(403, 'unmet_authentication_requirements'), 'no_method'],
  [() => problem(429, 'too_many_requests'), 'rate_limited'],
  [() => new Response('oops', { status: 502 }), 'network'],
  [() => new Response('{}'), 'config'],
  [() => opened('enr_../hello'), 'config'],
])('says why no enrolment was opened (%#)', async (serve, code) => {
  world.serve = serve
  await expect(client.enroll({ method: 'totp', url: '/authenticators' })).rejects.toMatchObject({ code })
})
