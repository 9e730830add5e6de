import type { AssessmentWrite, CounterMark, Store } from '@newel/engine'
import type { Contract } from './api.ts'
import { day, declare, hour, loadAll, minute, now, ones, record, subject, tenant } from './rows.ts'

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
      await store.count(tenant, ones('prefix:a'), now)
      await store.count(tenant, ones('prefix:a'), now)
      const values = await Promise.all(
        [0, 1, 3].map((hours) => read(store, ['prefix:a'], now + hours * hour)),
      )
      expect(values[0]!['prefix:a']).toBeCloseTo(2, 9)
      expect(values[1]!['prefix:a']).toBeCloseTo(1, 9)
      expect(values[2]!['prefix:a']).toBeCloseTo(0.25, 9)
    })

    test('what is counted later adds to what is left', async ({ store }) => {
      await declare(store)
      await store.count(tenant, ones('prefix:a'), now)
      await store.count(tenant, ones('prefix:a'), now + hour)
      expect((await read(store, ['prefix:a'], now + hour))['prefix:a']).toBeCloseTo(1.5, 9)
    })

    test('a count holds through months, and for a server whose clock is behind', async ({ store }) => {
      await declare(store)
      // 512 hours is where the sum is scaled down; a minute before and after it, in both orders.
      const edge = Math.ceil(now / (512 * hour)) * 512 * hour
      await store.count(tenant, ones('prefix:a'), edge + minute)
      await store.count(tenant, ones('prefix:a'), edge - minute)
      await store.count(tenant, ones('prefix:b'), edge - minute)
      await store.count(tenant, ones('prefix:b'), edge + minute)
      const values = await read(store, ['prefix:a', 'prefix:b'], edge + minute)
      expect(values['prefix:a']).toBeCloseTo(1 + 2 ** (-2 / 60), 9)
      expect(values['prefix:b']).toBeCloseTo(1 + 2 ** (-2 / 60), 9)
      await store.count(tenant, ones('prefix:b'), edge + 90 * day)
      await store.count(tenant, ones('prefix:b'), edge)
      expect((await read(store, ['prefix:b'], edge + 90 * day))['prefix:b']).toBeCloseTo(1, 9)
    })

    test('sixteen calls that count the same keys in any order lose none', async ({ store, race }) => {
      await declare(store)
      const keys = ['subject:user-1', 'jkt:jkt-1', 'prefix:192.0.2.0/24']
      await race((each, number) =>
        each.count(tenant, ones(...(number % 2 === 0 ? keys : [...keys].reverse())), now),
      )
      const values = await read(store, keys, now)
      for (const key of keys) expect(values[key]).toBeCloseTo(16, 9)
    })

    test('a key named twice counts once, no keys are no change, and tenants count apart', async ({
      store,
    }) => {
      await declare(store)
      await store.count(tenant, ones('prefix:a', 'prefix:a'), now)
      await store.count(tenant, [], now)
      await store.count('other', ones('prefix:a', 'prefix:b'), now)
      const values = await read(store, ['prefix:a', 'prefix:b'], now)
      expect(Object.keys(values)).toEqual(['prefix:a'])
      expect(values['prefix:a']).toBeCloseTo(1, 9)
    })

    const crowd = async (store: Store, nowMs: number) => {
      const [counter] = (await loadAll(store, { counters: ['prefix:a'], nowMs })).counters
      return [counter?.value, counter?.failed, counter?.passed]
    }
    const mark = (store: Store, more: Partial<CounterMark>, nowMs: number) =>
      store.count(tenant, [{ key: 'prefix:a', adds: 0, ...more }], nowMs)
    /** The start of a span of two hours. */
    const start = Math.ceil(now / (2 * hour)) * 2 * hour

    test('accounts are told apart: one that comes again is one, and marking counts nothing', async ({
      store,
    }) => {
      await declare(store)
      for (const failed of [0, 51, 31, 32, 0, 51]) await mark(store, { failed }, start)
      for (const passed of [7, 7]) await mark(store, { passed, failed: 7 }, start)
      const [value, failed, passed] = await crowd(store, start)
      expect(value).toBe(0)
      expect(failed).toBeCloseTo(5, 0)
      expect(passed).toBeCloseTo(1, 1)
      await mark(store, { adds: 1, failed: 0 }, start)
      expect(await crowd(store, start)).toEqual([1, failed, passed])
    })

    test('accounts of one span fade in the next and are gone after it, those that come again stay', async ({
      store,
    }) => {
      await declare(store)
      for (let failed = 0; failed < 20; failed++) await mark(store, { failed }, start + hour)
      const [, all] = await crowd(store, start + hour)
      await mark(store, { failed: 3 }, start + 2 * hour)
      expect((await crowd(store, start + 2 * hour))[1]).toBe(all)
      const [, half] = await crowd(store, start + 3 * hour)
      // One account stays whole, and half of what the others look like is left.
      expect([all, half]).toEqual([25.25, 13.13])
      expect((await crowd(store, start + 4 * hour - 1))[1]).toBeCloseTo(1, 0)
      await mark(store, { failed: 4 }, start + 9 * hour)
      expect((await crowd(store, start + 9 * hour))[1]).toBeCloseTo(1, 0)
      expect((await crowd(store, start + 14 * hour))[1]).toBe(0)
    })

    test('a server whose clock is behind marks what the others have', async ({ store }) => {
      await declare(store)
      await mark(store, { failed: 1 }, start + 2 * hour)
      await mark(store, { failed: 2 }, start + hour)
      await mark(store, { failed: 3 }, start - 9 * hour)
      expect((await crowd(store, start + 2 * hour))[1]).toBeCloseTo(2, 0)
    })

    test('sixteen calls that mark one key lose none', async ({ store, race }) => {
      await declare(store)
      await race((each, failed) => mark(each, { failed, passed: failed + 20 }, start))
      const [, failed, passed] = await crowd(store, start)
      expect(failed).toBe(passed)
      // -52 ln(36 / 52): sixteen accounts that share no bit look like a few more.
      expect(failed).toBe(19.12)
    })
  })

  describe('sessions in use', () => {
    const begin = (store: Store, number: number, session: string, atMs: number, jkt = `jkt-${number}`) =>
      store.recordAssessment(
        record(number, { session: { session, jkt, startedAtMs: atMs, endedAtMs: undefined } }),
      )
    const others = async (store: Store, nowMs: number) =>
      (await loadAll(store, { session: 'a', nowMs })).others.map(({ session }) => session)

    test('are those of the subject that were seen within half an hour, the latest first', async ({
      store,
    }) => {
      await declare(store)
      await begin(store, 1, 'a', now)
      await begin(store, 2, 'b', now)
      await begin(store, 3, 'c', now + minute)
      expect(await others(store, now + minute)).toEqual(['c', 'b'])
      expect(await others(store, now + 30 * minute)).toEqual(['c'])
      await store.seeSession(tenant, subject, 'b', now + 20 * minute)
      expect(await others(store, now + 30 * minute)).toEqual(['b', 'c'])
      expect((await loadAll(store, { subject: 'user-2', nowMs: now })).others).toEqual([])
    })

    test('are eight at most, and a session is never seen earlier than it was', async ({ store }) => {
      await declare(store)
      for (let number = 1; number <= 12; number++) await begin(store, number, `s-${number}`, now + number)
      expect(await others(store, now + minute)).toHaveLength(8)
      await begin(store, 13, 'a', now)
      await store.seeSession(tenant, subject, 'a', now + minute)
      await store.seeSession(tenant, subject, 'a', now)
      await store.seeSession(tenant, undefined, 'a', now + hour)
      await store.seeSession(tenant, subject, 'none', now)
      const { session, others: used } = await loadAll(store, { session: 'a', nowMs: now + minute })
      expect(session).toMatchObject({ session: 'a', seenAtMs: now + minute })
      expect(used).toHaveLength(8)
    })
  })
}
