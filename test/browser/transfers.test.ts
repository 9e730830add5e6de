/** A large transfer takes a passkey, and what was confirmed happens once, as it was confirmed. */
import { expect, it } from 'vitest'
import { useChromium, type OpenContext } from './support/chromium.ts'
import { addPasskeyProvider } from './support/passkey.ts'
import { visit, type Visitor } from './support/visitor.ts'
import { useWorlds, type World } from './support/world.ts'

const openContext: OpenContext = useChromium()
const openWorld = useWorlds()

/** Maya on her usual device, with a passkey that she has just added. */
async function mayaWithPasskey(world: World) {
  const maya = await visit(await openContext(), world)
  const provider = await addPasskeyProvider(maya.page)
  await maya.signInByMail()
  await maya.openSettings()
  await maya.page.getByRole('button', { name: 'Add a passkey' }).click()
  await maya.answerByMail()
  await maya.prompt.getByRole('button', { name: 'Create passkey' }).click()
  await maya.says('Passkey is added.')
  await maya.openAccount()
  return { maya, provider }
}

const usePasskey = ({ prompt }: Visitor) =>
  prompt.getByRole('button', { name: 'Continue with passkey' }).click()

const transfers = ({ received }: World) => received.filter(({ path }) => path === '/bank/api/transfers')
const large = { party: 'Tom Lindqvist', amount: -250_000 }

it('asks a new device for a passkey, and pays once, the exact amount to the exact payee', async () => {
  const world = await openWorld()
  const { provider } = await mayaWithPasskey(world)
  // A phone that the passkey was synced to, and that has a mailed code to show for itself.
  const phone = await visit(await openContext(), world)
  await provider.syncTo(await addPasskeyProvider(phone.page))
  await phone.submitPassword()
  await phone.prompt.getByRole('button', { name: 'Email me a code' }).click()
  await phone.answerByMail()
  await phone.untilSignedIn()

  await phone.order('Tom Lindqvist', '2500')
  await phone.prompt.getByText('Pay €2500.00 to Tom Lindqvist').waitFor()
  expect(world.bookings()).toEqual([])
  expect((await world.decisions()).at(-1)).toMatchObject({ level: 'high', acr: 'phr' })
  await usePasskey(phone)
  await phone.says('€2,500.00 is on its way to Tom Lindqvist.')
  expect(world.bookings()).toEqual([large])
  const [first, repeat, ...more] = transfers(world)
  expect(first?.body).toBe('{"to":"Tom Lindqvist","amount":"2500"}')
  expect(first?.headers).not.toHaveProperty('newel-token')
  expect(repeat?.body).toBe(first?.body)
  expect(repeat?.headers).toHaveProperty('newel-token')
  expect(more).toEqual([])
})

it('asks the device that a mailed code put on record for a passkey too, and after it for nothing', async () => {
  const world = await openWorld()
  const { maya } = await mayaWithPasskey(world)
  await maya.order('Tom Lindqvist', '2500.00')
  await usePasskey(maya)
  await maya.says('€2,500.00 is on its way to Tom Lindqvist.')

  const prompts = maya.prompts()
  await maya.order('Tom Lindqvist', '1000.00')
  await maya.says('€1,000.00 is on its way to Tom Lindqvist.')
  expect(maya.prompts()).toBe(prompts)
  expect(world.bookings()).toEqual([large, { party: 'Tom Lindqvist', amount: -100_000 }])
  expect((await world.decisions()).slice(-2)).toMatchObject([
    { decision: 'challenge', reasons: expect.arrayContaining(['device_weakly_known']) },
    { decision: 'allow', level: 'low' },
  ])
})

it('refuses a large transfer to an account without a passkey, and says what to do', async () => {
  const world = await openWorld()
  const maya = await visit(await openContext(), world)
  await maya.signInByMail()
  await maya.order('Tom Lindqvist', '2500.00')
  await maya.says('This needs a passkey, and your account has none.')
  expect(world.bookings()).toEqual([])
})

it('takes a token for no other transfer than the one that was confirmed', async () => {
  const world = await openWorld()
  const { maya } = await mayaWithPasskey(world)
  // Something in the page changes the order after Maya has seen and confirmed it.
  await maya.page.route('**/bank/api/transfers', (route) =>
    route.request().headers()['newel-token'] === undefined
      ? route.continue()
      : route.continue({ postData: JSON.stringify({ to: 'Mallory', amount: '8000.00' }) }),
  )
  await maya.order('Tom Lindqvist', '2500.00')
  await usePasskey(maya)
  await maya.says('That confirmation does not serve any more.')
  expect(world.bookings()).toEqual([])
})

it('takes a token once: the same request again pays nothing', async () => {
  const world = await openWorld()
  const { maya } = await mayaWithPasskey(world)
  await maya.order('Tom Lindqvist', '2500.00')
  await usePasskey(maya)
  await maya.says('is on its way')
  const { url = '', headers = {}, body = '' } = transfers(world).at(-1) ?? {}
  expect(headers).toHaveProperty('newel-token')
  // What `fetch` sets by itself, and would not let be said.
  const copied = new Headers(headers)
  for (const name of ['host', 'connection', 'content-length']) copied.delete(name)
  const again = await fetch(url, { method: 'POST', headers: copied, body })
  expect(again.status).toBe(401)
  expect(await again.json()).toMatchObject({ code: 'invalid_token' })
  expect(world.bookings()).toEqual([large])
})

it('does not lose a confirmed transfer when the answer that the token is spent gets lost', async () => {
  let consumed = 0
  const world = await openWorld({
    between: (newel) => ({
      async fetch(request) {
        const answer = await newel.fetch(request)
        if (!request.url.endsWith('/v1/tokens/consume') || consumed++ > 0) return answer
        throw new TypeError('the connection broke')
      },
    }),
  })
  const { maya } = await mayaWithPasskey(world)
  consumed = 0
  await maya.order('Tom Lindqvist', '2500.00')
  await usePasskey(maya)
  await maya.says('€2,500.00 is on its way to Tom Lindqvist.')
  expect(consumed).toBe(2)
  expect(world.bookings()).toEqual([large])
})
