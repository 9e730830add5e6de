import { parseObservations } from '@newel/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fieldOf } from './fields.ts'
import { watchTyping } from './typing.ts'

const watch = watchTyping()
let field: HTMLInputElement

/** As a person's own keyboard sends it. */
function send(type: string, init: KeyboardEventInit & { inputType?: string; atMs?: number } = {}): void {
  const shared = { bubbles: true, composed: true, ...init }
  const event = type === 'input' ? new InputEvent(type, shared) : new KeyboardEvent(type, shared)
  Object.defineProperty(event, 'isTrusted', { value: true })
  Object.defineProperty(event, 'timeStamp', { value: init.atMs ?? 0 })
  field.dispatchEvent(event)
}

function press(key: string, atMs: number): void {
  const code = `Key${key.toUpperCase()}`
  send('keydown', { key, code, atMs })
  field.value += key
  send('input', { inputType: 'insertText' })
  send('keyup', { key, code, atMs: atMs + 80 })
}

function put(html: string): void {
  document.body.innerHTML = html
  field = document.querySelector('input')!
}

beforeEach(() => {
  watch.clear()
  put('<input type="password" data-newel-cadence="password">')
})
afterEach(() => vi.useRealTimers())

const typed = 'hunter'
const typeAll = (startMs = 1000): void => {
  for (const [i, key] of Array.from(typed).entries()) press(key, startMs + i * 150)
}

it('gives the times of a field that is opted in, in the form of the protocol, and nothing that was typed', async () => {
  typeAll()
  expect(watch.fresh()).toBe(true)
  const observation = await watch.collect()
  expect(observation).toMatchObject({
    value: { fields: [{ field: 'password', hold_ms: [80, 80, 80, 80, 80, 80] }] },
  })
  expect(parseObservations({ 'typing@1': observation })).toMatchObject({ ok: true, parsed: { dropped: 0 } })
  expect(JSON.stringify(observation)).not.toMatch(/hunter|Key|"h"/)
  expect(watch.fresh()).toBe(false)
})

it('keeps what it saw when the page clears the field, until something else is typed', async () => {
  typeAll()
  field.value = ''
  expect(await watch.collect()).toMatchObject({ value: { fields: [{ hold_ms: [80, 80, 80, 80, 80, 80] }] } })
  expect(await watch.collect()).toEqual(await watch.collect())
  press('c', 9000)
  expect(await watch.collect()).toEqual({ absent: 'idle' })
})

it('does not take what stands in a field before its last key is up for the whole text', async () => {
  typeAll()
  vi.useFakeTimers()
  send('keydown', { key: 'c', code: 'KeyC', atMs: 4000 })
  field.value += 'c'
  send('input', { inputType: 'insertText' })
  const collected = watch.collect()
  send('keyup', { key: 'c', code: 'KeyC', atMs: 4070 })
  expect(await collected).toMatchObject({ value: { fields: [{ hold_ms: [80, 80, 80, 80, 80, 80, 70] }] } })
})

it('waits for a key that is never let go no longer than a quarter of a second', async () => {
  typeAll()
  vi.useFakeTimers()
  send('keydown', { key: 'c', code: 'KeyC' })
  field.value += 'c'
  send('input', { inputType: 'insertText' })
  const collected = watch.collect()
  await vi.advanceTimersByTimeAsync(250)
  expect(await collected).toEqual({ absent: 'idle' })
})

it('gives no times for what a password manager filled in, what was pasted or composed', async () => {
  for (const inputType of [undefined, 'insertFromPaste', 'insertCompositionText', 'insertText']) {
    watch.clear()
    field.value = typed
    send('input', inputType === undefined ? {} : { inputType })
    expect([inputType, watch.fresh(), await watch.collect()]).toEqual([inputType, false, { absent: 'idle' }])
  }
})

it('observes no other field of a secret, and no field that the page keeps private', async () => {
  for (const html of [
    '<input type="password">',
    '<input autocomplete="one-time-code">',
    '<input autocomplete="section-a cc-number">',
    '<input type="tel">',
    '<input inputmode="numeric">',
    '<div data-newel-private><p><input></p></div>',
    '<input data-newel-private>',
  ]) {
    put(html)
    let seen: unknown = 'nothing'
    field.addEventListener('keydown', (event) => (seen = fieldOf(event)))
    typeAll()
    expect([html, seen]).toEqual([html, undefined])
  }
  expect(await watch.collect()).toEqual({ absent: 'idle' })
})

it('looks into an open shadow root', async () => {
  document.body.innerHTML = '<div></div>'
  const root = document.querySelector('div')!.attachShadow({ mode: 'open' })
  root.innerHTML = '<input data-newel-cadence>'
  field = root.querySelector('input')!
  typeAll()
  expect(await watch.collect()).toMatchObject({ value: { fields: [{ field: 'text', input: 'keys' }] } })
})

it('takes no synthetic key for a person', async () => {
  for (const key of ['a', 'b', 'c', 'd']) {
    field.dispatchEvent(new KeyboardEvent('keydown', { key, code: `Key${key}`, bubbles: true }))
    field.value += key
    send('input', { inputType: 'insertText' })
    field.dispatchEvent(new KeyboardEvent('keyup', { key, code: `Key${key}`, bubbles: true }))
  }
  expect(await watch.collect()).toEqual({ absent: 'idle' })
})

it('forgets everything at sign-out', async () => {
  typeAll()
  watch.clear()
  expect(watch.fresh()).toBe(false)
  expect(await watch.collect()).toEqual({ absent: 'idle' })
})
