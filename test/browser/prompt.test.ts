/** The prompt as a person meets it: with a keyboard, with a screen reader, with wrong codes, and when giving up. */
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { useChromium } from './support/chromium.ts'
import { usePlainApps } from './support/plain.ts'
import { visit } from './support/visitor.ts'
import { useWorlds } from './support/world.ts'

const openContext = useChromium()
const openWorld = useWorlds()
const openPlainApp = usePlainApps()

/** What has the focus, as `tag#id` or text; looks into the prompt's shadow root. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.id ? `#${element.id}` : (element?.textContent ?? '').trim()
  })

it('ends wrong codes at the fifth, in clear words, and the page goes on', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.submitPassword()
  await maya.prompt.getByText('We sent a code').waitFor()
  const right = world.mailbox.latestCode()
  const wrong = right === '12345678' ? '87654321' : '12345678'
  for (const left of ['4 attempts', '3 attempts', '2 attempts', '1 attempt']) {
    await maya.enterCode(wrong)
    await maya.prompt.getByText(`That did not work. ${left} left.`).waitFor()
  }
  await maya.enterCode(wrong)
  await maya.prompt.getByText('That was the last attempt. Close this and try again later.').waitFor()
  expect(await maya.prompt.getByRole('textbox').count()).toBe(0)
  await maya.prompt.getByRole('button', { name: 'Close' }).click()
  await maya.says('Too many wrong answers.')

  // After five wrong ones the next try waits a second, and the old code serves no more.
  world.clock.advance(1000)
  await maya.submitPassword()
  await maya.prompt.getByText('We sent a code').waitFor()
  expect(world.mailbox.latestCode()).not.toBe(right)
  await maya.answerByMail()
  await maya.untilSignedIn()
})

const escape = ({ page }: { page: Page }) => page.keyboard.press('Escape')
const button = ({ prompt }: { prompt: Locator }) => prompt.getByRole('button', { name: 'Cancel' }).click()

it.each([
  ['Escape', escape],
  ['the button', button],
])('leaves the page usable after a cancel by %s', async (_, cancel) => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.submitPassword()
  await maya.prompt.getByText('We sent a code').waitFor()
  await cancel(maya)
  await maya.says('Not confirmed, so nothing happened.')
  expect(await maya.prompt.count()).toBe(0)
  await maya.signInByMail()
  expect(maya.prompts()).toBe(2)
})

it('ends the request with a typed error that holds the answer of the back end', async () => {
  const { origin } = await openPlainApp()
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  const outcome = ask(page, '/ask/email')
  await page.getByText('We sent a code').waitFor()
  await page.keyboard.press('Escape')
  expect(await outcome).toEqual({ code: 'cancelled', answered: 401 })
})

it('does not ask again after a reload, nor in a second tab, for what the session has shown', async () => {
  const { origin, mailbox } = await openPlainApp()
  const context = await openContext()
  const page = await context.newPage()
  await page.goto(origin)
  const outcome = ask(page, '/ask/email')
  await page.getByText('We sent a code').waitFor()
  await page.getByRole('textbox', { name: 'Code' }).fill(mailbox.latestCode())
  await page.keyboard.press('Enter')
  expect(await outcome).toEqual({ status: 200 })

  await page.reload()
  expect(await ask(page, '/ask/email')).toEqual({ status: 200 })
  const tab = await context.newPage()
  await tab.goto(origin)
  expect(await ask(tab, '/ask/email')).toEqual({ status: 200 })
  expect(mailbox.mails).toHaveLength(1)
})

it('works by keyboard alone, keeps the focus inside, and gives it back', async () => {
  const { origin, mailbox } = await openPlainApp()
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('#go')
  const outcome = ask(page, '/ask/email')
  await page.getByText('We sent a code').waitFor()
  expect(await focused(page)).toBe('#newel-code')

  const order: string[] = []
  for (let step = 0; step < 8; step++) {
    await page.keyboard.press('Tab')
    order.push(await focused(page))
  }
  expect(order.slice(0, 3)).toEqual(['Confirm', expect.stringMatching(/^Send a new code/), 'Cancel'])
  expect(order).not.toContain('#go')

  await page.getByRole('textbox', { name: 'Code' }).focus()
  await page.keyboard.type('123')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('Enter all 8 digits.').waitFor()
  expect(await focused(page)).toBe('#newel-code')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(mailbox.latestCode())
  await page.keyboard.press('Enter')
  expect(await outcome).toEqual({ status: 200 })
  expect(await focused(page)).toBe('#go')
})

it('has names for screen readers, and one field that takes the code from a mail or a manager', async () => {
  const { origin } = await openPlainApp()
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  const outcome = ask(page, '/ask/email')
  const dialog = page.getByRole('dialog', { name: 'Confirm it’s you', description: 'Look' })
  await dialog.waitFor()
  const field = page.locator('newel-prompt').getByRole('textbox', { name: 'Code' })
  await field.waitFor()
  expect(await page.locator('newel-prompt input').count()).toBe(1)
  for (const [name, value] of [
    ['autocomplete', 'one-time-code'],
    ['inputmode', 'numeric'],
    ['aria-describedby', 'newel-error'],
  ] as const) {
    expect(await field.getAttribute(name)).toBe(value)
  }
  await field.fill('1')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('alert').getByText('Enter all 8 digits.').waitFor()
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  await page.keyboard.press('Escape')
  expect(await outcome).toMatchObject({ code: 'cancelled' })
})

/** Relative luminance and contrast (WCAG 2.2, 1.4.3) of what is drawn. */
const luminance = (color: string): number => {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

it('is light on a light system and dark on a dark one, and easy to read on both', async () => {
  const { origin } = await openPlainApp()
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  const outcome = ask(page, '/ask/email')
  await page.getByText('We sent a code').waitFor()
  const backgrounds: number[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const styles = await page.locator('newel-prompt').evaluate((host) => {
      const style = (element: Element | null | undefined) => {
        const { color, backgroundColor } = getComputedStyle(element!)
        return { color, backgroundColor }
      }
      return {
        dialog: style(host.shadowRoot?.querySelector('dialog')),
        time: style(host.shadowRoot?.querySelector('[part=time]')),
        label: style(host.querySelector('label')),
        submit: style(host.querySelector('button[type=submit]')),
      }
    })
    const ground = styles.dialog.backgroundColor
    backgrounds.push(luminance(ground))
    for (const { color } of [styles.dialog, styles.time, styles.label])
      expect(contrast(color, ground)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(styles.submit.color, styles.submit.backgroundColor)).toBeGreaterThanOrEqual(4.5)
  }
  expect(backgrounds[0]).toBeGreaterThan(0.8)
  expect(backgrounds[1]).toBeLessThan(0.1)
  await page.keyboard.press('Escape')
  expect(await outcome).toMatchObject({ code: 'cancelled' })
})
