import { chromium, type Browser } from 'playwright-core'
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
