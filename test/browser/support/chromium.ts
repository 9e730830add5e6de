import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { findChromium } from '../../../scripts/lib/chromium.ts'

/** Chromium as a person runs it: nothing of the driver shows, and nothing calls home. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    ignoreDefaultArgs: ['--enable-automation'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-blink-features=AutomationControlled',
      // A request to any other host fails, and so does the test that looks at requests.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost',
    ],
  })

export interface OpenContext {
  /** A browser profile of its own: another device, as far as anybody can tell. Closed after the test. */
  (options?: BrowserContextOptions): Promise<BrowserContext>
}

/** One Chromium for the tests of a file. */
export function useChromium(): OpenContext {
  // A story is a dozen of page loads and answers; what hangs is found by the shorter limit of each step.
  vi.setConfig({ testTimeout: 120_000 })
  let browser: Browser
  const open: BrowserContext[] = []
  beforeAll(async () => {
    browser = await launch()
  }, 30_000)
  afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()))
  })
  afterAll(async () => {
    await browser.close()
  })
  return async (options) => {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(20_000)
    open.push(context)
    return context
  }
}
