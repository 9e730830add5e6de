/** The device key: one for all tabs of an origin, and a passing one where the browser keeps nothing. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { useChromium } from './support/chromium.ts'
import { usePlainApps } from './support/plain.ts'
import { visit } from './support/visitor.ts'
import { useWorlds } from './support/world.ts'

const openContext = useChromium()
const openWorld = useWorlds()
const openPlainApp = usePlainApps()

/** Thumbprints that a page has introduced itself with. */
function watchKeys(page: Page): Set<string> {
  const seen = new Set<string>()
  page.on('request', (request) => {
    if (request.url().endsWith('/v1/hello')) seen.add((request.postDataJSON() as { jkt: string }).jkt)
  })
  return seen
}

it('is one, however many tabs make it at the same time', async () => {
  const { origin } = await openPlainApp()
  const context = await openContext()
  const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()))
  const keys = tabs.map(watchKeys)
  await Promise.all(tabs.map((tab) => tab.goto(origin)))
  await Promise.all(tabs.map((tab) => tab.evaluate(() => window.Newel.client.signals())))
  const all = new Set(keys.flatMap((seen) => [...seen]))
  expect(keys.map(({ size }) => size)).toEqual([1, 1, 1, 1])
  expect(all.size).toBe(1)

  // It stays after all tabs are gone, and is another one in another profile.
  await Promise.all(tabs.map((tab) => tab.close()))
  for (const [profile, same] of [
    [context, true],
    [await openContext(), false],
  ] as const) {
    const page = await profile.newPage()
    const later = watchKeys(page)
    await page.goto(origin)
    await page.evaluate(() => window.Newel.client.signals())
    expect([...later].map((jkt) => all.has(jkt))).toEqual([same])
  }
})

it('never leaves the browser: its private half cannot be read out', async () => {
  const { origin } = await openPlainApp()
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  await page.evaluate(() => window.Newel.client.signals())
  const exported = await page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error!)
      })
    const db = await settled(indexedDB.open('newel'))
    const pair = await settled<CryptoKeyPair>(db.transaction('keys').objectStore('keys').get('device'))
    return crypto.subtle.exportKey('jwk', pair.privateKey).then(
      () => 'exported',
      (error: unknown) => error instanceof DOMException && error.name,
    )
  })
  expect(exported).toBe('InvalidAccessError')
})

const takeAway = {
  'is not there': () => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined })
  },
  'is forbidden': () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  },
}

it.each(Object.entries(takeAway))(
  'lives in memory where IndexedDB %s: never on record, asked each time, and as usable',
  async (_, script) => {
    const world = await openWorld()
    const context = await openContext()
    await context.addInitScript(script)
    const maya = await visit(context, world)
    await maya.signInByMail()
    await maya.order('Corner Bakery', '6.40')
    await maya.answerByMail()
    await maya.says('€6.40 is on its way to Corner Bakery.')
    await maya.signOut()
    await maya.signInByMail()
    expect(world.bookings()).toHaveLength(1)
    const decisions = await world.decisions()
    expect(decisions.map(({ action, decision }) => `${action}: ${decision}`)).toEqual([
      'sign-in: challenge',
      'transfer: challenge',
      'sign-in: challenge',
    ])
  },
)
