/** What the SDK loads into a page, when, and that the strictest policies of a page let it work. */
import { totpCode } from '@newel/testkit'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { ask, enroll } from './support/ask.ts'
import { useChromium } from './support/chromium.ts'
import { addPasskeyProvider } from './support/passkey.ts'
import { scriptTag, usePlainApps } from './support/plain.ts'
import { keys } from './support/world.ts'

const openContext = useChromium()
const openPlainApp = usePlainApps()

/** Files of the SDK that a page has asked for, without their hashes. */
function watchFiles(page: Page): string[] {
  const files: string[] = []
  page.on('request', (request) => {
    const name = /\/sdk\/(?:chunks\/)?(?:newel\.)?([a-z]+)[\w.-]*\.js$/.exec(new URL(request.url()).pathname)
    if (name?.[1] !== undefined) files.push(name[1])
  })
  return files
}

async function enterCode(page: Page, code: string): Promise<void> {
  await page.locator('newel-prompt').getByRole('textbox', { name: 'Code' }).fill(code)
  await page.keyboard.press('Enter')
}

it('loads the core alone, what observes when it observes, and a prompt when it asks', async () => {
  const { origin, mailbox } = await openPlainApp()
  const page = await (await openContext()).newPage()
  const files = watchFiles(page)
  await page.goto(origin, { waitUntil: 'networkidle' })
  expect(files).toEqual(['iife'])

  await page.evaluate(() => window.Newel.client.signals())
  expect(files.splice(1).sort()).toEqual(['behaviour', 'components', 'signals'])

  const outcome = ask(page, '/ask/email')
  await page.getByText('We sent a code').waitFor()
  expect(files.splice(1).sort()).toEqual(['email', 'prompt'])
  await enterCode(page, mailbox.latestCode())
  expect(await outcome).toEqual({ status: 200 })

  const again = ask(page, '/ask/email')
  expect(await again).toEqual({ status: 200 })
  expect(files).toEqual(['iife'])
})

it('violates no strict policy, with a prompt open for each method', async () => {
  const nonce = 'bm9uY2Utb2YtdGhlLXRlc3Q'
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const html = `<!doctype html><html lang="en"><title>Strict</title>
<script nonce="${nonce}">
  window.violations = []
  addEventListener('securitypolicyviolation', (e) =>
    violations.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ' ' + e.sample))
</script>
<script nonce="${nonce}" ${scriptTag}></script></html>`
  const { origin, mailbox, clock } = await openPlainApp({
    html,
    headers: { 'content-security-policy': policy },
  })
  const page = await (await openContext()).newPage()
  const prompt = page.locator('newel-prompt')
  await addPasskeyProvider(page)
  await page.goto(origin)
  const violations = () => page.evaluate(() => (window as unknown as { violations: string[] }).violations)

  const totp = enroll(page, 'totp')
  await prompt.getByText('We sent a code').waitFor()
  await enterCode(page, mailbox.latestCode())
  const secret = (await prompt.locator('code').innerText()).replaceAll(' ', '')
  await enterCode(page, await totpCode(secret, clock.now()))
  expect(await totp).toBe('totp')

  const passkey = enroll(page, 'passkey')
  clock.advance(30_000)
  await enterCode(page, await totpCode(secret, clock.now()))
  await prompt.getByRole('button', { name: 'Create passkey' }).click()
  expect(await passkey).toBe('passkey')

  const byPasskey = ask(page, '/ask/passkey')
  await prompt.getByRole('button', { name: 'Continue with passkey' }).click()
  expect(await byPasskey).toEqual({ status: 200 })

  const byTotp = ask(page, '/ask/totp')
  clock.advance(30_000)
  await enterCode(page, await totpCode(secret, clock.now()))
  expect(await byTotp).toEqual({ status: 200 })
  expect(await violations()).toEqual([])
})

it('takes what was wanted before the script arrived', async () => {
  const html = `<!doctype html><html lang="en"><title>Early</title>
<script>(window.Newel = window.Newel || []).push(({ createNewelClient }) => {
  window.early = createNewelClient({ key: '${keys.publishableKey}', endpoint: '/newel' })
})</script>
<script async src="/sdk/newel.iife.js"></script></html>`
  const { origin } = await openPlainApp({ html })
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  await page.waitForFunction(() => 'early' in window)
  expect(
    await page.evaluate(async () => {
      const { early } = window as unknown as { early: typeof window.Newel.client }
      await early.signals()
      return Object.keys(early.explain() ?? {}).length
    }),
  ).toBeGreaterThan(4)
})

it('is the same as modules of the platform, without a bundler', async () => {
  const html = `<!doctype html><html lang="en"><title>Modules</title>
<script type="module">
  import * as sdk from '/sdk/index.js'
  window.Newel = { ...sdk, client: sdk.createNewelClient({ key: '${keys.publishableKey}', endpoint: '/newel' }) }
</script></html>`
  const { origin, mailbox } = await openPlainApp({ html })
  const page = await (await openContext()).newPage()
  const files = watchFiles(page)
  await page.goto(origin, { waitUntil: 'networkidle' })
  expect(files).not.toContain('prompt')
  expect(files).not.toContain('components')
  const outcome = ask(page, '/ask/email')
  await page.getByText('We sent a code').waitFor()
  await enterCode(page, mailbox.latestCode())
  expect(await outcome).toEqual({ status: 200 })
})
