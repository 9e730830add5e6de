import type { Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { failure, opened, other, setUp, start } from './scene.ts'
import {
  assessment,
  authenticator,
  challenge,
  declare,
  event,
  id,
  loadAll,
  loadChallenge,
  now,
  op,
  open,
  proof,
  subject,
  tenant,
} from './rows.ts'

export function challengeContract({ describe, test, expect }: Contract): void {
  describe('challenges', () => {
    test('a challenge loads with its subject, authenticators and assessment', async ({ store, second }) => {
      await setUp(store)
      await store.recordStart(start(1, 'start', { sends: [{ key: `subject:${subject}`, number: 1 }] }))
      expect(await loadChallenge(second, opened, 'start')).toEqual({
        revision: 1,
        challenge: { ...opened, state: '{"start":"start"}', starts: 1 },
        op: op('start'),
        proofUsed: true,
        subject: (await loadAll(store)).subject,
        authenticators: [authenticator(1)],
        sends: [{ key: `subject:${subject}`, count: 1, latestMs: [now] }],
        assessment: assessment(1, { op: `op-open-${opened.id}` }),
        sessionEnded: false,
      })
    })

    test('a challenge whose session has ended says so', async ({ store }) => {
      await setUp(store)
      const later = challenge(3, { session: 'session-2' })
      const before = challenge(4, { session: undefined })
      for (const each of [later, before]) await open(store, each)
      const ended = { tenant, op: op('end'), event: event(1, { type: 'session.ended' }), nowMs: now }
      await store.recordEvent({ ...ended, ends: { session: 'session-1' } })
      const says = []
      for (const each of [opened, later, before]) says.push((await loadChallenge(store, each)).sessionEnded)
      expect(says).toEqual([true, false, false])
    })

    test('an unknown challenge, or one of another tenant, loads without anything', async ({ store }) => {
      await setUp(store)
      await declare(store, 'other')
      for (const unknown of [challenge(9), { ...opened, tenant: 'other' }]) {
        expect(await loadChallenge(store, unknown)).toEqual({
          revision: 1,
          challenge: undefined,
          op: undefined,
          proofUsed: false,
          subject: undefined,
          authenticators: [],
          sends: [],
          assessment: undefined,
          sessionEnded: false,
        })
      }
    })

    test('a proof is used once', async ({ store, race }) => {
      await declare(store)
      const call = (each: Store) => each.recordProof(tenant, proof('once'))
      expect(winners(await race(call))).toHaveLength(1)
      expect(winners(await race(call))).toHaveLength(0)
      expect(await store.recordProof('other', proof('once'))).toEqual({ lost: false })
    })
  })

  describe('starts and sends', () => {
    test('a start that another came before is lost, and its send is not counted', async ({ store }) => {
      await setUp(store)
      const sends = [{ key: `subject:${subject}`, number: 1 }]
      expect(await store.recordStart(start(1, 'a', { sends }))).toEqual({ lost: false })
      expect(
        await store.recordStart(start(1, 'b', { sends: [{ key: `subject:${subject}`, number: 2 }] })),
      ).toEqual({
        lost: true,
      })
      expect(await store.recordStart(start(2, 'c', { sends }))).toEqual({ lost: true })
      const loaded = await loadChallenge(store, opened, 'c')
      expect(loaded.challenge).toMatchObject({ starts: 1, state: '{"start":"a"}' })
      expect(loaded.sends).toEqual([{ key: `subject:${subject}`, count: 1, latestMs: [now] }])
      expect([loaded.op, loaded.proofUsed]).toEqual([undefined, false])
    })

    test('nothing starts on a challenge that ended or expired, or with a used proof or op', async ({
      store,
    }) => {
      await setUp(store)
      await store.recordStart(start(1, 'a'))
      expect(await store.recordStart(start(2, 'b', { proof: proof('a') }))).toEqual({ lost: true })
      expect(await store.recordStart(start(2, 'c', { op: op('a') }))).toEqual({ lost: true })
      expect(await store.recordStart(start(2, 'd', { nowMs: opened.expiresAtMs }))).toEqual({ lost: true })
      await store.recordFailure(failure('end', { end: 'exhausted' }))
      expect(await store.recordStart(start(2, 'e'))).toEqual({ lost: true })
      expect(await store.recordStart(start(1, 'f', { id: id('challenge', 9) }))).toEqual({ lost: true })
    })

    test('one of sixteen starts wins and sends once', async ({ store, race }) => {
      await setUp(store)
      const call = (each: Store, number: number) =>
        each.recordStart(start(1, `racer-${number}`, { sends: [{ key: `subject:${subject}`, number: 1 }] }))
      const [winner, ...others] = winners(await race(call))
      expect(others).toEqual([])
      expect(winners(await race(call))).toEqual([])
      const loaded = await loadChallenge(store, opened, `racer-${winner!}`)
      expect(loaded.challenge?.state).toBe(`{"start":"racer-${winner!}"}`)
      expect(loaded.op).toEqual(op(`racer-${winner!}`))
      expect(loaded.sends).toEqual([{ key: `subject:${subject}`, count: 1, latestMs: [now] }])
    })

    test('what was not sent counts for nothing, and its op has no answer', async ({ store }) => {
      await setUp(store)
      const key = `subject:${subject}`
      const sent = [{ key, number: 1 }]
      await store.recordStart(start(1, 'a', { sends: sent }))
      const unsent = { tenant, id: opened.id, start: 1, state: '{"unsent":true}', op: op('a'), sends: sent }
      await store.recordUnsent(unsent)
      await store.recordUnsent(unsent)
      const loaded = await loadChallenge(store, opened, 'a')
      expect([loaded.op, loaded.sends, loaded.challenge?.state]).toEqual([undefined, [], unsent.state])
      // Its proof stays used; the next try is another start, under the same op.
      expect(await store.recordStart(start(2, 'a', { sends: sent }))).toEqual({ lost: true })
      const again = start(2, 'b', { op: op('a'), sends: sent })
      expect(await store.recordStart(again)).toEqual({ lost: false })
      await store.recordUnsent({ ...unsent, op: op('other'), sends: [] })
      expect((await loadChallenge(store, opened, 'a')).challenge?.state).toBe(again.state)
    })

    test('sends of two subjects to one destination share its numbers', async ({ store }) => {
      await declare(store)
      const mail = { method: 'email', destination: 'mail-1' } as const
      await open(store, opened, { authenticators: [authenticator(1, mail)] })
      await open(store, other, { authenticators: [authenticator(2, { ...mail, subject: 'user-2' })] })
      const destination = (number: number) => [{ key: 'destination:mail-1', number }]
      expect(await store.recordStart(start(1, 'a', { sends: destination(1) }))).toEqual({ lost: false })
      const second = { id: other.id, sends: destination(1) }
      expect(await store.recordStart(start(1, 'b', second))).toEqual({ lost: true })
      const { sends } = await loadChallenge(store, other)
      expect(sends).toEqual([{ key: 'destination:mail-1', count: 1, latestMs: [now] }])
    })

    test('the latest two hundred sends are told, and how many there ever were', async ({ store }) => {
      await setUp(store)
      for (let number = 1; number <= 202; number++) {
        const sends = [{ key: `subject:${subject}`, number }]
        await store.recordStart(start(number, `s${number}`, { sends, nowMs: now + number }))
      }
      const { sends } = await loadChallenge(store, opened)
      expect(sends).toEqual([
        {
          key: `subject:${subject}`,
          count: 202,
          latestMs: Array.from({ length: 200 }, (_, index) => now + 202 - index),
        },
      ])
    })
  })
}
