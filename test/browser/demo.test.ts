/** The demo as `npm start` runs it, with its two browsers, its mails and its decisions. */
import { startDev, type DevServer } from '@newel/cli'
import * as bank from '@newel/example-bank'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { useChromium } from './support/chromium.ts'
import { addPasskeyProvider } from './support/passkey.ts'

const openContext = useChromium()
let folder: string
let server: DevServer
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'newel-demo-'))
  server = await startDev({ app: bank, port: 0, dataFolder: folder })
})
afterEach(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

it('plays the whole story, and asks nothing of any other host', async () => {
  const context = await openContext()
  const requested = new Set<string>()
  context.on('request', (request) => requested.add(new URL(request.url()).origin))
  const errors: string[] = []
  context.on('weberror', (error) => errors.push(error.error().message))
  context.on('console', (message) => {
    // Answers that ask for more are what the demo is about.
    if (message.type() === 'error' && !/status of 401/.test(message.text())) errors.push(message.text())
  })
  const page = await context.newPage()
  await addPasskeyProvider(page)
  await page.goto(server.origin)
  const customer = page.frameLocator('#customer')
  const attacker = page.frameLocator('#attacker-frame iframe')
  const panel = page.getByRole('complementary', { name: 'Behind the scenes' })

  const signIn = async (frame: typeof customer) => {
    await frame.getByRole('button', { name: 'maya' }).click()
    await frame.getByRole('button', { name: 'Sign in' }).click()
  }
  const enterCode = async (frame: typeof customer, code: string) => {
    await frame.locator('newel-prompt').getByRole('textbox', { name: 'Code' }).fill(code)
    await frame.locator('newel-prompt').getByRole('button', { name: 'Confirm' }).click()
  }
  /** The code on the tray, once it shows so many mails. */
  const codeOfMail = async (count: number) => {
    await panel.locator(`#mails > li:nth-child(${count})`).waitFor({ state: 'attached' })
    return panel.locator('.mail output').first().innerText()
  }

  await signIn(customer)
  await enterCode(customer, await codeOfMail(1))
  await customer.getByRole('heading', { name: 'Current account' }).waitFor()
  await panel.locator('.decision', { hasText: 'sign-in' }).getByText('Asked for proof').waitFor()
  await panel.getByText('a code by mail').waitFor()
  await panel.getByText('What hands hardly do').waitFor()
  await customer.getByRole('button', { name: 'Sign out' }).click()
  await signIn(customer)
  await customer.getByRole('heading', { name: 'Current account' }).waitFor()
  await panel.locator('.decision', { hasText: 'sign-in' }).first().getByText('Allowed').waitFor()

  await page.getByRole('button', { name: 'Play the attacker' }).click()
  await signIn(attacker)
  await attacker.locator('newel-prompt').getByText('We sent a code').waitFor()
  await panel.locator('.decision').first().getByText('key in memory only').waitFor()
  await panel.locator('.decision').first().getByText('Asked for proof').waitFor()
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  await customer.getByRole('link', { name: 'Settings' }).click()
  await customer.getByRole('button', { name: 'Add a passkey' }).click()
  await enterCode(customer, await codeOfMail(3))
  await customer.getByRole('button', { name: 'Create passkey' }).click()
  await customer.getByText('Passkey is added.').waitFor()
  await customer.getByRole('link', { name: 'Account' }).click()
  await customer.getByLabel('To', { exact: true }).fill('Tom Lindqvist')
  await customer.getByLabel('Amount in €').fill('2500.00')
  await customer.getByRole('button', { name: 'Pay' }).click()
  await customer.getByRole('button', { name: 'Continue with passkey' }).click()
  await customer.getByText('€2,500.00 is on its way to Tom Lindqvist.').waitFor()

  expect([...requested]).toEqual([server.origin])
  expect(errors).toEqual([])
})
