import type { Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'

import {
  assessment,
  declare,
  event,
  hour,
  id,
  loadAll,
  message,
  now,
  record,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

const due = (number: number, of: string, atMs = now) =>
  record(number, {
    assessment: assessment(number, { subject: of }),
    subject: writeOf({ subject: of }),
    event: event(number, { subject: of, folds: true, atMs, id: id('event', number, atMs) }),
  })

const learned = (more: object) => ({
  tenant,
  subject,
  fromVersion: 0,
  profile: Uint8Array.of(9, 0, 255),
  events: [],
  nowMs: now,
  ...more,
})

const post = (store: Store, rows: readonly ReturnType<typeof message>[]) =>
  store.putSubject({
    tenant: rows[0]!.tenant,
    subject: writeOf(),
    authenticators: [],
    binds: [],
    removes: [],
    outbox: rows,
    nowMs: now,
  })

export function workContract({ describe, test, expect }: Contract): void {
  describe('folding', () => {
    test('subjects with due events are told, oldest first', async ({ store }) => {
      await declare(store)
      await store.recordAssessment(due(1, 'late', now - 1))
      await store.recordAssessment(due(2, 'early', now - 9))
      await store.recordAssessment(due(3, 'late', now - 5))
      await store.recordAssessment(due(4, 'future', now + 1))
      expect(await store.dueFolds(10, now)).toEqual([
        { tenant, subject: 'early' },
        { tenant, subject: 'late' },
      ])
      expect(await store.dueFolds(1, now)).toEqual([{ tenant, subject: 'early' }])
    })

    test('events of a subject that is not there wait for no fold', async ({ store }) => {
      await declare(store)
      await store.recordAssessment({ ...due(1, subject), subject: undefined })
      expect(await store.dueFolds(10, now)).toEqual([])
      expect(await store.loadFold(tenant, subject)).toBe(undefined)
    })

    test('a fold is written with its events, and then nothing is due', async ({ store, second }) => {
      await declare(store)
      await store.recordAssessment(due(1, subject))
      await store.recordAssessment(due(2, subject))
      const fold = await store.loadFold(tenant, subject)
      expect(fold?.events.map((one) => one.id)).toEqual([id('event', 1), id('event', 2)])
      const events = fold!.events.map((one) => one.id)
      expect(await store.learn(learned({ events }))).toEqual({ lost: false })
      expect(await second.dueFolds(10, now)).toEqual([])
      const loaded = await loadAll(second)
      expect(loaded.events).toEqual([])
      expect(loaded.subject?.profileVersion).toBe(1)
      expect([...(loaded.subject?.profile ?? [])]).toEqual([9, 0, 255])
    })

    test('a fold of another version is lost, and its events stay due', async ({ store }) => {
      await declare(store)
      await store.recordAssessment(due(1, subject))
      for (const stale of [{ fromVersion: 1 }, { subject: 'user-2' }, { tenant: 'other' }]) {
        expect(await store.learn(learned({ events: [id('event', 1)], ...stale }))).toEqual({ lost: true })
      }
      expect(await store.dueFolds(10, now)).toHaveLength(1)
      expect((await loadAll(store)).subject?.profile).toBe(undefined)
    })

    test('one of sixteen folds from one version wins', async ({ store, race }) => {
      await declare(store)
      await store.recordAssessment(due(1, subject))
      const results = await race((each, number) =>
        each.learn(learned({ profile: Uint8Array.of(number), events: [id('event', 1)] })),
      )
      const [winner, ...others] = winners(results)
      expect(others).toEqual([])
      expect([...((await loadAll(store)).subject?.profile ?? [])]).toEqual([winner])
    })

    test('nobody marks the events of another subject', async ({ store }) => {
      await declare(store)
      await store.recordAssessment(due(1, subject))
      await store.recordAssessment(due(2, 'user-2'))
      await store.learn(learned({ events: [id('event', 2)] }))
      expect(await store.dueFolds(10, now)).toHaveLength(2)
    })
  })

  describe('the outbox', () => {
    test('due messages are leased once, and again when the lease is over', async ({ store, second }) => {
      await declare(store)
      await post(store, [message(1), message(2, { dueAtMs: now + 1 }), message(3, { dueAtMs: now - 1 })])
      const leased = await store.leaseOutbox(10, now, now + hour)
      expect(leased).toEqual([
        { ...message(1), dueAtMs: now + hour, tries: 1 },
        { ...message(3), dueAtMs: now + hour, tries: 1 },
      ])
      expect(await second.leaseOutbox(10, now, now + hour)).toEqual([])
      const again = await second.leaseOutbox(10, now + hour, now + 2 * hour)
      expect(again.map(({ id: one, tries }) => [one, tries])).toEqual([
        [id('message', 1), 2],
        [id('message', 2), 1],
        [id('message', 3), 2],
      ])
    })

    test('sixteen callers lease each message to one of them', async ({ store, race }) => {
      await declare(store)
      const numbers = Array.from({ length: 24 }, (_, number) => number)
      await post(
        store,
        numbers.map((number) => message(number)),
      )
      const leased = (await race((each) => each.leaseOutbox(3, now, now + hour))).flat().map((one) => one.id)
      expect(new Set(leased).size).toBe(leased.length)
      const rest = await store.leaseOutbox(100, now, now + hour)
      expect([...leased, ...rest.map((one) => one.id)].sort()).toEqual(
        numbers.map((number) => id('message', number)),
      )
    })

    test('a delivered message is gone, another one waits for its next try', async ({ store }) => {
      await declare(store)
      await post(store, [message(1), message(2)])
      await post(store, [message(1, { tenant: 'other' })])
      await store.leaseOutbox(10, now, now + hour)
      await store.settleOutbox(tenant, id('message', 1), { delivered: true })
      await store.settleOutbox(tenant, id('message', 2), { retryAtMs: now + 2 * hour })
      await store.settleOutbox(tenant, id('message', 9), { delivered: true })
      expect((await store.leaseOutbox(10, now + hour, now + 2 * hour)).map((one) => one.tenant)).toEqual([
        'other',
      ])
      const retried = await store.leaseOutbox(10, now + 2 * hour, now + 3 * hour)
      expect(retried.map((one) => [one.tenant, one.tries])).toEqual([
        ['other', 3],
        [tenant, 2],
      ])
    })
  })
}
