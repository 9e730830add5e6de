import type { Contract } from './api.ts'
import { pass, setUp } from './scene.ts'
import { authenticator, challenge, day, declare, loadAll, now, open, record } from './rows.ts'

export function effectContract({ describe, test, expect }: Contract): void {
  describe('what a pass leaves', () => {
    test('assurance belongs to subject, session and key, and the latest of each level counts', async ({
      store,
    }) => {
      await setUp(store)
      await store.recordPass(pass('a', { assurance: { acr: 'newel:otp', authTimeMs: now } }))
      for (const [number, authTimeMs] of [
        [3, now + 5],
        [4, now + 2],
      ] as const) {
        await open(store, challenge(number))
        await store.recordPass(
          pass(`p${number}`, { id: challenge(number).id, assurance: { acr: 'newel:otp', authTimeMs } }),
        )
      }
      await open(store, challenge(5))
      await store.recordPass(
        pass('p5', { id: challenge(5).id, assurance: { acr: 'phr', authTimeMs: now + 1 } }),
      )
      expect((await loadAll(store)).assurance).toEqual([
        { acr: 'newel:otp', authTimeMs: now + 5 },
        { acr: 'phr', authTimeMs: now + 1 },
      ])
      for (const elsewhere of [
        { session: 'session-2' },
        { jkt: 'jkt-2' },
        { subject: 'user-2' },
        { jkt: undefined },
      ]) {
        expect((await loadAll(store, elsewhere)).assurance).toEqual([])
      }
    })

    test('a challenge without a session leaves no assurance', async ({ store }) => {
      await declare(store)
      await open(store, challenge(1, { session: undefined, startsSession: true }))
      expect(await store.recordPass(pass('a', { assurance: { acr: 'phr', authTimeMs: now } }))).toEqual({
        lost: false,
      })
      expect((await loadAll(store, { session: '' })).assurance).toEqual([])
    })

    test('an enrolled authenticator stands afterwards', async ({ store }) => {
      await setUp(store)
      const enrolled = authenticator(5, { method: 'passkey', acr: 'phr', holdUntilMs: now + day })
      expect(await store.recordPass(pass('a', { enrolled }))).toEqual({ lost: false })
      expect((await loadAll(store)).authenticators).toEqual([authenticator(1), enrolled])
    })

    test('a demand is met at its level, in its session, with its key or from its prefix', async ({
      store,
    }) => {
      await setUp(store)
      const demand = { nats: 1, atMs: now, untilMs: now + day } as const
      const demands = [
        { ...demand, action: 'a', acr: 'newel:otp', session: 'session-1', jkt: 'jkt-9' },
        { ...demand, action: 'b', acr: 'newel:contact', jkt: 'jkt-1' },
        { ...demand, action: 'c', acr: 'newel:otp', prefix: '192.0.2.0/24' },
        { ...demand, action: 'd', acr: 'phr', session: 'session-1', jkt: 'jkt-1' },
        {
          ...demand,
          action: 'e',
          acr: 'newel:contact',
          session: 'session-9',
          jkt: 'jkt-9',
          prefix: '198.51.100.0/24',
        },
      ] as const
      for (const [number, one] of demands.entries())
        await store.recordAssessment(record(20 + number, { demand: one }))
      const meets = { session: 'session-1', jkt: 'jkt-1', acr: 'newel:otp', prefix: '192.0.2.0/24' } as const
      await store.recordPass(pass('a', { meets }))
      expect((await loadAll(store)).demands.map(({ action }) => action)).toEqual(['d', 'e'])
    })

    test('where session and prefix are not known, only the key meets', async ({ store }) => {
      await setUp(store)
      const demand = { acr: 'newel:otp', nats: 1, atMs: now, untilMs: now + day } as const
      await store.recordAssessment(record(20, { demand: { ...demand, action: 'a', prefix: '192.0.2.0/24' } }))
      await store.recordAssessment(record(21, { demand: { ...demand, action: 'b', jkt: 'jkt-1' } }))
      await store.recordPass(pass('a', { meets: { jkt: 'jkt-1', acr: 'phrh' } }))
      expect((await loadAll(store)).demands.map(({ action }) => action)).toEqual(['a'])
    })
  })
}
