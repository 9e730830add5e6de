import { describe, expect, it } from 'vitest'
import type { TenantDeclaration } from './options.ts'
import { checkDeclaration } from './tenants.ts'

const shop: TenantDeclaration = {
  id: 'shop',
  name: 'Shop',
  origins: ['https://shop.example'],
  publishableKey: `pk_shop_${'p'.repeat(16)}`,
  secretKeys: [`sk_shop_${'s'.repeat(32)}`],
}
const declare = (members: object) => () => {
  checkDeclaration({ ...shop, ...members })
}

describe('a declaration that cannot be used says what to do', () => {
  it.each([
    [{ origins: undefined }, 'origins needs a list of at least one origin, such as https://app.example'],
    [{ origins: [] }, 'origins needs a list of at least one origin'],
    [{ origins: 'https://shop.example' }, 'origins needs a list of at least one origin'],
    [{ origins: [undefined] }, '"undefined" is no origin'],
    [{ origins: ['https://shop.example/'] }, 'without a path'],
    [{ origins: ['http://shop.example'] }, 'has to be https, or http on localhost'],
    [{ secretKeys: undefined }, '`newel keys generate --tenant shop` makes a pair'],
    [{ secretKeys: [undefined] }, '`newel keys generate --tenant shop` makes a pair'],
    [{ publishableKey: undefined }, '`newel keys generate --tenant shop` makes a pair'],
    [{ publishableKey: shop.secretKeys[0] }, 'publishableKey has to be "pk_shop_"'],
  ])('%j', (members, says) => {
    expect(declare(members)).toThrow(says)
  })

  it('and one that can be says nothing', () => {
    expect(declare({ origins: ['https://shop.example'] })).not.toThrow()
    expect(declare({ origins: ['http://localhost:3000'] })).not.toThrow()
  })
})
