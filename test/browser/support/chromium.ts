import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { launch } from './launch.ts'

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
