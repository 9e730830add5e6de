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

it('sums up strokes of the pointer, the way through fields, free text, and the clicks of a program', async () => {
  const page = await openPage()
  const name = page.getByLabel('Name')
  for (const [x, y] of [
    [300, 40],
    [40, 300],
    [420, 260],
    [90, 20],
  ] as const) {
    await page.mouse.move(x, y, { steps: 25 })
    await page.waitForTimeout(150)
  }
  await name.click()
  await page.keyboard.type('the quick brown fox jumps over the lazy dog again', { delay: 25 })
  await page.getByLabel('Password', { exact: true }).click()
  await page.keyboard.type('Correct4horse')
  const said = await observed(page)
  expect(said['pointer@1']).toMatchObject({ value: { pointer: 'mouse' } })
  expect(said['free-text@1']).toMatchObject({ value: { keys: 49 } })
  expect(said['navigation@1']).toMatchObject({
    value: { pages: [{}], fields: [{ manner: 'typed' }, { manner: 'typed' }], returns: 0 },
  })
  // The driver clicks on the very centre.
  expect(said['automation@1']).toMatchObject({
    value: { keys: 62, clicks: 2, centred_clicks: 2, synthetic_keys: 0, synthetic_clicks: 0 },
  })
})

it('follows the way over pages that are loaded anew, and forgets it at sign-out', async () => {
  const page = await openPage()
  for (const path of ['/account/4711', '/']) {
    await page.evaluate((to) => history.pushState(null, '', to), path)
    await page.getByLabel('Name').click()
  }
  await page.reload()
  const way = (said: Record<string, unknown>) =>
    (said['navigation@1'] as { value: { pages: unknown[] } }).value.pages.length
  expect(way(await observed(page))).toBe(4)
  await page.evaluate(() => window.Newel.client.reset())
  await page.reload()
  // The page that was open at sign-out, and this one.
  expect(way(await observed(page))).toBe(2)
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
