import type { Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { failure, opened, setUp, start } from './scene.ts'
import {
  challenge,
  event,
  id,
  loadAll,
  loadChallenge,
  message,
  now,
  op,
  proof,
  record,
  subject,
  tenant,
} from './rows.ts'

export function endingContract({ describe, test, expect }: Contract): void {
  describe('failures and cancelling', () => {
    test('a failure keeps its answer, its event, its counts and its notice, and the challenge stays open', async ({
      store,
    }) => {
      await setUp(store)
      const given = failure('f', {
        event: event(1),
        counters: ['subject:user-1', 'jkt:jkt-1'],
        outbox: [message(1)],
      })
      expect(await store.recordFailure(given)).toEqual({ lost: false })
      const loaded = await loadChallenge(store, opened, 'f')
      expect(loaded.op).toEqual(op('f', { status: 400 }))
      expect(loaded.challenge).toEqual(opened)
      const { counters } = await loadAll(store, { counters: ['jkt:jkt-1', 'subject:user-1'] })
      expect(counters.map(({ key, value }) => [key, value])).toEqual([
        ['jkt:jkt-1', 1],
        ['subject:user-1', 1],
      ])
      expect((await store.exportSubject(tenant, subject))?.['events']).toHaveLength(1)
      expect(await store.leaseOutbox(10, now, now + 1)).toMatchObject([{ id: id('message', 1) }])
    })

    test('one of sixteen failures with one op counts, with one event and one notice', async ({
      store,
      race,
    }) => {
      await setUp(store)
      const results = await race((each, number) =>
        each.recordFailure(
          failure('same', { event: event(number), counters: ['subject:user-1'], outbox: [message(number)] }),
        ),
      )
      expect(winners(results)).toHaveLength(1)
      expect((await store.exportSubject(tenant, subject))?.['events']).toHaveLength(1)
      expect(await store.leaseOutbox(10, now, now + 1)).toHaveLength(1)
      const { counters } = await loadAll(store, { counters: ['subject:user-1'] })
      expect(counters[0]?.value).toBeCloseTo(1, 9)
    })

    test('the last failure ends the challenge, drops what only answering needs, and frees its question', async ({
      store,
    }) => {
      await setUp(store)
      await store.recordStart(start(1, 'a'))
      await store.recordFailure(failure('f', { end: 'exhausted' }))
      expect((await loadChallenge(store, opened)).challenge).toEqual({
        ...opened,
        params: {},
        state: '{}',
        starts: 1,
        openKey: undefined,
        ended: 'exhausted',
      })
      const next = record(7, { challenge: challenge(7, { openKey: 'open-1' }) })
      expect(await store.recordAssessment(next)).toEqual({ lost: false })
    })

    test('an end stands: a late failure keeps its answer and changes no end', async ({ store }) => {
      await setUp(store)
      const cancel = { tenant, id: opened.id, proof: proof('c'), op: op('c'), event: event(1), nowMs: now }
      expect(await store.recordCancel(cancel)).toEqual({ lost: false })
      expect(await store.recordFailure(failure('late', { end: 'exhausted' }))).toEqual({ lost: false })
      expect((await loadChallenge(store, opened)).challenge?.ended).toBe('cancelled')
    })

    test('one of sixteen cancels wins, with one event', async ({ store, race }) => {
      await setUp(store)
      const call = (each: Store, number: number) =>
        each.recordCancel({
          tenant,
          id: opened.id,
          proof: proof(`c${number}`),
          op: op(`c${number}`),
          event: event(number),
          nowMs: now,
        })
      const [winner, ...others] = winners(await race(call))
      expect(others).toEqual([])
      expect(winners(await race(call))).toEqual([])
      expect((await loadChallenge(store, opened, `c${winner!}`)).op).toEqual(op(`c${winner!}`))
      expect((await store.exportSubject(tenant, subject))?.['events']).toMatchObject([
        { id: id('event', winner!) },
      ])
    })

    test('an unknown challenge cannot be cancelled', async ({ store }) => {
      await setUp(store)
      const cancel = {
        tenant,
        id: id('challenge', 9),
        proof: proof('c'),
        op: op('c'),
        event: undefined,
        nowMs: now,
      }
      expect(await store.recordCancel(cancel)).toEqual({ lost: true })
      expect((await loadChallenge(store, opened, 'c')).proofUsed).toBe(false)
    })
  })
}
