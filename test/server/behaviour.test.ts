/** What a page tells of typing, pointing and walking, from raw events over the wire into the next decision. */
import {
  createAutomation,
  createJourney,
  createStrokes,
  fieldKind,
  freeTextSummary,
  pageKind,
} from '@newel/browser/features'
import { defaultPolicy } from '@newel/server'
import { makeFreeTypists, makePointers, type TestDevice } from '@newel/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from './support/world.ts'

const dayMs = 86_400_000
const maya = { id: 'maya', since_ms: 1, email: { value: 'maya@mail.test', verified_at_ms: 1 } }
const policy = { ...defaultPolicy, actions: { 'sign-in': { params: 'none' as const, starts_session: true } } }

const sessions = 13
const texts = [...makeFreeTypists({ seed: 3, subjects: 10, sessions })]
const moves = [...makePointers({ seed: 3, subjects: 10, sessions })]

const watchedNames = ['free-text@1', 'pointer@1', 'navigation@1', 'automation@1'] as const
/** Signals that a page watches for, by wire name. */
type Watched = Readonly<Record<(typeof watchedNames)[number], { readonly value: unknown }>>

const ownWay = [
  ['/', 4000],
  ['/accounts', 9000],
  ['/transfer', 15_000],
] as const
const strangeWay = [
  ['/settings', 150],
  ['/settings/mail', 120],
  ['/transfer', 90],
] as const

function wayOf(person: number, day: number): object {
  const journey = createJourney()
  let atMs = 0
  for (const [path, stayMs] of person === 0 ? ownWay : strangeWay) {
    journey.page(pageKind(path), atMs)
    for (const name of ['to', 'amount']) {
      journey.focus(fieldKind(path, name), atMs + 200)
      journey.change(person === 0 ? 'typed' : 'pasted', atMs + 900 + 10 * day)
    }
    atMs += stayMs + 37 * day
  }
  return journey.summary(atMs)
}

/** What the SDK makes of a session of a person. */
function watched(person: number, day: number): Watched {
  const strokes = createStrokes()
  const hands = createAutomation(100)
  const { presses } = texts[person * sessions + day]!
  const keys = presses.map(([downMs, upMs, kind]) => ({ downMs, upMs, class: kind }))
  for (const [downMs, upMs] of presses) hands.key({ downMs, upMs })
  for (const [atMs, x, y, kind] of moves[person * sessions + day]!.events)
    strokes.add({ atMs, x, y, kind, pointer: 'mouse' })
  return {
    'free-text@1': { value: freeTextSummary(keys) },
    'pointer@1': { value: strokes.summary() },
    'navigation@1': { value: wayOf(person, day) },
    'automation@1': { value: hands.summary() },
  }
}

let world: World
let laptop: Browser

interface Browser {
  readonly device: TestDevice
  readonly says: Record<string, { value: unknown }>
}
async function openBrowser(address?: string): Promise<Browser> {
  const says = Object.fromEntries(watchedNames.map((name) => [name, { value: undefined }]))
  return { device: await world.device(address, says), says }
}

/** Asks whether the person may sign in, in the visit that goes on; the codes of the evidence. */
async function ask({ device }: Browser): Promise<readonly string[]> {
  // Records of one millisecond have no order.
  world.clock.advance(1)
  const check = async (headers: Record<string, string>) =>
    world.guard.check({
      action: 'sign-in',
      subject: maya,
      request: { headers: new Headers({ ...headers, 'x-client': '192.0.2.10' }) },
    })
  const first = await check(await device.headers())
  const [latest] = await world.records()
  if (!first.ok) await check(await device.steppedUp(first.response))
  const { evidence } = JSON.parse(latest!.record) as { evidence: [string, string, string][] }
  return evidence.map(([, , code]) => code)
}

/** Another visit, in which the page says this. */
async function signIn(browser: Browser, behaviour: Watched): Promise<readonly string[]> {
  for (const name of watchedNames) browser.says[name]!.value = behaviour[name].value
  browser.device.reset()
  return ask(browser)
}

const spoken = (codes: readonly string[]): readonly string[] =>
  codes.filter((code) => /^(free_text|pointer|navigation|behaviour|keys|clicks|events)_/.test(code)).sort()

beforeEach(async () => {
  world = await createWorld(policy)
  laptop = await openBrowser()
  for (let day = 0; day < 12; day += 1) {
    await signIn(laptop, watched(0, day))
    world.clock.advance(dayMs)
  }
})

describe('behaviour over the wire', () => {
  it('of the person is familiar after some sign-ins', async () => {
    expect(spoken(await signIn(laptop, watched(0, 12)))).toEqual([
      'free_text_familiar',
      'navigation_familiar',
      'pointer_familiar',
    ])
  })
  it('of somebody else at the same device is unfamiliar, in text, pointer and way', async () => {
    expect(spoken(await signIn(laptop, watched(9, 12)))).toEqual([
      'free_text_unfamiliar',
      'navigation_unfamiliar',
      'pointer_unfamiliar',
    ])
  })
  it('recorded and sent again from elsewhere is told, and a visit that goes on repeats nothing', async () => {
    await signIn(laptop, watched(0, 12))
    expect(await ask(laptop)).not.toContain('behaviour_replayed')
    const thief = await openBrowser('203.0.113.9')
    expect(await signIn(thief, watched(0, 12))).toContain('behaviour_replayed')
  })
  it('of a program is told by its keys, clicks and events', async () => {
    const hands = createAutomation(100)
    for (let i = 0; i < 20; i += 1) {
      hands.key({ downMs: i * 4, upMs: i * 4 + 1 })
      hands.click({ downMs: i * 40, upMs: i * 40 }, i * 50, 10, true)
      hands.synthetic('moves')
    }
    const program = { ...watched(0, 12), 'automation@1': { value: hands.summary() } }
    expect(spoken(await signIn(laptop, program))).toEqual(
      expect.arrayContaining(['clicks_mechanical', 'events_synthetic', 'keys_mechanical']),
    )
  })
})
