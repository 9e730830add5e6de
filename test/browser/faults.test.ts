/** What goes wrong around an honest user: outages, restarts, wrong clocks, old servers, networks that repeat themselves. */
import type { BrowserContext } from 'playwright-core'
import { expect, it } from 'vitest'
import { useChromium } from './support/chromium.ts'
import { visit } from './support/visitor.ts'
import { useWorlds, type World } from './support/world.ts'

const openContext = useChromium()
const openWorld = useWorlds()

/** Signs in twice; how often the person was asked. The first time is a new device, whoever it is. */
async function promptsOfTwoSignIns(context: BrowserContext, world: World): Promise<number> {
  const maya = await visit(context, world)
  await maya.signInByMail()
  await maya.signOut()
  await maya.submitPassword()
  await maya.untilSignedIn()
  await maya.order('Corner Bakery', '6.40')
  await maya.says('€6.40 is on its way to Corner Bakery.')
  return maya.prompts()
}

it('answers 503 without a prompt while Newel is down, and moves no money', async () => {
  const world = await openWorld({ apart: true })
  const maya = await visit(await openContext(), world)
  await maya.signInByMail()
  const prompts = maya.prompts()
  await world.stopNewel()
  const answered = maya.page.waitForResponse(
    (response) => response.url().endsWith('/transfers') && response.request().method() === 'POST',
  )
  await maya.order('Corner Bakery', '6.40')
  expect((await answered).status()).toBe(503)
  expect(await (await answered).json()).toMatchObject({ code: 'newel_unavailable' })
  await maya.says('This cannot be checked at the moment, so nothing happened.')
  expect(await maya.prompt.count()).toBe(0)
  expect(maya.prompts()).toBe(prompts)
  expect(world.bookings()).toEqual([])
})

it('loses nothing when the server restarts in the middle of a challenge', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.submitPassword()
  await maya.prompt.getByText('We sent a code').waitFor()
  await world.restart()
  await maya.enterCode(world.mailbox.latestCode())
  await maya.untilSignedIn()
  await world.restart()
  await maya.order('Corner Bakery', '6.40')
  await maya.says('€6.40 is on its way to Corner Bakery.')
  expect(maya.prompts()).toBe(1)
  expect(world.bookings()).toEqual([{ party: 'Corner Bakery', amount: -640 }])
})

it.each([
  ['ten minutes fast', 600_000],
  ['ten minutes slow', -600_000],
])('asks nobody for a page whose clock is %s', async (_, wrongMs) => {
  const world = await openWorld()
  const context = await openContext()
  await context.addInitScript((offsetMs) => {
    const Right = Date
    globalThis.Date = class extends Right {
      constructor(...args: unknown[]) {
        super(...((args.length === 0 ? [Right.now() + offsetMs] : args) as [number]))
      }
      static override now = () => Right.now() + offsetMs
    } as DateConstructor
  }, wrongMs)
  expect(await promptsOfTwoSignIns(context, world)).toBe(1)
  const shown = await context.pages()[0]?.evaluate(() => Date.now())
  expect(Math.round(((shown ?? 0) - Date.now()) / 60_000)).toBe(wrongMs / 60_000)
})

it('asks nobody for a signal that the server does not know', async () => {
  const world = await openWorld()
  const context = await openContext()
  // An SDK of tomorrow observes more; its envelope is signed with it.
  await context.addInitScript(() => {
    const stringify = JSON.stringify
    JSON.stringify = ((value: unknown, ...more: []) => {
      const claims = value as { observations?: object } | null | undefined
      return claims?.observations === undefined
        ? stringify(value, ...more)
        : stringify({ ...claims, observations: { ...claims.observations, 'gait@7': { value: [1, 2] } } })
    }) as typeof JSON.stringify
  })
  const envelopes: string[] = []
  context.on('request', (request) => {
    if (request.url().endsWith('/v1/signals')) {
      const { envelope } = request.postDataJSON() as { envelope: string }
      envelopes.push(Buffer.from(envelope.split('.')[1] ?? '', 'base64url').toString())
    }
  })
  expect(await promptsOfTwoSignIns(context, world)).toBe(1)
  expect(envelopes.length).toBeGreaterThan(0)
  for (const envelope of envelopes) expect(envelope).toContain('gait@7')
})

it('asks nobody for a request that the network sent twice', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.signInByMail()
  await maya.signOut()
  world.repeatNext()
  await maya.submitPassword()
  await maya.untilSignedIn()
  await maya.openSettings()
  await maya.page.getByLabel('Where letters go').fill('7 Mill Lane, Ashford')
  world.repeatNext()
  await maya.page.getByRole('button', { name: 'Save the address' }).click()
  await maya.says('Saved.')
  expect(maya.prompts()).toBe(1)
  // The second copy carries a proof that is used; the SDK brings a fresh one, which nobody sees.
  const [, ...after] = await world.decisions()
  expect(after.map(({ action, decision }) => `${action}: ${decision}`)).toEqual(
    ['sign-in', 'change-address'].flatMap((action) => [
      `${action}: allow`,
      `${action}: challenge`,
      `${action}: allow`,
    ]),
  )
})
