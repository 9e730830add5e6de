import type { Contract } from './api.ts'
import { day, declaration, declare, key, now, tenant } from './rows.ts'

export function tenantContract({ describe, test, expect }: Contract): void {
  describe('tenants and keys', () => {
    test('an unknown tenant is undefined', async ({ store }) => {
      expect(await store.readTenantRevision('nobody')).toBe(undefined)
      expect(await store.readTenant('nobody')).toBe(undefined)
      expect(await store.listTenants()).toEqual([])
    })

    test('a declared tenant reads back, with what the engine ships', async ({ store }) => {
      await declare(store, 'zeta')
      await declare(store)
      expect(await store.readTenant(tenant)).toEqual({
        tenant,
        revision: 1,
        config: declaration.config,
        policyVersion: 'p1',
        policy: declaration.policy,
        modelVersion: 'shipped',
        model: '{}',
        backgroundVersion: 'shipped',
        background: undefined,
        keys: [],
      })
      expect(await store.listTenants()).toEqual([tenant, 'zeta'])
    })

    test('declaring the same again changes nothing', async ({ store }) => {
      await declare(store)
      await declare(store)
      expect(await store.readTenantRevision(tenant)).toBe(1)
    })

    test('declaring something else is one more revision, of config or policy alike', async ({ store }) => {
      await declare(store)
      await store.declareTenant({ ...declaration, config: '{}' })
      expect(await store.readTenantRevision(tenant)).toBe(2)
      await store.declareTenant({ ...declaration, config: '{}', policyVersion: 'p2', policy: '{"b":2}' })
      expect(await store.readTenant(tenant)).toMatchObject({
        revision: 3,
        policyVersion: 'p2',
        policy: '{"b":2}',
      })
    })

    test('sixteen servers that declare at once agree on one revision', async ({ store, race }) => {
      await race((each) => declare(each))
      expect(await store.readTenantRevision(tenant)).toBe(1)
    })

    test('a key reads back byte by byte and raises the revision', async ({ store }) => {
      await declare(store)
      expect(await store.createKey(key(0))).toEqual(key(0))
      const read = await store.readTenant(tenant)
      expect(read?.revision).toBe(2)
      expect(read?.keys).toEqual([key(0)])
      expect([...(read?.keys[0]?.sealed ?? [])]).toEqual([0, 1, 127, 128, 255])
    })

    test('servers that make a key together share one, and one revision', async ({ store, race }) => {
      await declare(store)
      const made = await race((each, number) => each.createKey(key(0, { kid: `kid-of-${number}` })))
      expect(new Set(made.map(({ kid }) => kid)).size).toBe(1)
      const read = await store.readTenant(tenant)
      expect(read?.keys.map(({ kid }) => kid)).toEqual([made[0]?.kid])
      expect(read?.revision).toBe(2)
    })

    test('retiring keys ends those of the purpose below an epoch, and never later than before', async ({
      store,
    }) => {
      await declare(store)
      for (const epoch of [0, 1, 2]) await store.createKey(key(epoch))
      await store.createKey(key(0, { purpose: 'secret', publicJwk: undefined }))
      await store.retireKeys(tenant, 'signing', 1, now)
      await store.retireKeys(tenant, 'signing', 2, now + day)
      const read = await store.readTenant(tenant)
      expect(read?.keys.map(({ purpose, epoch, retiredAtMs }) => [purpose, epoch, retiredAtMs])).toEqual([
        ['secret', 0, undefined],
        ['signing', 0, now],
        ['signing', 1, now + day],
        ['signing', 2, undefined],
      ])
      expect(read?.revision).toBe(7)
    })

    test('an emergency ends a key that was to end later', async ({ store }) => {
      await declare(store)
      await store.createKey(key(0))
      await store.retireKeys(tenant, 'signing', 1, now + day)
      await store.retireKeys(tenant, 'signing', 1, now)
      expect((await store.readTenant(tenant))?.keys[0]?.retiredAtMs).toBe(now)
    })

    test('keys of two tenants have nothing to do with each other', async ({ store }) => {
      await declare(store)
      await declare(store, 'other')
      await store.createKey(key(0))
      await store.createKey(key(0, { tenant: 'other', kid: 'kid-other' }))
      await store.retireKeys('other', 'signing', 1, now)
      const read = await store.readTenant(tenant)
      expect(read?.keys).toEqual([key(0)])
      expect(read?.revision).toBe(2)
    })
  })

  describe('the schema', () => {
    test('is the one this release knows, and bringing it up again is no change', async ({ store, race }) => {
      await race((each) => each.migrate())
      const { found, known, minReader } = await store.health()
      expect(found).toBe(known)
      expect(minReader <= known).toBe(true)
    })
  })
}
