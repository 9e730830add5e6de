import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fakeId, openChallenge, problem } from '../../test/fake-newel.ts'
import { createWorld, publishableKey, until, type World } from '../../test/world.ts'
import { NewelError } from '../errors.ts'
import { createEvents, type EventName } from '../events.ts'
import { createTransport } from '../transport.ts'
import type { PromptContext } from './context.ts'
import { answerChallenge, enroll } from './index.ts'

const startMs = 1_800_000_000_000
let world: World
let context: PromptContext
let events: [EventName, unknown][]

const serverMs = (): number => startMs + performance.now()

beforeEach(() => {
  vi.useFakeTimers({ now: startMs, toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] })
  world = createWorld(serverMs)
  const { emit } = createEvents()
  events = []
  context = {
    transport: createTransport('/newel', publishableKey),
    emit(name, detail, target) {
      events.push([name, detail])
      return emit(name, detail, target)
    },
    texts: () => ({}),
    signals: [],
  }
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

const host = () => document.querySelector('newel-prompt')!
const inShell = (part: string) => host().shadowRoot!.querySelector<HTMLElement>(`[part=${part}]`)!
const input = () => host().querySelector('input')!
const error = () => host().querySelector('[role=alert]')!.textContent
const ready = () => until(() => document.querySelector('newel-prompt input'))
const press = (text: string) =>
  [...host().querySelectorAll('button'), ...host().shadowRoot!.querySelectorAll('button')]
    .find((button) => button.textContent === text)!
    .click()
const type = (code: string): void => {
  input().value = code
  press('Confirm')
}
const open = (more: Parameters<typeof openChallenge>[2]) =>
  answerChallenge(openChallenge(world.fake, 1, more), context).then(
    (token) => ({ token }),
    (thrown: unknown) => ({ code: (thrown as NewelError).code, thrown }),
  )
const inFiveMinutes = { expires_at_ms: startMs + 300_000 }
const steps = () =>
  world.fake.calls.map(({ path }) => path.split('/').slice(4).join('/')).filter((step) => step !== '')
const names = () => events.map(([name]) => name)

it('shows what the server says is being confirmed, and returns the token for a right code', async () => {
  const result = open(inFiveMinutes)
  await ready()
  expect(inShell('action').textContent).toBe('Send 250.00 EUR to Ada Lovelace')
  type('123456')
  expect(await result).toEqual({ token: `token.${fakeId('chl', 1)}.x` })
  expect(document.querySelector('newel-prompt')).toBeNull()
  expect(names()).toEqual(['newel:opened', 'newel:verified'])
})

it('never reads markup in what it is told', async () => {
  void open({ ...inFiveMinutes, action: { name: 'x', text: '<img src=x onerror=alert(1)>' } })
  await ready()
  expect(inShell('action').textContent).toBe('<img src=x onerror=alert(1)>')
  expect(host().shadowRoot!.querySelector('img')).toBeNull()
})

it('keeps form and field in the page’s own tree, labelled and described', async () => {
  void open(inFiveMinutes)
  await ready()
  const field = document.querySelector<HTMLInputElement>('newel-prompt form input')!
  expect(field.labels?.[0]?.textContent).toBe('Code')
  expect(field.getAttribute('autocomplete')).toBe('one-time-code')
  expect(field.getAttribute('inputmode')).toBe('numeric')
  expect(document.getElementById(field.getAttribute('aria-describedby')!)?.getAttribute('role')).toBe('alert')
  const dialog = inShell('dialog')
  const root = host().shadowRoot!
  expect(root.getElementById(dialog.getAttribute('aria-labelledby')!)?.textContent).toBe('Confirm it’s you')
  expect(root.getElementById(dialog.getAttribute('aria-describedby')!)).toBe(inShell('action'))
})

it('reads codes as people type and paste them', async () => {
  const result = open(inFiveMinutes)
  await ready()
  type(' １２３-456 ')
  expect(await result).toHaveProperty('token')
})

it('spends no attempt on a code of the wrong length', async () => {
  void open(inFiveMinutes)
  await ready()
  type('12345')
  expect(error()).toBe('Enter all 6 digits.')
  expect(input().getAttribute('aria-invalid')).toBe('true')
  expect(steps()).toEqual(['start'])
})

it('says how many attempts are left, empties the field and keeps the focus there', async () => {
  void open(inFiveMinutes)
  await ready()
  type('000000')
  await until(() => error() !== '')
  expect(error()).toBe('That did not work. 4 attempts left.')
  await until(() => input().value === '')
  expect(document.activeElement).toBe(input())
  expect(events.at(-1)).toEqual(['newel:failed', { id: fakeId('chl', 1), method: 'totp', attemptsLeft: 4 }])
})

it('ends as locked after the last attempt, once the person has read so', async () => {
  const result = open({ ...inFiveMinutes, attempts_left: 1 })
  await ready()
  type('000000')
  await until(() => error() !== '')
  expect(error()).toContain('last attempt')
  expect(host().querySelector('input')).toBeNull()
  press('Close')
  expect(await result).toMatchObject({ code: 'locked' })
  expect(steps()).not.toContain('cancel')
})

it('ends as expired when the time is over', async () => {
  const result = open({ expires_at_ms: startMs + 90_000 })
  await ready()
  expect(inShell('time').textContent).toMatch(/^Expires in 1:(30|29)$/)
  vi.advanceTimersByTime(91_000)
  expect(error()).toContain('time for this is over')
  expect(names()).toContain('newel:expired')
  press('Close')
  expect(await result).toMatchObject({ code: 'expired' })
})

it('tells Newel when the person cancels, and does not wait for the answer', async () => {
  const result = open(inFiveMinutes)
  await ready()
  world.lose.push('before', 'before')
  press('Cancel')
  expect(await result).toMatchObject({ code: 'cancelled' })
  expect(document.querySelector('newel-prompt')).toBeNull()
  expect(names().at(-1)).toBe('newel:cancelled')
  await until(() => world.lose.length === 0)
})

it('cancels on Escape', async () => {
  const result = open(inFiveMinutes)
  await ready()
  inShell('dialog').dispatchEvent(new Event('cancel', { cancelable: true }))
  expect(await result).toMatchObject({ code: 'cancelled' })
  await until(() => steps().includes('cancel'))
})

it('closes with the reason of the application, which is no cancelling by the person', async () => {
  const controller = new AbortController()
  context = { ...context, signals: [controller.signal] }
  const result = open(inFiveMinutes)
  await ready()
  controller.abort(new NewelError('cancelled', 'left'))
  expect(await result).toMatchObject({ thrown: controller.signal.reason as unknown })
  expect(document.querySelector('newel-prompt')).toBeNull()
  expect(steps()).toEqual(['start'])
})

it('sends a mail once, though the person goes to another method and back', async () => {
  const result = open({
    ...inFiveMinutes,
    methods: [{ method: 'email' }, { method: 'totp' }],
    code: '12345678',
  })
  await ready()
  expect(host().textContent).toContain('We sent a code to a•••@example.com.')
  press('Use an authenticator app')
  await until(() => host().textContent.includes('authenticator app shows'))
  press('Email me a code')
  await until(() => host().textContent.includes('We sent a code'))
  expect(names().filter((name) => name === 'newel:challenge-sent')).toHaveLength(1)
  await ready()
  type('12345678')
  expect(await result).toHaveProperty('token')
})

it('offers a new mail when the server will send one, and not before', async () => {
  void open({ ...inFiveMinutes, methods: [{ method: 'email' }] })
  await ready()
  press('Send a new code in 30 s')
  vi.advanceTimersByTime(31_000)
  expect(steps()).toEqual(['start'])
  press('Send a new code')
  await until(() => inShell('status').textContent !== '')
  expect(inShell('status').textContent).toBe('A new code is on its way.')
  expect(steps()).toEqual(['start', 'start'])
  const [first, second] = world.fake.calls
    .filter(({ path }) => path.endsWith('start'))
    .map(({ body }) => body)
  expect(first).not.toEqual(second)
})

it('lets the person try again after the connection was lost', async () => {
  const result = open(inFiveMinutes)
  await ready()
  world.lose.push('before', 'before')
  type('123456')
  await until(() => error() !== '')
  expect(error()).toContain('cannot be reached')
  expect(events.at(-1)).toEqual(['newel:error', { id: fakeId('chl', 1), code: 'network' }])
  type('123456')
  expect(await result).toHaveProperty('token')
})

it('offers another try when a method could not be started', async () => {
  world.fake.next.push({ path: '/start', answer: () => problem(429, 'too_many_requests') })
  const result = open(inFiveMinutes)
  await until(() => document.querySelector('newel-prompt [role=alert]')?.textContent)
  expect(error()).toContain('Too many tries')
  press('Try again')
  await ready()
  type('123456')
  expect(await result).toHaveProperty('token')
})

it('opens nothing for a challenge that is gone', async () => {
  const gone = answerChallenge({ id: fakeId('chl', 9), methods: [], acr: 'phr', expires_at_ms: 0 }, context)
  await expect(gone).rejects.toMatchObject({ code: 'expired' })
  expect(document.querySelector('newel-prompt')).toBeNull()
})

it('tells no method from none that this browser can use', async () => {
  expect(await open({ ...inFiveMinutes, methods: [] })).toMatchObject({ code: 'no_method' })
  expect(await open({ ...inFiveMinutes, methods: [{ method: 'passkey' }] })).toMatchObject({
    code: 'unsupported',
  })
})

it('shows another language in its own direction, and English where a text is missing', async () => {
  context = { ...context, texts: () => Promise.resolve({ lang: 'ar', dir: 'rtl', code: 'الرمز' }) }
  void open(inFiveMinutes)
  await ready()
  expect([host().getAttribute('lang'), host().getAttribute('dir')]).toEqual(['ar', 'rtl'])
  expect(host().querySelector('label')?.textContent).toBe('الرمز')
  expect(host().querySelector('form button')?.textContent).toBe('Confirm')
})

it('shows English when the catalogue does not load', async () => {
  context = { ...context, texts: () => Promise.reject(new Error('offline')) }
  void open(inFiveMinutes)
  await ready()
  expect(host().querySelector('label')?.textContent).toBe('Code')
})

const openEnrollment = (method: string, start: object, code: string) => {
  const id = fakeId('enr', 1)
  world.fake.enrollments.set(id, { method, start, code, attempts_left: 5, expires_at_ms: startMs + 300_000 })
  return enroll({ id, label: 'Phone' }, context)
}

it('draws the key of an authenticator app, dark on light with a quiet zone, and shows it to type', async () => {
  const qr = ['101', '010', '111']
  const done = openEnrollment(
    'totp',
    { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://x', qr, digits: 6 },
    '123456',
  )
  await ready()
  const svg = host().querySelector('svg')!
  expect(svg.getAttribute('viewBox')).toBe('0 0 11 11')
  expect(svg.querySelector('path')?.getAttribute('d')).toBe(
    'M4 4h1v1h-1zM6 4h1v1h-1zM5 5h1v1h-1zM4 6h3v1h-3z',
  )
  expect(host().querySelector('code')?.textContent).toBe('JBSW Y3DP EHPK 3PXP')
  type('123456')
  expect(await done).toMatchObject({ method: 'totp', label: 'Phone' })
})

it('confirms an address by a mailed code', async () => {
  const sent = {
    digits: 8,
    hint: 'a•••@example.com',
    resend_at_ms: startMs + 30_000,
    expires_at_ms: startMs + 300_000,
  }
  const done = openEnrollment('email', sent, '12345678')
  await ready()
  type('12345678')
  expect(await done).toMatchObject({ method: 'email' })
})
