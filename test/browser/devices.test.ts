/** Which devices are asked, and which are not: the usual one, a new one, and those of two attackers. */
import { expect, it } from 'vitest'
import { useChromium } from './support/chromium.ts'
import { visit } from './support/visitor.ts'
import { useWorlds } from './support/world.ts'

const openContext = useChromium()
const openWorld = useWorlds()

it('asks a device for a mailed code once, and the next time for nothing', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.signInByMail()
  expect(maya.prompts()).toBe(1)

  await maya.signOut()
  await maya.submitPassword()
  await maya.untilSignedIn()
  expect(maya.prompts()).toBe(1)
  expect(world.mailbox.mails).toHaveLength(1)
  const [first, second] = await world.decisions()
  expect(first).toMatchObject({ decision: 'challenge', level: 'medium', acr: 'newel:contact' })
  expect(second).toMatchObject({ decision: 'allow', level: 'low' })
  expect(second?.reasons).toContain('device_granted')
})

it('asks a new device for a mailed code, and the usual one still for nothing', async () => {
  const world = await openWorld()
  const usual = await visit(await openContext(), world)
  await usual.signInByMail()
  await usual.signOut()

  const fresh = await visit(await openContext(), world)
  await fresh.signInByMail()
  expect(fresh.prompts()).toBe(1)
  expect(world.mailbox.mails.map(({ to }) => to)).toEqual(Array(2).fill('maya@larkfield.example'))

  await usual.submitPassword()
  await usual.untilSignedIn()
  expect(usual.prompts()).toBe(1)
})

it('challenges who has the password and a browser built alike, but not the device key', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.signInByMail()

  const attacker = await visit(await openContext(), world)
  await attacker.submitPassword()
  await attacker.prompt.getByText('We sent a code').waitFor()
  const decision = (await world.decisions()).at(-1)
  expect(decision).toMatchObject({ decision: 'challenge', acr: 'newel:contact' })
  // All that can be copied looks as Maya's does; it calms by little, and the key weighs more.
  expect(decision?.reasons).toEqual(
    expect.arrayContaining(['fingerprint_familiar', 'prefix_familiar', 'device_key_unknown']),
  )
  await attacker.enterCode('00000000')
  await attacker.prompt.getByText('4 attempts left').waitFor()
  expect(await attacker.page.getByRole('heading', { name: 'Current account' }).isVisible()).toBe(false)
})

it('challenges who has the session cookie, but not the device key', async () => {
  const world = await openWorld()
  const home = await openContext()
  const maya = await visit(home, world)
  await maya.signInByMail()

  const lair = await openContext()
  await lair.addCookies(await home.cookies())
  const attacker = await visit(lair, world)
  await attacker.untilSignedIn()
  await attacker.order('Mallory', '10.00')
  await attacker.prompt.getByText('We sent a code').waitFor()
  const decision = (await world.decisions()).at(-1)
  expect(decision).toMatchObject({ action: 'transfer', decision: 'challenge' })
  expect(decision?.reasons).toContain('session_key_changed')
  expect(world.bookings()).toEqual([])

  // That session stays suspicious; the next one of Maya's device is asked for nothing.
  await maya.signOut()
  await maya.submitPassword()
  await maya.untilSignedIn()
  await maya.order('Corner Bakery', '10.00')
  await maya.says('€10.00 is on its way to Corner Bakery.')
  expect(maya.prompts()).toBe(1)
  expect(world.bookings()).toEqual([{ party: 'Corner Bakery', amount: -1000 }])
})
