/** Passkeys and authenticator apps come and go by the settings page, each change guarded by the best that the account has. */
import { totpCode } from '@newel/testkit'
import { expect, it } from 'vitest'
import { useChromium } from './support/chromium.ts'
import { addPasskeyProvider } from './support/passkey.ts'
import { visit, type Visitor } from './support/visitor.ts'
import { useWorlds } from './support/world.ts'

const openContext = useChromium()
const openWorld = useWorlds()

/** As typed into an authenticator app: the setup key that the prompt shows. */
async function readSecret({ prompt }: Visitor): Promise<string> {
  const shown = await prompt.locator('code').innerText()
  return shown.replaceAll(' ', '')
}

const listed = ({ page }: Visitor) =>
  page.getByRole('list', { name: 'Your passkeys and authenticator apps' }).locator('strong').allInnerTexts()

it('adds an authenticator app, takes its codes where one is asked for, and removes it against one', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.signInByMail()
  await maya.openSettings()
  await maya.page.getByRole('button', { name: 'Add an authenticator app' }).click()
  await maya.answerByMail()
  const secret = await readSecret(maya)
  expect(await maya.prompt.getByRole('img', { name: 'QR code with the setup key' }).isVisible()).toBe(true)
  const code = () => totpCode(secret, world.clock.now())
  await maya.enterCode(await code())
  await maya.says('Authenticator app is added.')
  expect(await listed(maya)).toEqual(['Authenticator app'])

  // Another device is offered the app first, and mail as the other way.
  const laptop = await visit(await openContext(), world)
  await laptop.submitPassword()
  await laptop.prompt.getByText('Enter the code that your authenticator app shows.').waitFor()
  expect(await laptop.prompt.getByRole('button', { name: 'Email me a code' }).isVisible()).toBe(true)
  // The step that served the enrolment serves no more.
  await laptop.enterCode(await code())
  await laptop.prompt.getByText('That did not work. 4 attempts left.').waitFor()
  world.clock.advance(30_000)
  await laptop.enterCode(await code())
  await laptop.untilSignedIn()

  await maya.page.getByRole('button', { name: 'Remove Authenticator app' }).click()
  await maya.prompt.getByText('Enter the code that your authenticator app shows.').waitFor()
  expect(await maya.prompt.getByRole('button', { name: 'Email me a code' }).count()).toBe(0)
  world.clock.advance(30_000)
  await maya.enterCode(await code())
  await maya.says('Authenticator app is removed.')
  expect(await listed(maya)).toEqual([])
})

it('adds a passkey against a mailed code, and guards everything after with the passkey', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await addPasskeyProvider(maya.page)
  await maya.signInByMail()
  await maya.openSettings()
  await maya.page.getByRole('button', { name: 'Add a passkey' }).click()
  await maya.answerByMail()
  await maya.prompt.getByRole('button', { name: 'Create passkey' }).click()
  await maya.says('Passkey is added.')
  expect(await listed(maya)).toEqual(['Passkey'])

  const usePasskey = () => maya.prompt.getByRole('button', { name: 'Continue with passkey' }).click()
  await maya.page.getByRole('button', { name: 'Add an authenticator app' }).click()
  await usePasskey()
  await maya.enterCode(await totpCode(await readSecret(maya), world.clock.now()))
  await maya.says('Authenticator app is added.')
  expect((await listed(maya)).sort()).toEqual(['Authenticator app', 'Passkey'])

  await maya.page.getByRole('button', { name: 'Remove Passkey' }).click()
  await usePasskey()
  await maya.says('Passkey is removed.')
  expect(await listed(maya)).toEqual(['Authenticator app'])
  const guarded = (await world.decisions()).filter(({ action }) => action.startsWith('newel.'))
  expect(guarded.map(({ action, acr }) => [action, acr])).toEqual([
    ['newel.enroll', 'newel:contact'],
    ['newel.enroll', 'phr'],
    ['newel.remove', 'phr'],
  ])
})

it('adds no passkey for who gives up the proof', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await addPasskeyProvider(maya.page)
  await maya.signInByMail()
  await maya.openSettings()
  await maya.page.getByRole('button', { name: 'Add a passkey' }).click()
  await maya.prompt.getByRole('button', { name: 'Cancel' }).click()
  await maya.says('Not confirmed, so nothing happened.')
  expect(await listed(maya)).toEqual([])
})
