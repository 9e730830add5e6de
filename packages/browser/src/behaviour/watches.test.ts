import { parseObservations, type PageSignalName } from '@newel/protocol'
import { beforeEach, expect, it } from 'vitest'
import { watchBehaviour, type WatchedName } from './index.ts'

let visit = 'one'
const names: readonly WatchedName[] = ['typing', 'free-text', 'pointer', 'navigation', 'automation']
const behaviour = watchBehaviour(names, () => visit)

beforeEach(() => {
  for (const watch of Object.values(behaviour)) watch.clear()
  document.body.innerHTML = '<form><input name="first"><input name="second"><button>Go</button></form>'
})

/** An event as a device makes it. */
function happen(target: EventTarget, event: Event, atMs: number, trusted = true): void {
  Object.defineProperty(event, 'timeStamp', { value: atMs })
  if (trusted) Object.defineProperty(event, 'isTrusted', { value: true })
  target.dispatchEvent(event)
}
const inputs = () => [...document.querySelectorAll('input')]
const shared = { bubbles: true, composed: true }
const key = (type: string, code: string) =>
  new KeyboardEvent(type, { ...shared, code, key: code === 'Space' ? ' ' : code.slice(-1).toLowerCase() })
const point = (type: string, x: number, y: number, pointerType = 'mouse') =>
  new PointerEvent(type, { ...shared, clientX: x, clientY: y, pointerType, isPrimary: true })

async function observations(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {}
  for (const name of names) found[`${name}@1`] = await behaviour[name]!.collect()
  return found
}
const read = async (name: PageSignalName): Promise<unknown> => (await observations())[`${name}@1`]

function typeWords(field: HTMLElement): void {
  for (let i = 0; i < 50; i++) {
    const code = i % 6 === 5 ? 'Space' : i % 2 ? 'KeyA' : 'KeyK'
    happen(field, key('keydown', code), 1000 + i * 150)
    happen(field, key('keyup', code), 1080 + i * 150)
  }
}

it('gives what the schemas of the protocol take, before anything happened and after', async () => {
  const before = await observations()
  expect(before['pointer@1']).toEqual({ absent: 'idle' })
  expect(parseObservations(before)).toMatchObject({ ok: true, parsed: { dropped: 0 } })
  typeWords(inputs()[0]!)
  for (let i = 0; i < 200; i++) happen(document.body, point('pointermove', (i % 50) * 9, i % 40), i * 21)
  happen(inputs()[0]!, new FocusEvent('focusin', shared), 10)
  const after = await observations()
  expect(after['free-text@1']).toMatchObject({ value: { keys: 50 } })
  expect(parseObservations(after)).toMatchObject({ ok: true, parsed: { dropped: 0 } })
})

it('takes keys of ordinary fields alone for free text', async () => {
  for (const html of [
    '<input type="password">',
    '<input data-newel-cadence>',
    '<p data-newel-private><input></p>',
  ]) {
    document.body.innerHTML = html
    typeWords(inputs()[0]!)
  }
  expect(await read('free-text')).toEqual({ absent: 'idle' })
})

it('asks for an envelope of its own once for the first keys of a visit, and again after reset', async () => {
  const { automation } = behaviour
  expect(automation!.fresh()).toBe(false)
  typeWords(inputs()[0]!)
  expect(automation!.fresh()).toBe(true)
  await automation!.collect()
  typeWords(inputs()[0]!)
  expect(automation!.fresh()).toBe(false)
  automation!.clear()
  typeWords(inputs()[0]!)
  expect(automation!.fresh()).toBe(true)
})

it('tells events of scripts from those of devices', async () => {
  const [field] = inputs()
  for (let i = 0; i < 3; i++) happen(field!, key('keydown', 'KeyA'), i, false)
  happen(document.body, point('pointermove', 1, 1), 5, false)
  happen(document.body, new MouseEvent('click', { ...shared, detail: 1 }), 6, false)
  // As a page does on itself, and as the keyboard does.
  document.querySelector('button')!.click()
  expect(await read('automation')).toMatchObject({
    value: { keys: 0, synthetic_keys: 3, synthetic_moves: 1, synthetic_clicks: 1 },
  })
})

it('follows fields by what the page calls them, and how each came by its content', async () => {
  const [first, second] = inputs()
  happen(first!, new FocusEvent('focusin', shared), 100)
  happen(first!, new InputEvent('input', { ...shared, inputType: 'insertFromPaste' }), 400)
  happen(second!, new FocusEvent('focusin', shared), 1000)
  happen(second!, new InputEvent('input', { ...shared, inputType: 'insertText' }), 1800)
  happen(first!, new FocusEvent('focusin', shared), 2500)
  expect(await read('navigation')).toMatchObject({
    value: {
      fields: [
        { hesitation_ms: 300, stay_ms: 900, manner: 'pasted' },
        { hesitation_ms: 800, stay_ms: 1500, manner: 'typed' },
        { manner: 'left' },
      ],
      returns: 1,
    },
  })
})

it('keeps the pages of its own visit for the next document, and takes those of no other', async () => {
  const pages = async (): Promise<number> => {
    const watch = watchBehaviour(['navigation'], () => visit).navigation!
    const { value } = (await watch.collect()) as { value: { pages: unknown[] } }
    return value.pages.length
  }
  visit = 'two'
  happen(window, new Event('pagehide'), 9000)
  expect(await pages()).toBe(2)
  visit = 'three'
  expect(await pages()).toBe(1)
  for (const stored of ['', '{}', '["three"]', '["three",1,-5]', '["three","x"]', 'x'.repeat(5000)]) {
    sessionStorage.setItem('newel.pages', stored)
    expect([stored.slice(0, 20), await pages()]).toEqual([stored.slice(0, 20), 1])
  }
})

it('never throws into the page, whatever an event turns out to be', () => {
  const reported: unknown[] = []
  const report = (event: ErrorEvent): void => {
    reported.push(event.message)
    event.preventDefault()
  }
  window.addEventListener('error', report)
  const types = ['keydown', 'keyup', 'input', 'pointermove', 'pointerdown', 'pointerup', 'click', 'focusin']
  for (const type of types) {
    happen(document, new Event(type), 1, false)
    // As filling in makes them: a device's own, and without what their kind has.
    happen(inputs()[0]!, new Event(type, shared), 2)
  }
  window.removeEventListener('error', report)
  expect(reported).toEqual([])
})
