import type { AssessmentWrite, Store } from '@newel/engine'
import type { Contract } from './api.ts'
import { day, declare, hour, loadAll, minute, now, record, tenant } from './rows.ts'

export const demand = {
  action: 'transfer',
  acr: 'newel:otp',
  nats: 2.5,
  atMs: now,
  untilMs: now + day,
  session: 'session-1',
  jkt: 'jkt-1',
} as const

export function evidenceContract({ describe, test, expect }: Contract): void {
  describe('demands', () => {
    const ask = (store: Store, number: number, more: Partial<NonNullable<AssessmentWrite['demand']>>) =>
      store.recordAssessment(record(number, { demand: { ...demand, ...more } }))

    test('asking again from one place raises a demand and never lowers it', async ({ store }) => {
      await declare(store)
      await ask(store, 1, { acr: 'phr', nats: 3, untilMs: now + hour })
      await ask(store, 2, { acr: 'newel:contact', nats: 5, untilMs: now + 2 * hour })
      await ask(store, 3, { acr: 'newel:otp', nats: 1, untilMs: now + minute })
      expect((await loadAll(store)).demands).toEqual([
        { ...demand, acr: 'phr', nats: 5, untilMs: now + 2 * hour },
      ])
    })

    test('another action or another place is another demand, until it expires', async ({ store }) => {
      await declare(store)
      await ask(store, 1, {})
      await ask(store, 2, { action: 'login', untilMs: now + 1 })
      await ask(store, 3, { session: 'session-2' })
      expect((await loadAll(store)).demands).toHaveLength(3)
      expect((await loadAll(store, { nowMs: now + 1 })).demands).toHaveLength(2)
      expect((await loadAll(store, { subject: 'user-2' })).demands).toEqual([])
    })

    test('demands made elsewhere cannot hide those of this session or key', async ({ store }) => {
      await declare(store)
      await ask(store, 1, { nats: 1, session: 'session-9' })
      for (let number = 2; number <= 90; number++) {
        await ask(store, number, { nats: 50, session: `elsewhere-${number}`, jkt: `jkt-of-${number}` })
      }
      const { demands } = await loadAll(store)
      expect(demands).toHaveLength(64)
      expect(demands[0]).toMatchObject({ session: 'session-9', jkt: 'jkt-1', nats: 1 })
    })
  })

  describe('counters', () => {
    const read = async (store: Store, keys: readonly string[], nowMs: number) => {
      const { counters } = await loadAll(store, { counters: keys, nowMs })
      return Object.fromEntries(counters.map((counter) => [counter.key, counter.value]))
    }

    test('a count halves in an hour', async ({ store }) => {
      await declare(store)
      await store.count(tenant, ['prefix:a'], now)
      await store.count(tenant, ['prefix:a'], now)
      const values = await Promise.all(
        [0, 1, 3].map((hours) => read(store, ['prefix:a'], now + hours * hour)),
      )
      expect(values[0]!['prefix:a']).toBeCloseTo(2, 9)
      expect(values[1]!['prefix:a']).toBeCloseTo(1, 9)
      expect(values[2]!['prefix:a']).toBeCloseTo(0.25, 9)
    })

    test('what is counted later adds to what is left', async ({ store }) => {
      await declare(store)
      await store.count(tenant, ['prefix:a'], now)
      await store.count(tenant, ['prefix:a'], now + hour)
      expect((await read(store, ['prefix:a'], now + hour))['prefix:a']).toBeCloseTo(1.5, 9)
    })

    test('a count holds through months, and for a server whose clock is behind', async ({ store }) => {
      await declare(store)
      // 512 hours is where the sum is scaled down; a minute before and after it, in both orders.
      const edge = Math.ceil(now / (512 * hour)) * 512 * hour
      await store.count(tenant, ['prefix:a'], edge + minute)
      await store.count(tenant, ['prefix:a'], edge - minute)
      await store.count(tenant, ['prefix:b'], edge - minute)
      await store.count(tenant, ['prefix:b'], edge + minute)
      const values = await read(store, ['prefix:a', 'prefix:b'], edge + minute)
      expect(values['prefix:a']).toBeCloseTo(1 + 2 ** (-2 / 60), 9)
      expect(values['prefix:b']).toBeCloseTo(1 + 2 ** (-2 / 60), 9)
      await store.count(tenant, ['prefix:b'], edge + 90 * day)
      await store.count(tenant, ['prefix:b'], edge)
      expect((await read(store, ['prefix:b'], edge + 90 * day))['prefix:b']).toBeCloseTo(1, 9)
    })

    test('sixteen calls that count the same keys in any order lose none', async ({ store, race }) => {
      await declare(store)
      const keys = ['subject:user-1', 'jkt:jkt-1', 'prefix:192.0.2.0/24']
      await race((each, number) => each.count(tenant, number % 2 === 0 ? keys : [...keys].reverse(), now))
      const values = await read(store, keys, now)
      for (const key of keys) expect(values[key]).toBeCloseTo(16, 9)
    })

    test('a key named twice counts once, no keys are no change, and tenants count apart', async ({
      store,
    }) => {
      await declare(store)
      await store.count(tenant, ['prefix:a', 'prefix:a'], now)
      await store.count(tenant, [], now)
      await store.count('other', ['prefix:a', 'prefix:b'], now)
      const values = await read(store, ['prefix:a', 'prefix:b'], now)
      expect(Object.keys(values)).toEqual(['prefix:a'])
      expect(values['prefix:a']).toBeCloseTo(1, 9)
    })
  })
}
