import type { Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { attempt, grant, opened, pass, setUp, used, type Pass } from './scene.ts'
import {
  authenticator,
  challenge,
  day,
  declare,
  event,
  id,
  loadAll,
  loadChallenge,
  message,
  now,
  op,
  open,
  subject,
  tenant,
} from './rows.ts'

/** All that a pass can do, by one of many callers. */
const full = (number: number): Pass =>
  pass(`p${number}`, {
    grant: { ...grant, id: id('grant', number) },
    assurance: { acr: 'newel:otp', authTimeMs: now },
    authenticator: used,
    event: event(number, { folds: true }),
    outbox: [message(number)],
  })

export function passContract({ describe, test, expect }: Contract): void {
  describe('passing', () => {
    test('a pass ends the challenge and does all that follows', async ({ store }) => {
      await setUp(store)
      await store.recordAttempt(attempt(1, 'a', { authenticator: { id: used.id, attempt: 1 } }))
      expect(await store.recordPass(full(1))).toEqual({ lost: false })
      expect((await loadChallenge(store, opened, 'p1')).op).toEqual(op('p1'))
      expect((await loadChallenge(store, opened)).challenge).toEqual({
        ...opened,
        attempts: 1,
        params: {},
        state: '{}',
        openKey: undefined,
        ended: 'passed',
      })
      const loaded = await loadAll(store)
      expect(loaded.grants).toEqual([{ ...grant, id: id('grant', 1) }])
      expect(loaded.assurance).toEqual([{ acr: 'newel:otp', authTimeMs: now }])
      expect(loaded.authenticators).toEqual([
        authenticator(1, {
          attempts: 1,
          lastAttemptAtMs: now,
          counter: 7,
          data: used.data,
          lastUsedAtMs: now,
        }),
      ])
      expect(loaded.events).toEqual([event(1, { folds: true })])
      expect(loaded.openChallenge).toBe(undefined)
      expect(await store.leaseOutbox(10, now, now + 1)).toMatchObject([{ id: id('message', 1), tries: 1 }])
    })

    test('one of sixteen passes wins, with one event, one grant and one notice; a repeat finds its answer', async ({
      store,
      race,
    }) => {
      await setUp(store)
      const call = (each: Store, number: number) => each.recordPass(full(number))
      const [winner, ...others] = winners(await race(call))
      expect(others).toEqual([])
      expect(winners(await race(call))).toEqual([])
      const loaded = await loadAll(store)
      expect(loaded.events.map((one) => one.id)).toEqual([id('event', winner!)])
      expect(loaded.grants.map((one) => one.id)).toEqual([id('grant', winner!)])
      expect(await store.leaseOutbox(100, now, now + 1)).toMatchObject([{ id: id('message', winner!) }])
      for (let number = 0; number < 16; number++) {
        const repeat = await loadChallenge(store, opened, `p${number}`)
        expect(repeat.op).toEqual(number === winner ? op(`p${number}`) : undefined)
      }
    })

    test('a pass and a cancel that meet end the challenge once', async ({ store, race }) => {
      await setUp(store)
      const results = await race((each, number) =>
        number % 4 < 2
          ? each.recordPass(full(number))
          : each.recordCancel({
              tenant,
              id: opened.id,
              proof: { key: `dpop:c${number}`, expiresAtMs: now + day },
              op: op(`c${number}`),
              event: event(number),
              nowMs: now,
            }),
      )
      expect(winners(results)).toHaveLength(1)
      expect((await store.exportSubject(tenant, subject))?.['events']).toHaveLength(1)
    })

    const refusals: readonly (readonly [string, Partial<Pass>])[] = [
      ['for another subject', { subject: 'user-2' }],
      ['in another tenant', { tenant: 'other' }],
      ['of an unknown challenge', { id: id('challenge', 9) }],
      ['where the counter has moved', { authenticator: { ...used, expectedCounter: 1 } }],
      ["with another subject's authenticator", { authenticator: { ...used, id: authenticator(2).id } }],
      ['with an unknown authenticator', { authenticator: { ...used, id: authenticator(9).id } }],
      [
        'where the lookup of what is enrolled is taken',
        { enrolled: authenticator(5, { lookup: 'lookup-2' }) },
      ],
      ['with an op that was used', { op: op(`open-${opened.id}`) }],
    ]
    for (const [what, part] of refusals) {
      test(`nothing passes ${what}, and nothing of it is kept`, async ({ store }) => {
        await setUp(store)
        const before = [await loadAll(store), await loadChallenge(store, opened, 'p1')]
        expect(await store.recordPass({ ...full(1), ...part })).toEqual({ lost: true })
        expect([await loadAll(store), await loadChallenge(store, opened, 'p1')]).toEqual(before)
        expect(await store.leaseOutbox(10, now, now + 1)).toEqual([])
      })
    }

    test("nobody passes another subject's challenge, whatever the pass brings along", async ({ store }) => {
      await setUp(store)
      expect(await store.recordPass(pass('a', { subject: 'user-2' }))).toEqual({ lost: true })
      expect((await loadChallenge(store, opened)).challenge).toEqual(opened)
    })

    test('a removed authenticator does not serve', async ({ store }) => {
      await declare(store)
      await open(store, opened, {
        authenticators: [authenticator(1, { removedAtMs: now }), authenticator(2, { removedAtMs: now + 1 })],
      })
      expect(await store.recordPass(pass('a', { authenticator: used }))).toEqual({ lost: true })
      const serving = { ...used, id: authenticator(2).id }
      expect(await store.recordPass(pass('b', { authenticator: serving }))).toEqual({ lost: false })
    })

    test('a TOTP step is accepted once across challenges', async ({ store, race }) => {
      await setUp(store)
      for (let number = 10; number < 26; number++) await open(store, challenge(number))
      const results = await race((each, number) =>
        each.recordPass(pass(`p${number}`, { id: challenge(number + 10).id, authenticator: used })),
      )
      expect(winners(results)).toHaveLength(1)
    })

    test('a counter that stays, as that of a synced passkey does, is no obstacle', async ({ store }) => {
      await setUp(store)
      const still = { ...used, counter: 0 }
      expect(await store.recordPass(pass('a', { authenticator: still }))).toEqual({ lost: false })
      await open(store, challenge(3))
      expect(await store.recordPass(pass('b', { id: challenge(3).id, authenticator: still }))).toEqual({
        lost: false,
      })
    })

    test('a success takes its own attempt off the failures and leaves those before', async ({ store }) => {
      await setUp(store)
      const at = (number: number) => ({ id: used.id, attempt: number })
      await store.recordAttempt(attempt(1, 'a', { authenticator: at(1), nowMs: now + 1 }))
      await store.recordAttempt(attempt(2, 'b', { authenticator: at(2), nowMs: now + 2 }))
      await store.recordPass(pass('p', { authenticator: used }))
      expect((await loadAll(store)).authenticators[0]).toMatchObject({
        attempts: 2,
        consecutiveFailures: 0,
        recentFailuresMs: [now + 1],
      })
    })

    test('a success leaves the failures of other challenges, also later ones', async ({ store }) => {
      await setUp(store)
      await open(store, challenge(3))
      const at = (number: number) => ({ id: used.id, attempt: number })
      await store.recordAttempt(attempt(1, 'a', { authenticator: at(1), nowMs: now + 1 }))
      const later = { id: challenge(3).id, authenticator: at(2), nowMs: now + 2 }
      await store.recordAttempt(attempt(1, 'b', later))
      await store.recordPass(pass('p', { authenticator: used }))
      expect((await loadAll(store)).authenticators[0]?.recentFailuresMs).toEqual([now + 2])
    })

    test('only a success that confirms sets when a contact was confirmed, and only once', async ({
      store,
    }) => {
      await declare(store)
      await open(store, opened, { authenticators: [authenticator(1, { confirmedAtMs: undefined })] })
      await store.recordPass(pass('a', { authenticator: { ...used, counter: 0 } }))
      expect((await loadAll(store)).authenticators[0]?.confirmedAtMs).toBe(undefined)
      for (const [number, atMs] of [
        [3, now + 1],
        [4, now + 2],
      ] as const) {
        await open(store, challenge(number))
        const confirms = { ...used, counter: 0, confirms: { holdUntilMs: atMs + day } }
        await store.recordPass(
          pass(`p${number}`, { id: challenge(number).id, authenticator: confirms, nowMs: atMs }),
        )
      }
      expect((await loadAll(store)).authenticators[0]).toMatchObject({
        confirmedAtMs: now + 1,
        holdUntilMs: now + 1 + day,
      })
    })
  })
}
