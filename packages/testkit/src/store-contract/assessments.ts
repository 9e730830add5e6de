import type { AssessmentWrite, Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { demand } from './evidence.ts'
import {
  assessment,
  authenticator,
  challenge,
  day,
  declare,
  event,
  id,
  loadAll,
  minute,
  now,
  op,
  proof,
  record,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

const tie = { receipt: 'receipt-1', subject, session: 'session-1', expiresAtMs: now + 5 * minute }
const session = { session: 'session-1', jkt: 'jkt-1', startedAtMs: now, endedAtMs: undefined }

/** An assessment with every part. */
const full = (number: number, more: Partial<AssessmentWrite> = {}): AssessmentWrite =>
  record(number, {
    subject: writeOf({ name: 'Ada', sinceMs: now - day }),
    authenticators: [authenticator(number)],
    session,
    tie,
    proof: proof(String(number)),
    demand,
    challenge: challenge(number, { openKey: 'open-1' }),
    event: event(number, { folds: true }),
    ...more,
  })

export function assessmentContract({ describe, test, expect }: Contract): void {
  describe('assessments', () => {
    test('an unknown tenant loads as nothing', async ({ store }) => {
      const { revision, ...rest } = await loadAll(store, { tenant: 'nobody' })
      expect(revision).toBe(undefined)
      expect(Object.values(rest).flat().filter(Boolean)).toEqual([])
    })

    test('what one call records, the next one loads', async ({ store, second }) => {
      await declare(store)
      expect(await store.recordAssessment(full(1))).toEqual({ lost: false })
      const loaded = await second.loadAssessment({
        tenant,
        route: 'route',
        op: 'op-assess-1',
        subject,
        session: 'session-1',
        jkt: 'jkt-1',
        visit: 'visit-1',
        receipt: 'receipt-1',
        proof: 'dpop:1',
        openKey: 'open-1',
        counters: ['subject:user-1'],
        spends: true,
        nowMs: now,
      })
      expect(loaded).toEqual({
        revision: 1,
        op: op('assess-1'),
        subject: {
          tenant,
          subject,
          bucket: 7,
          sinceMs: now - day,
          firstSeenMs: now,
          createdSession: undefined,
          name: 'Ada',
          locale: undefined,
          userHandle: 'handle',
          profile: undefined,
          profileVersion: 0,
        },
        events: [event(1, { folds: true })],
        authenticators: [authenticator(1)],
        grants: [],
        session: { ...session, seenAtMs: now },
        others: [],
        assurance: [],
        demands: [demand],
        envelopes: [],
        tie: { subject, session: 'session-1' },
        proofUsed: true,
        openChallenge: challenge(1, { openKey: 'open-1' }),
        counters: [],
        spends: [],
      })
      expect((await store.readAssessment(tenant, id('assessment', 1))).assessment).toEqual(assessment(1))
    })

    test('loading and recording are one round trip each', async ({ store, roundTrips }) => {
      if (roundTrips === undefined) return
      await declare(store)
      const before = roundTrips()
      await loadAll(store, { counters: ['subject:user-1', 'jkt:jkt-1'] })
      expect(roundTrips() - before).toBe(1)
      await store.recordAssessment(full(1))
      expect(roundTrips() - before).toBe(2)
    })

    const taken: readonly (readonly [string, Partial<AssessmentWrite>])[] = [
      ['the op', { op: op('assess-1') }],
      ['the proof', { proof: proof('1') }],
      ['the receipt, by another subject', { tie: { ...tie, subject: 'user-2' } }],
      ['the receipt, by another session', { tie: { ...tie, session: 'session-2' } }],
      ['the session', { session }],
      ['the open challenge', { challenge: challenge(2, { openKey: 'open-1' }) }],
      ["an authenticator's lookup", { authenticators: [authenticator(2, { lookup: 'lookup-1' })] }],
    ]
    for (const [what, part] of taken) {
      test(`nothing is kept where ${what} is taken`, async ({ store }) => {
        await declare(store)
        await store.recordAssessment(full(1))
        const before = await loadAll(store, { op: 'op-assess-2', proof: 'dpop:2' })
        const fresh = record(2, {
          subject: writeOf({ name: 'Mallory' }),
          demand: { ...demand, nats: 9 },
          proof: proof('2'),
          event: event(2, { folds: true }),
        })
        expect(await store.recordAssessment({ ...fresh, ...part })).toEqual({ lost: true })
        expect(await loadAll(store, { op: 'op-assess-2', proof: 'dpop:2' })).toEqual(before)
        expect((await store.readAssessment(tenant, id('assessment', 2))).assessment).toBe(undefined)
      })
    }

    test('one of sixteen calls with one op wins, one event stands, and each repeat finds its answer', async ({
      store,
      race,
    }) => {
      await declare(store)
      const call = (each: Store, number: number) =>
        each.recordAssessment(
          record(number, {
            op: op('same', { response: `{"of":${number}}` }),
            event: event(number, { folds: true }),
          }),
        )
      const [winner, ...others] = winners(await race(call))
      expect(others).toEqual([])
      expect(winners(await race(call))).toEqual([])
      const { op: stored, events } = await loadAll(store, { op: 'op-same' })
      expect(stored?.response).toBe(`{"of":${winner!}}`)
      expect(events.map((one) => one.id)).toEqual([id('event', winner!)])
      expect(await store.listAssessments({ tenant, limit: 100 })).toEqual([
        assessment(winner!, { op: 'op-same' }),
      ])
    })

    test('one of sixteen calls uses a proof', async ({ store, race }) => {
      await declare(store)
      const results = await race((each, number) =>
        each.recordAssessment(record(number, { proof: proof('same') })),
      )
      expect(winners(results)).toHaveLength(1)
    })

    test('one of sixteen calls opens the challenge of a question', async ({ store, race }) => {
      await declare(store)
      const results = await race((each, number) =>
        each.recordAssessment(record(number, { challenge: challenge(number, { openKey: 'open-1' }) })),
      )
      const [winner, ...others] = winners(results)
      expect(others).toEqual([])
      expect((await loadAll(store)).openChallenge?.id).toBe(id('challenge', winner!))
    })

    test('one of sixteen calls adds the first contact of a subject', async ({ store, race }) => {
      await declare(store)
      const results = await race((each, number) =>
        each.recordAssessment(
          record(number, {
            authenticators: [authenticator(number, { method: 'email', destination: 'mail-1' })],
          }),
        ),
      )
      expect(winners(results)).toHaveLength(1)
      expect((await loadAll(store)).authenticators).toHaveLength(1)
    })

    test('an open challenge gives its question up when it expires, ends or has no attempts left', async ({
      store,
    }) => {
      await declare(store)
      const next = (number: number, atMs: number) =>
        store.recordAssessment(
          record(number, {
            nowMs: atMs,
            challenge: challenge(number, { openKey: 'open-1', expiresAtMs: atMs + minute, maxAttempts: 1 }),
          }),
        )
      expect(await next(1, now)).toEqual({ lost: false })
      expect(await next(2, now + minute - 1)).toEqual({ lost: true })
      expect((await loadAll(store, { nowMs: now + minute })).openChallenge).toBe(undefined)
      expect(await next(3, now + minute)).toEqual({ lost: false })

      const counted = {
        tenant,
        id: id('challenge', 3),
        attempt: 1,
        authenticator: undefined,
        proof: proof('a'),
      }
      expect(await store.recordAttempt({ ...counted, nowMs: now + minute })).toEqual({ lost: false })
      expect((await loadAll(store, { nowMs: now + minute })).openChallenge).toBe(undefined)
      expect(await next(4, now + minute)).toEqual({ lost: false })

      const cancelled = {
        tenant,
        id: id('challenge', 4),
        proof: proof('c'),
        op: op('cancel'),
        event: undefined,
      }
      await store.recordCancel({ ...cancelled, nowMs: now + minute })
      expect((await loadAll(store, { nowMs: now + minute })).openChallenge).toBe(undefined)
      expect(await next(5, now + minute)).toEqual({ lost: false })
      expect((await loadAll(store, { nowMs: now + minute })).openChallenge?.id).toBe(id('challenge', 5))
    })

    test('a receipt tied to a subject gets its session once', async ({ store }) => {
      await declare(store)
      await store.recordAssessment(record(1, { tie: { ...tie, session: undefined } }))
      expect((await loadAll(store)).tie).toEqual({ subject, session: undefined })
      const theirs = record(9, { tie: { ...tie, subject: 'user-2' } })
      expect(await store.recordAssessment(theirs)).toEqual({ lost: true })
      expect(await store.recordAssessment(record(2, { tie: { ...tie, session: undefined } }))).toEqual({
        lost: true,
      })
      expect(await store.recordAssessment(record(3, { tie }))).toEqual({ lost: false })
      expect((await loadAll(store)).tie).toEqual({ subject, session: 'session-1' })
      expect(await store.recordAssessment(record(4, { tie: { ...tie, session: 'session-2' } }))).toEqual({
        lost: true,
      })
    })

    test('a session without a key gets one once', async ({ store }) => {
      await declare(store)
      await store.recordAssessment(record(1, { session: { ...session, jkt: undefined } }))
      expect((await loadAll(store)).session).toEqual({ ...session, jkt: undefined, seenAtMs: now })
      expect(await store.recordAssessment(record(2, { session }))).toEqual({ lost: false })
      expect(await store.recordAssessment(record(3, { session: { ...session, jkt: 'jkt-2' } }))).toEqual({
        lost: true,
      })
      expect((await loadAll(store)).session).toEqual({ ...session, seenAtMs: now })
    })

    test('a subject keeps what a call leaves out', async ({ store }) => {
      await declare(store)
      await store.recordAssessment(record(1, { subject: writeOf({ name: 'Ada', locale: 'en', sinceMs: 5 }) }))
      const later = writeOf({ name: 'Ada L.', createdSession: 's', userHandle: 'another', bucket: 9 })
      await store.recordAssessment(record(2, { nowMs: now + 1, subject: later }))
      expect((await loadAll(store)).subject).toMatchObject({
        name: 'Ada L.',
        locale: 'en',
        sinceMs: 5,
        createdSession: 's',
        firstSeenMs: now,
        userHandle: 'handle',
        bucket: 7,
      })
    })

    test('an event whose dedupe is taken is left out, and the rest is kept', async ({ store }) => {
      await declare(store)
      const once = { dedupe: 'allowed:session-1', folds: true }
      await store.recordAssessment(record(1, { event: event(1, once) }))
      expect(await store.recordAssessment(record(2, { event: event(2, once) }))).toEqual({ lost: false })
      expect((await loadAll(store)).events).toEqual([event(1, once)])
      expect((await store.readAssessment(tenant, id('assessment', 2))).assessment).toEqual(assessment(2))
    })

    test('at most 32 due events load, oldest first; others never', async ({ store }) => {
      await declare(store)
      for (let number = 40; number >= 1; number--) {
        const due = event(number, { id: id('event', number, now + number), folds: number !== 3 })
        await store.recordAssessment(record(number, { event: due }))
      }
      const expected = Array.from({ length: 33 }, (_, index) => index + 1).filter((number) => number !== 3)
      expect((await loadAll(store)).events.map(({ body }) => body)).toEqual(
        expected.map((n) => `{"number":${n}}`),
      )
    })
  })
}
