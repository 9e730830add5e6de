/** What a page that is typed in, pointed at and walked through says of it, and what it never says. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { useChromium } from './support/chromium.ts'
import { scriptTag, usePlainApps } from './support/plain.ts'

const openContext = useChromium()
const openPlainApp = usePlainApps()

const html = `<!doctype html><html lang="en"><title>Sign in</title>
<form onsubmit="return false">
  <label>Name <input name="user" autocomplete="username"></label>
  <label>Password <input type="password" autocomplete="current-password" data-newel-cadence="password"></label>
  <label>Code <input autocomplete="one-time-code"></label>
  <label>Card <input autocomplete="cc-number"></label>
  <label>Other password <input type="password"></label>
  <label>Diary <textarea data-newel-private></textarea></label>
</form>
<script ${scriptTag}></script></html>`

/** A page that observes already, as one does that has settled. */
async function openPage(): Promise<Page> {
  const { origin } = await openPlainApp({ html })
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  await page.evaluate(() => window.Newel.client.signals())
  return page
}

/** What the next envelope says, by wire name. */
async function observed(page: Page): Promise<Record<string, unknown>> {
  await page.evaluate(() => window.Newel.client.signals())
  return page.evaluate(() => ({ ...window.Newel.client.explain() }))
}

it('tells how a field that is opted in was typed, in times alone', async () => {
  const page = await openPage()
  await page.getByLabel('Password', { exact: true }).click()
  await page.keyboard.type('Correct4horse', { delay: 30 })
  const { 'typing@1': typing } = await observed(page)
  expect(typing).toMatchObject({ value: { fields: [{ field: 'password' }] } })
  const [field] = (typing as { value: { fields: { hold_ms: number[]; down_down_ms: number[] }[] } }).value
    .fields
  expect(field?.hold_ms).toHaveLength(13)
  expect(field?.down_down_ms).toHaveLength(12)
  for (const ms of field?.down_down_ms ?? []) expect(ms).toBeGreaterThan(10)

  await page.evaluate(() => window.Newel.client.reset())
  expect((await observed(page))['typing@1']).toEqual({ absent: 'idle' })
})

it('gives no times for a password that a program filled in', async () => {
  const page = await openPage()
  await page.getByLabel('Password', { exact: true }).fill('Correct4horse')
  expect((await observed(page))['typing@1']).toEqual({ absent: 'idle' })
})

it('says nothing of what was typed, in an envelope or in what is stored', async () => {
  const page = await openPage()
  const bodies: string[] = []
  page.on('request', (request) => bodies.push(request.postData() ?? ''))
  const secrets = ['Correct4horse', '24681357', '4111222233334444', 'Battery5staple', 'dear diary']
  const labels = ['Password', 'Code', 'Card', 'Other password', 'Diary']
  for (const [i, label] of labels.entries()) {
    await page.getByLabel(label, { exact: true }).click()
    await page.keyboard.type(secrets[i]!, { delay: 5 })
  }
  await page.getByLabel('Name').click()
  await page.keyboard.type('maya.lark@example', { delay: 5 })
  const said = await observed(page)
  const kept = await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))
  expect(bodies.length).toBeGreaterThan(0)
  const envelopes = bodies
    .flatMap((body) => /"envelope":"[^.]+\.([^.]+)\./.exec(body)?.[1] ?? [])
    .map((claims) => Buffer.from(claims, 'base64url').toString())
  expect(envelopes.length).toBeGreaterThan(0)
  const everything = [JSON.stringify(said), kept, ...envelopes, ...bodies].join('\n')
  for (const secret of [...secrets, 'maya', 'lark', 'KeyC', 'Digit4', 'Backspace']) {
    expect([secret, everything.includes(secret)]).toEqual([secret, false])
  }
  // Only the field that is opted in has given times.
  expect(said['typing@1']).toMatchObject({ value: { fields: [{ field: 'password' }] } })
})
