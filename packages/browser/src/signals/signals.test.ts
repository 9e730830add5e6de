import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pageSignals, parseObservations, wireName, type PageSignalName } from '@newel/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { client } from './client.ts'
import { fingerprint } from './fingerprint.ts'
import { createObserver } from './index.ts'
import { language } from './language.ts'
import { pageTiming } from './page-timing.ts'
import { screen } from './screen.ts'
import { timezone } from './timezone.ts'

const readComponents = vi.hoisted(() => vi.fn())
vi.mock('./components.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  readComponents,
}))
const components = { platform: { value: 'Linux x86_64' }, audio: { error: new Error('no') } }

const context = { ephemeral: false }
const wanted = (Object.keys(pageSignals) as PageSignalName[]).map(wireName)
/** Whether the schema that the protocol declares takes it. */
const fits = (wire: string, observation: unknown): boolean => parseObservations({ [wire]: observation }).ok

beforeEach(() => void readComponents.mockResolvedValue(components))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const browser = (more: object): void =>
  void vi.stubGlobal('navigator', {
    platform: 'Linux x86_64',
    maxTouchPoints: 0,
    webdriver: false,
    languages: ['en-GB'],
    ...more,
  })

it('observes every signal of the protocol, each as its schema declares it', async () => {
  const observed = await createObserver([], () => 'visit').observe(wanted, context)
  expect(Object.keys(observed).sort()).toEqual([...wanted].sort())
  for (const [wire, observation] of Object.entries(observed))
    expect([wire, fits(wire, observation)]).toEqual([wire, true])
})

it('states what the page declines, and does not collect it', async () => {
  const observed = await createObserver(['fingerprint'], () => 'visit').observe(wanted, context)
  expect(observed['fingerprint@1']).toEqual({ absent: 'declined' })
  expect(readComponents).not.toHaveBeenCalled()
})

describe('fingerprint', () => {
  it('sends digests only, and says with which version of the library they compare', async () => {
    const manifest = createRequire(import.meta.url).resolve('@fingerprintjs/fingerprintjs/package.json')
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    expect(await fingerprint.collect(context)).toEqual({
      value: { library: version, components: { platform: expect.stringMatching(/^[\w-]{12}$/) as string } },
    })
  })
})

describe('client', () => {
  it('names brands and system by client hints where there are any, without the made-up brand', async () => {
    const made = ['Not(A:Brand', 'Not_A Brand', 'Not/A)Brand', ';Not A Brand', 'Not.A/Brand']
    const brands = ['Chromium', ...made].map((brand) => ({ brand, version: '156' }))
    browser({ userAgentData: { platform: 'Windows', mobile: false, brands } })
    const observed = await client.collect(context)
    expect(observed).toMatchObject({
      value: { platform: 'Windows', mobile: false, brands: ['Chromium 156'] },
    })
    expect(fits('client@1', observed)).toBe(true)
  })
  it('says what there is elsewhere', async () => {
    browser({ webdriver: true })
    expect(await client.collect(context)).toEqual({
      value: { platform: 'Linux x86_64', touch_points: 0, webdriver: true },
    })
  })
  it('cuts absurd values to what the wire takes', async () => {
    browser({ platform: `a\u0000b${'x'.repeat(500)}`, maxTouchPoints: 1e9 })
    expect(fits('client@1', await client.collect(context))).toBe(true)
  })
})

describe('language', () => {
  it('keeps the first eight tags and nothing that is no tag', async () => {
    browser({ languages: ['de-DE', 'x y', '', ...Array.from({ length: 20 }, () => 'en')] })
    const observed = await language.collect(context)
    expect(observed).toMatchObject({
      value: { languages: ['de-DE', 'en', 'en', 'en', 'en', 'en', 'en', 'en'] },
    })
    expect(fits('language@1', observed)).toBe(true)
  })
  it('is absent where there is none', async () => {
    browser({ languages: [] })
    expect(await language.collect(context)).toEqual({ absent: 'unsupported' })
  })
})

describe('timezone', () => {
  it('counts minutes east of UTC', async () => {
    vi.spyOn(Date.prototype, 'getTimezoneOffset').mockReturnValue(-540)
    expect(await timezone.collect(context)).toMatchObject({ value: { offset_minutes: 540 } })
  })
  it('is absent where the browser has no zone', async () => {
    vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue(
      {} as Intl.ResolvedDateTimeFormatOptions,
    )
    expect(await timezone.collect(context)).toEqual({ absent: 'unsupported' })
  })
})

describe('screen', () => {
  it('sends the pixel ratio in hundredths and keeps within what the wire takes', async () => {
    vi.stubGlobal('screen', { width: 390, height: 1e9, colorDepth: 0 })
    vi.stubGlobal('devicePixelRatio', 2.625)
    const observed = await screen.collect(context)
    expect(observed).toEqual({
      value: { width: 390, height: 32_767, color_depth: 1, pixel_ratio_percent: 263 },
    })
    expect(fits('screen@1', observed)).toBe(true)
  })
})

describe('page-timing', () => {
  it('leaves out what has not happened yet', async () => {
    const entry = { responseStart: 80.4, domInteractive: 0, type: 'reload' }
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([entry as unknown as PerformanceEntry])
    const observed = await pageTiming.collect(context)
    expect(observed).toMatchObject({ value: { first_byte_ms: 80, navigation: 'reload' } })
    expect(observed).not.toHaveProperty('value.interactive_ms')
  })
  it('bounds the age of a page that was left open for weeks, and gives up on a timer that stands still', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(1e10)
    const observed = await pageTiming.collect(context)
    expect(observed).toMatchObject({ value: { age_ms: 86_400_000 } })
    expect(observed).not.toHaveProperty('value.timer_step_us')
    expect(fits('page-timing@1', observed)).toBe(true)
  })
})
