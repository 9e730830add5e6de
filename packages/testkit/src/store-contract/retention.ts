import type { Store } from '@newel/engine'
import { type Contract } from './api.ts'
import { setUp } from './scene.ts'
import {
  assessment,
  authenticator,
  challenge,
  day,
  declare,
  envelope,
  event,
  hour,
  id,
  loadAll,
  loadChallenge,
  now,
  ones,
  op,
  open,
  proof,
  record,
  spend,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

export function retentionContract({ describe, test, expect }: Contract): void {
  describe('retention', () => {
    const purge = (store: Store, nowMs: number, more = {}) =>
      store.purge({ nowMs, assessmentsBeforeMs: 0, eventsBeforeMs: 0, limit: 100, ...more })

    test('what has not expired stays', async ({ store, dump }) => {
      await setUp(store)
      await store.recordEnvelope(envelope(1), proof('1'), 8)
      const before = await dump?.()
      expect(await purge(store, now)).toBe(0)
      expect(await dump?.()).toBe(before)
    })

    test('expired rows go, in small steps, and their keys are free again', async ({ store }) => {
      await declare(store)
      for (let number = 0; number < 5; number++) {
        await store.recordProof(tenant, { key: `dpop:${number}`, expiresAtMs: now + number })
      }
      expect(await purge(store, now + 3, { limit: 3 })).toBe(3)
      expect(await purge(store, now + 3, { limit: 3 })).toBe(1)
      expect(await purge(store, now + 3, { limit: 3 })).toBe(0)
      const reused = await Promise.all(
        [0, 4].map((number) => store.recordProof(tenant, proof(String(number)))),
      )
      expect(reused.map(({ lost }) => lost)).toEqual([false, true])
    })

    test('ops, envelopes, ties, demands, spends, sends and attempts go by their own time', async ({
      store,
    }) => {
      await declare(store)
      const opened = challenge(1, { openKey: 'open-1' })
      await open(store, opened, {
        op: op('a'),
        authenticators: [authenticator(1)],
        tie: { receipt: 'receipt-1', subject, session: undefined, expiresAtMs: now + hour },
        demand: { action: 'a', acr: 'phr', nats: 1, atMs: now, untilMs: now + day, jkt: 'jkt-1' },
      })
      await store.recordEnvelope(envelope(1), proof('e'), 8)
      const about = { tenant, id: opened.id, nowMs: now }
      const sends = [{ key: `subject:${subject}`, number: 1 }]
      await store.recordStart({ ...about, start: 1, state: '{}', proof: proof('s'), op: op('s'), sends })
      const at = { id: authenticator(1).id, attempt: 1 }
      await store.recordAttempt({ ...about, attempt: 1, authenticator: at, proof: proof('t') })
      const spent = { tenant, spend: spend(1), proof: proof('c'), op: op('c'), nowMs: now }
      await store.consume({ ...spent, expiresAtMs: now + hour })

      const left = async () => {
        const found = (await store.exportSubject(tenant, subject)) ?? {}
        const { envelopes } = await loadAll(store)
        return [...Object.keys(found), ...(envelopes.length > 0 ? ['envelopes'] : [])].sort()
      }
      const always = ['assessments', 'authenticators', 'subjects']
      const aDay = ['attempts', 'challenges', 'demands', 'envelopes', 'ops', 'sends']
      expect(await left()).toEqual([...always, ...aDay, 'open_challenges', 'spends', 'ties'].sort())
      await purge(store, now + hour)
      expect(await left()).toEqual([...always, ...aDay].sort())
      await purge(store, now + day)
      expect(await left()).toEqual([...always, 'challenges', 'envelopes'].sort())
      const kept = await loadChallenge(store, opened)
      expect(kept.challenge?.attempts).toBe(1)
      expect(kept.authenticators[0]).toMatchObject({ lastAttemptAtMs: now, recentFailuresMs: [] })
      await purge(store, now + day + hour)
      expect(await left()).toEqual([...always, 'envelopes'].sort())
      await purge(store, now + 7 * day)
      expect((await loadAll(store, { nowMs: now })).envelopes).toEqual([])
    })

    test('old assessments and events go by the time in their ids, of every tenant', async ({ store }) => {
      await declare(store)
      await declare(store, 'other')
      for (const [number, of] of [tenant, 'other'].entries()) {
        for (const [index, atMs] of [now - 2 * day, now].entries()) {
          const place = 2 * number + index
          await store.recordAssessment({
            ...record(place),
            tenant: of,
            assessment: assessment(place, { tenant: of, id: id('assessment', place, atMs) }),
            event: event(place, { tenant: of, id: id('event', place, atMs) }),
          })
        }
      }
      expect(await purge(store, now, { assessmentsBeforeMs: now - day })).toBe(2)
      expect(await purge(store, now, { eventsBeforeMs: now - day })).toBe(2)
      for (const of of [tenant, 'other']) {
        expect(await store.listAssessments({ tenant: of, limit: 10 })).toHaveLength(1)
        expect((await store.exportSubject(of, subject))?.['events']).toHaveLength(1)
      }
    })

    test('sessions that ended go with the events, others with the assessments; assurance after a month', async ({
      store,
    }) => {
      await declare(store)
      const session = (name: string) => ({
        session: name,
        jkt: 'jkt-1',
        startedAtMs: now,
        endedAtMs: undefined,
      })
      const assurance = { acr: 'phr', authTimeMs: now, session: 'session-1', jkt: 'jkt-1' } as const
      const happened = { tenant, nowMs: now, subject: writeOf() }
      await store.recordEvent({
        ...happened,
        op: op('1'),
        event: event(1),
        session: session('session-1'),
        assurance,
      })
      await store.recordEvent({ ...happened, op: op('2'), event: event(2), session: session('session-2') })
      await store.recordEvent({ ...happened, op: op('3'), event: event(3), ends: { session: 'session-2' } })
      const standing = async () => {
        const [first, second] = [await loadAll(store), await loadAll(store, { session: 'session-2' })]
        return [first.session !== undefined, second.session !== undefined, first.assurance.length]
      }
      await purge(store, now + 31 * day - 1, { eventsBeforeMs: now - 1, assessmentsBeforeMs: now - 1 })
      expect(await standing()).toEqual([true, true, 1])
      await purge(store, now + 31 * day, { eventsBeforeMs: now, assessmentsBeforeMs: now - 1 })
      expect(await standing()).toEqual([true, false, 0])
      await purge(store, now + 31 * day, { eventsBeforeMs: now, assessmentsBeforeMs: now })
      expect(await standing()).toEqual([false, false, 0])
    })

    test('counters that have decayed to nothing go', async ({ store }) => {
      await declare(store)
      await store.count(tenant, ones('prefix:a'), now)
      expect(await purge(store, now + 20 * day)).toBe(0)
      expect(await purge(store, now + 70 * day)).toBe(1)
    })

    test('two servers that purge together delete each row once', async ({ store, race }) => {
      await declare(store)
      for (let number = 0; number < 30; number++) {
        await store.recordProof(tenant, { key: `dpop:${number}`, expiresAtMs: now })
      }
      const purged = await race((each) => purge(each, now, { limit: 10 }))
      const rest = await purge(store, now)
      expect(purged.reduce<number>((sum, one) => sum + one, 0) + rest).toBe(30)
    })
  })
}
