import type { ChallengeStore, Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { attempt, opened, setUp } from './scene.ts'
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
  record,
  subject,
  tenant,
} from './rows.ts'

type Pass = Parameters<ChallengeStore['recordPass']>[0]

const grant = {
  id: id('grant', 1),
  jkt: 'jkt-1',
  method: 'totp',
  acr: 'newel:otp',
  challenge: opened.id,
  atMs: now,
} as const

const used = {
  id: authenticator(1).id,
  expectedCounter: 0,
  counter: 7,
  data: '{"seed":"sealed"}',
  confirms: false,
}

const pass = (name: string, more: Partial<Pass> = {}): Pass => ({
  tenant,
  id: opened.id,
  subject,
  op: op(name),
  grant: undefined,
  assurance: undefined,
  authenticator: undefined,
  enrolled: undefined,
  meets: undefined,
  event: undefined,
  outbox: [],
  nowMs: now,
  ...more,
})

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
        authenticator(1, { attempts: 1, counter: 7, data: used.data, lastUsedAtMs: now }),
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
        const confirms = { ...used, counter: 0, confirms: true }
        await store.recordPass(
          pass(`p${number}`, { id: challenge(number).id, authenticator: confirms, nowMs: atMs }),
        )
      }
      expect((await loadAll(store)).authenticators[0]?.confirmedAtMs).toBe(now + 1)
    })

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
