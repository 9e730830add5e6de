/**
 * Draws every page of the demo and each prompt, light and dark:
 * `node --conditions=newel-source test/browser/screenshots.ts <folder>`
 */
import { startDev } from '@newel/cli'
import * as bank from '@newel/example-bank'
import { totpCode } from '@newel/testkit'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { launch } from './support/launch.ts'
import { addPasskeyProvider } from './support/passkey.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Say where to: node --conditions=newel-source test/browser/screenshots.ts <folder>')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })

const themes = ['light', 'dark'] as const

/** Draws what is there now in both themes. */
async function draw(page: Page, name: string, clip?: () => ReturnType<typeof around>): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const path = join(folder ?? '', `${name}-${colorScheme}.png`)
    await page.screenshot({ path, ...(clip && { clip: await clip() }) })
  }
}

/** The prompt with some of the page around it. */
async function around(page: Page) {
  const box = await page.getByRole('dialog').boundingBox()
  if (!box) throw new Error('no prompt is open')
  const margin = 40
  return {
    x: box.x - margin,
    y: box.y - margin,
    width: box.width + 2 * margin,
    height: box.height + 2 * margin,
  }
}

const enterCode = async (frame: Page | FrameLocator, code: string): Promise<void> => {
  const prompt = frame.locator('newel-prompt')
  await prompt.getByRole('textbox', { name: 'Code' }).fill(code)
  await prompt.getByRole('button', { name: 'Confirm' }).click()
}

async function signIn(frame: Page | FrameLocator): Promise<void> {
  await frame.getByRole('button', { name: 'maya' }).click()
  await frame.getByRole('button', { name: 'Sign in' }).click()
}

/** The newest code of the tray that was not used yet. */
async function nextCode(panel: Page, used: Set<string>): Promise<string> {
  const handle = await panel.waitForFunction(
    (known) => {
      const codes = [...document.querySelectorAll('.mail output')].map(({ textContent }) => textContent)
      return codes.find((code) => !known.includes(code))
    },
    [...used],
  )
  const code = String(await handle.jsonValue())
  used.add(code)
  return code
}

/** The page has said something and rests. */
const settled = async (page: Page, text: string): Promise<void> => {
  await page.getByText(text).waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
}

/** The bank by itself: its views, and the prompts over them. */
async function drawBank(browser: Browser, origin: string, stage: Page, used: Set<string>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 900, height: 760 }, deviceScaleFactor: 2 })
  const page = await context.newPage()
  const prompt = page.locator('newel-prompt')
  await addPasskeyProvider(page)
  await page.goto(`${origin}/bank/`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await draw(page, 'bank-sign-in')
  await signIn(page)
  await prompt.getByText('We sent a code').waitFor()
  await draw(page, 'bank-sign-in-prompt')
  await draw(page, 'prompt-code', () => around(page))
  await enterCode(page, '00000000')
  await prompt.getByText('attempts left').waitFor()
  await draw(page, 'prompt-code-wrong', () => around(page))
  await enterCode(page, await nextCode(stage, used))
  await page.getByRole('heading', { name: 'Current account' }).waitFor()
  await draw(page, 'bank-account')

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await enterCode(page, await nextCode(stage, used))
  await prompt.getByText('Your device will ask').waitFor()
  await draw(page, 'prompt-enrol-passkey', () => around(page))
  await prompt.getByRole('button', { name: 'Create passkey' }).click()
  await settled(page, 'Passkey is added.')

  await page.getByRole('link', { name: 'Account' }).click()
  await page.getByLabel('To', { exact: true }).fill('Tom Lindqvist')
  await page.getByLabel('Amount in €').fill('2500.00')
  await page.getByRole('button', { name: 'Pay' }).click()
  await prompt.getByText('Your device will ask').waitFor()
  await draw(page, 'bank-transfer-prompt')
  await draw(page, 'prompt-passkey', () => around(page))
  await prompt.getByRole('button', { name: 'Continue with passkey' }).click()
  await settled(page, 'is on its way')
  await draw(page, 'bank-paid')

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Add an authenticator app' }).click()
  await prompt.getByRole('button', { name: 'Continue with passkey' }).click()
  await prompt.getByText('Scan this').waitFor()
  await draw(page, 'prompt-enrol-app', () => around(page))
  const secret = (await prompt.locator('code').innerText()).replaceAll(' ', '')
  await enterCode(page, await totpCode(secret, Date.now()))
  await settled(page, 'Authenticator app is added.')
  await draw(page, 'bank-settings')
  await page.getByRole('button', { name: 'Remove Authenticator app' }).click()
  await prompt.getByText('Your device will ask').waitFor()
  await draw(page, 'prompt-remove', () => around(page))
  await page.keyboard.press('Escape')
  await settled(page, 'Not confirmed')
  await page.setViewportSize({ width: 390, height: 844 })
  await draw(page, 'bank-settings-phone')
  await page.getByRole('link', { name: 'Account' }).click()
  await page.getByRole('heading', { name: 'Current account' }).waitFor()
  await draw(page, 'bank-account-phone')
  await context.close()
}

/** The demo with its two browsers and the panel. */
async function drawStage(stage: Page, used: Set<string>): Promise<void> {
  const customer = stage.frameLocator('#customer')
  await customer.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signIn(customer)
  const prompt = customer.locator('newel-prompt')
  await prompt.getByRole('button', { name: 'Use an authenticator app' }).click()
  await prompt.getByText('Enter the code that your authenticator app shows.').waitFor()
  await draw(stage, 'demo-app')
  await prompt.getByRole('button', { name: 'Email me a code' }).click()
  await prompt.getByText('We sent a code').waitFor()
  const code = await nextCode(stage, used)
  await draw(stage, 'demo-code')
  await enterCode(customer, code)
  await customer.getByRole('heading', { name: 'Current account' }).waitFor()
  await stage.getByRole('button', { name: 'Play the attacker' }).click()
  const attacker = stage.frameLocator('#attacker-frame iframe')
  await signIn(attacker)
  await attacker.locator('newel-prompt').waitFor({ state: 'attached' })
  await stage.locator('.decision').first().getByText('key in memory only').waitFor()
  await draw(stage, 'demo-attacker')
}

const data = mkdtempSync(join(tmpdir(), 'newel-screenshots-'))
const server = await startDev({ app: bank, port: 0, dataFolder: data })
const browser = await launch()
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 760 } })
  const stage = await context.newPage()
  await stage.goto(server.origin)
  await stage.frameLocator('#customer').getByRole('heading', { name: 'Sign in' }).waitFor()
  await draw(stage, 'demo-start')
  const used = new Set<string>()
  await drawBank(browser, server.origin, stage, used)
  await drawStage(stage, used)
} finally {
  await browser.close()
  await server.stop()
  rmSync(data, { recursive: true })
}
