import type { BrowserContext, Locator, Page, Request } from 'playwright-core'
import type { World } from './world.ts'

/** Somebody at a browser, on the bank's page. */
export interface Visitor {
  readonly page: Page
  /** The open prompt. */
  readonly prompt: Locator
  /** Every request of this browser profile, so far. */
  readonly requests: readonly Request[]
  /** How often a challenge was looked at, which is once for each prompt. */
  prompts(): number
  /** Sends name and password; does not wait for what comes of it. */
  submitPassword(): Promise<void>
  /** Waits for the account to be shown. */
  untilSignedIn(): Promise<void>
  /** Waits until a code is sent, and enters it. */
  answerByMail(): Promise<void>
  /** Signs in with password and mailed code. */
  signInByMail(): Promise<void>
  signOut(): Promise<void>
  /** Types a code into the prompt and confirms it. */
  enterCode(code: string): Promise<void>
  /** Orders a transfer; does not wait for what comes of it. */
  order(to: string, amount: string): Promise<void>
  /** Waits for the status line of a form or card to say something. */
  says(text: string | RegExp): Promise<void>
  openAccount(): Promise<void>
  openSettings(): Promise<void>
}

/** Opens the bank in a profile; the same profile again is another tab. */
export async function visit(context: BrowserContext, world: World): Promise<Visitor> {
  const requests: Request[] = []
  context.on('request', (request) => requests.push(request))
  const page = await context.newPage()
  await page.goto(`${world.origin}/bank/`)
  const prompt = page.locator('newel-prompt')
  const visitor: Visitor = {
    page,
    prompt,
    requests,
    prompts: () =>
      requests.filter((request) => request.method() === 'GET' && /\/v1\/challenges\/\w+$/.test(request.url()))
        .length,
    async submitPassword() {
      await page.getByLabel('Name').fill('maya')
      await page.getByLabel('Password').fill('correct horse')
      await page.getByRole('button', { name: 'Sign in' }).click()
    },
    untilSignedIn: () => page.getByRole('heading', { name: 'Current account' }).waitFor(),
    async answerByMail() {
      await prompt.getByText('We sent a code').waitFor()
      await visitor.enterCode(world.mailbox.latestCode())
    },
    async signInByMail() {
      await visitor.submitPassword()
      await visitor.answerByMail()
      await visitor.untilSignedIn()
    },
    async signOut() {
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    },
    async enterCode(code) {
      await prompt.getByRole('textbox', { name: 'Code' }).fill(code)
      await prompt.getByRole('button', { name: 'Confirm' }).click()
    },
    async order(to, amount) {
      await page.getByLabel('To', { exact: true }).fill(to)
      await page.getByLabel('Amount in €').fill(amount)
      await page.getByRole('button', { name: 'Pay' }).click()
    },
    says: (text) => page.locator('.message:visible', { hasText: text }).waitFor(),
    async openAccount() {
      await page.getByRole('link', { name: 'Account' }).click()
      await visitor.untilSignedIn()
    },
    async openSettings() {
      await page.getByRole('link', { name: 'Settings' }).click()
      await page.getByRole('heading', { name: 'Settings' }).waitFor()
    },
  }
  return visitor
}
