import type { ChallengeStore, Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { opened, setUp } from './scene.ts'
import {
  authenticator,
  challenge,
  declare,
  event,
  hour,
  id,
  loadAll,
  loadChallenge,
  message,
  minute,
  now,
  op,
  open,
  proof,
  spend,
  subject,
  tenant,
} from './rows.ts'

type Consume = Parameters<ChallengeStore['consume']>[0]

const consume = (name: string, more: Partial<Consume> = {}): Consume => ({
  tenant,
  spend: spend(1, { op: `op-${name}` }),
  expiresAtMs: now + hour,
  proof: proof(name),
  op: op(name),
  nowMs: now,
  ...more,
})

const load = (store: Store, name: string, more: { challenge?: string; tenant?: string } = {}) =>
  store.loadConsume({
    tenant,
    route: 'route',
    op: `op-${name}`,
    jti: 'token-1',
    proof: `dpop:${name}`,
    challenge: opened.id,
    ...more,
  })

export function consumeContract({ describe, test, expect }: Contract): void {
  describe('spending a token', () => {
    test('a token is spent once, and its op finds the answer again', async ({ store, second }) => {
      await setUp(store)
      expect(await load(store, 'a')).toEqual({
        revision: 1,
        op: undefined,
        spend: undefined,
        proofUsed: false,
        challenge: opened,
        sessionEnded: false,
      })
      expect(await store.consume(consume('a'))).toEqual({ lost: false })
      expect(await second.consume(consume('b'))).toEqual({ lost: true })
      expect(await load(second, 'a')).toMatchObject({
        op: op('a'),
        spend: spend(1, { op: 'op-a' }),
        proofUsed: true,
      })
      expect(await load(second, 'b')).toMatchObject({
        op: undefined,
        spend: spend(1, { op: 'op-a' }),
        proofUsed: false,
      })
    })

    test('one of sixteen callers spends it, and each repeat gets the answer of its own op', async ({
      store,
      race,
    }) => {
      await setUp(store)
      const call = (each: Store, number: number) => each.consume(consume(`r${number}`))
      const [winner, ...others] = winners(await race(call))
      expect(others).toEqual([])
      expect(winners(await race(call))).toEqual([])
      for (let number = 0; number < 16; number++) {
        const repeat = await load(store, `r${number}`)
        expect(repeat.op).toEqual(number === winner ? op(`r${number}`) : undefined)
        expect(repeat.spend?.op).toBe(`op-r${winner!}`)
      }
    })

    test('a proof or an op that was used spends nothing', async ({ store }) => {
      await setUp(store)
      await store.consume(consume('a'))
      const fresh = { spend: spend(2) }
      expect(await store.consume(consume('b', { ...fresh, proof: proof('a') }))).toEqual({ lost: true })
      expect(await store.consume(consume('c', { ...fresh, op: op('a') }))).toEqual({ lost: true })
      expect(await store.consume(consume('d', fresh))).toEqual({ lost: false })
    })

    test('the same token id in another tenant is another token', async ({ store }) => {
      await setUp(store)
      await declare(store, 'other')
      await open(store, { ...opened, tenant: 'other' })
      await store.consume(consume('a'))
      expect(await store.consume(consume('a', { tenant: 'other' }))).toEqual({ lost: false })
    })

    test('a session that ended, a subject that was erased and a challenge that is gone say so', async ({
      store,
    }) => {
      await setUp(store)
      expect((await load(store, 'a', { challenge: id('challenge', 9) })).sessionEnded).toBe(true)
      const ended = { tenant, op: op('end'), event: event(1, { type: 'session.ended' }), nowMs: now }
      await store.recordEvent({ ...ended, ends: { session: 'session-2' } })
      expect((await load(store, 'a')).sessionEnded).toBe(false)
      await store.recordEvent({ ...ended, op: op('end-2'), event: event(2), ends: { session: 'session-1' } })
      expect((await load(store, 'a')).sessionEnded).toBe(true)

      const later = challenge(3, { session: 'session-3' })
      await open(store, later)
      expect((await load(store, 'a', { challenge: later.id })).sessionEnded).toBe(false)
      await store.eraseSubject(tenant, subject)
      expect((await load(store, 'a', { challenge: later.id })).sessionEnded).toBe(true)
    })

    test('an enrolment opens in the same change, or neither happens', async ({ store }) => {
      await setUp(store)
      const enrolment = challenge(6, { kind: 'enrollment', openKey: 'open-1', assessment: undefined })
      expect(await store.consume(consume('a', { challenge: enrolment }))).toEqual({ lost: true })
      expect((await load(store, 'a')).spend).toBe(undefined)
      const free = { ...enrolment, openKey: undefined }
      expect(await store.consume(consume('a', { challenge: free }))).toEqual({ lost: false })
      expect((await loadChallenge(store, free)).challenge).toEqual(free)
    })

    test('an authenticator is removed in the same change, once, and only the own one', async ({ store }) => {
      await setUp(store)
      const removes = {
        id: authenticator(1).id,
        atMs: now + 5,
        leaves: [authenticator(3)],
        outbox: [message(1)],
      }
      const others = { ...removes, id: authenticator(2).id, outbox: [message(2)] }
      expect(await store.consume(consume('a', { removes: others }))).toEqual({ lost: true })
      expect(await store.consume(consume('a', { removes, nowMs: now + 5 }))).toEqual({ lost: false })
      expect(await store.consume(consume('b', { spend: spend(2), removes }))).toEqual({ lost: true })
      expect((await loadAll(store)).authenticators).toEqual([
        authenticator(3),
        { ...authenticator(1), removedAtMs: now + 5 },
      ])
      expect(await store.leaseOutbox(10, now, now + 1)).toMatchObject([{ id: id('message', 1) }])
    })

    test('what a session may take over is spent by this key for this subject within five minutes', async ({
      store,
    }) => {
      await setUp(store)
      const starts = { startsSession: true }
      const spends = [
        spend(1, starts),
        spend(2),
        spend(3, { ...starts, jkt: 'jkt-2' }),
        spend(4, { ...starts, subject: 'user-2' }),
        spend(5, { ...starts, atMs: now - 5 * minute - 1 }),
        spend(6, { ...starts, atMs: now - 5 * minute, amr: ['hwk', 'user'] }),
      ]
      for (const one of spends) await store.consume(consume(one.jti, { spend: one }))
      expect((await loadAll(store)).spends).toEqual([spends[0], spends[5]])
      expect((await loadAll(store, { spends: false })).spends).toEqual([])
    })
  })
}
