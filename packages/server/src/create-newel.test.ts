import type { Store } from '@newel/engine'
import { expect, it, vi } from 'vitest'
import { createNewel } from './create-newel.ts'

function setUp() {
  const log = vi.fn()
  const newel = createNewel({
    url: 'https://shop.example/newel',
    // Nothing here gets as far as the database.
    store: {} as Store,
    masterKey: 'A'.repeat(43),
    logger: { log },
    now: () => 1_800_000_000_000,
    tenants: [
      {
        id: 'shop',
        name: 'Shop',
        origins: ['https://shop.example'],
        publishableKey: `pk_shop_${'p'.repeat(16)}`,
        secretKeys: [`sk_shop_${'s'.repeat(32)}`],
      },
    ],
  })
  const post = (path: string, address?: string) =>
    newel.fetch(
      new Request(`https://shop.example/newel/v1/${path}`, { method: 'POST' }),
      address === undefined ? undefined : { address },
    )
  const said = () => log.mock.calls.filter(([, event]) => event === 'address_unknown')
  return { post, said }
}

it('says once that a host does not name the address of the page', async () => {
  const { post, said } = setUp()
  await post('hello')
  await post('signals')
  const says = expect.stringContaining('newel.fetch(request, { address })') as string
  expect(said()).toEqual([['warn', 'address_unknown', { says }]])
})

it('says nothing where it does, nor of calls of the back end, whose address is no evidence', async () => {
  const { post, said } = setUp()
  await post('hello', '192.0.2.10')
  await post('assessments')
  expect(said()).toEqual([])
})
