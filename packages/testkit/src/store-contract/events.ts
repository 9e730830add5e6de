import type { Store, SubjectStore } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import {
  authenticator,
  challenge,
  day,
  declare,
  event,
  id,
  loadAll,
  loadChallenge,
  now,
  op,
  open,
  proof,
  record,
  spend,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

type Recorded = Parameters<SubjectStore['recordEvent']>[0]

const happened = (number: number, more: Partial<Recorded> = {}): Recorded => ({
  tenant,
  op: op(`event-${number}`),
  event: event(number, { type: 'session.started' }),
  subject: writeOf(),
  nowMs: now,
  ...more,
})

const load = (store: Store, name = 'none') =>
  store.loadSubject({ tenant, subject, route: 'route', op: `op-${name}` })

const session = { session: 'session-1', jkt: 'jkt-1', startedAtMs: now, endedAtMs: undefined }
const tie = { receipt: 'receipt-1', subject, session: 'session-1', expiresAtMs: now + day }
const mail = (number: number) => authenticator(number, { method: 'email', destination: `mail-${number}` })
const grant = { id: id('grant', 1), jkt: 'jkt-1', method: 'vouched', acr: 'newel:base', atMs: now } as const

export function eventContract({ describe, test, expect }: Contract): void {
  describe('events', () => {
    test('an event does all that it does in one change', async ({ store }) => {
      await declare(store)
      const given = happened(1, {
        outcome: event(2, { folds: true }),
        subject: writeOf({ createdSession: 'session-1' }),
        authenticators: [mail(1)],
        session,
        assurance: { acr: 'phr', authTimeMs: now, session: 'session-1', jkt: 'jkt-1' },
        grant,
        tie,
        proof: proof('p'),
      })
      expect(await store.recordEvent(given)).toEqual({ lost: false })
      const loaded = await loadAll(store, { op: 'op-event-1', proof: 'dpop:p' })
      expect(loaded).toMatchObject({
        op: op('event-1'),
        session,
        assurance: [{ acr: 'phr', authTimeMs: now }],
        grants: [grant],
        tie: { subject, session: 'session-1' },
        proofUsed: true,
        events: [event(2, { folds: true })],
        authenticators: [mail(1)],
      })
      expect((await store.exportSubject(tenant, subject))?.['events']).toHaveLength(2)
    })

    const taken: readonly (readonly [string, Partial<Recorded>])[] = [
      ['op', { op: op('event-1') }],
      ['proof', { proof: proof('p') }],
      ['receipt', { tie: { ...tie, session: 'session-2' } }],
      ['session', { session }],
      ['session it renews to', { renews: { from: 'session-1', to: 'session-2' } }],
    ]
    for (const [what, part] of taken) {
      test(`nothing of an event is kept where its ${what} is taken`, async ({ store }) => {
        await declare(store)
        await store.recordEvent(happened(1, { session, tie, proof: proof('p') }))
        await store.recordEvent(happened(2, { session: { ...session, session: 'session-2' } }))
        const before = await store.exportSubject(tenant, subject)
        const given = { ...happened(3, { subject: writeOf(), grant }), ...part }
        expect(await store.recordEvent(given)).toEqual({ lost: true })
        expect(await store.exportSubject(tenant, subject)).toEqual(before)
      })
    }

    test('one of sixteen arrivals of one event counts', async ({ store, race }) => {
      await declare(store)
      const call = (each: Store, number: number) =>
        each.recordEvent({
          ...happened(1),
          event: event(number),
          outcome: event(100 + number, { folds: true }),
        })
      expect(winners(await race(call))).toHaveLength(1)
      expect(winners(await race(call))).toHaveLength(0)
      expect((await load(store, 'event-1')).op).toEqual(op('event-1'))
      expect((await store.exportSubject(tenant, subject))?.['events']).toHaveLength(2)
    })

    test('a renewed session goes on under its new id, and the old one has ended', async ({ store }) => {
      await declare(store)
      const demand = {
        action: 'a',
        acr: 'phr',
        nats: 1,
        atMs: now,
        untilMs: now + day,
        session: 'session-1',
      } as const
      await store.recordAssessment(record(1, { session, tie, demand }))
      const assurance = { acr: 'phr', authTimeMs: now, session: 'session-1', jkt: 'jkt-1' } as const
      await store.recordEvent(happened(1, { assurance }))
      await store.recordEvent(happened(2, { renews: { from: 'session-1', to: 'session-2' }, nowMs: now + 5 }))
      const renewed = await loadAll(store, { session: 'session-2' })
      expect(renewed).toMatchObject({
        session: { ...session, session: 'session-2' },
        assurance: [{ acr: 'phr', authTimeMs: now }],
        demands: [{ ...demand, session: 'session-2' }],
        tie: { subject, session: 'session-2' },
      })
      const old = await loadAll(store)
      expect([old.session?.endedAtMs, old.assurance]).toEqual([now + 5, []])
    })

    test('a renewed session keeps the challenges that are open, and the old one none', async ({ store }) => {
      await declare(store)
      const rows = [challenge(1), challenge(2, { session: 'session-3' }), challenge(3, { ended: 'passed' })]
      await open(store, rows[0]!, { session })
      for (const each of rows.slice(1)) await open(store, each)
      await store.recordEvent(happened(1, { renews: { from: 'session-1', to: 'session-2' } }))
      const kept = []
      for (const each of rows) {
        const { challenge: row, sessionEnded } = await loadChallenge(store, each)
        kept.push([row?.session, sessionEnded])
      }
      expect(kept).toEqual([
        ['session-2', false],
        ['session-3', false],
        ['session-1', true],
      ])
    })

    test('what a token proved is taken over by one session of sixteen that race for it', async ({
      store,
      race,
    }) => {
      await declare(store)
      await store.recordEvent(happened(0))
      await store.consume({
        tenant,
        spend: { ...spend(1), startsSession: true },
        expiresAtMs: now + day,
        proof: proof('spent'),
        op: op('spent'),
        nowMs: now,
      })
      const starts = (number: number) => {
        const begun = { session: `session-${number}`, jkt: 'jkt-1' }
        const assurance = { acr: 'phr', authTimeMs: now, ...begun } as const
        return happened(number, { assurance, carries: spend(1).jti })
      }
      expect(winners(await race((each, number) => each.recordEvent(starts(number))))).toHaveLength(1)
      expect((await loadAll(store)).spends).toEqual([])
      expect(await store.recordEvent(starts(99))).toEqual({ lost: true })
    })

    test('a session renewed with the same assurance keeps one', async ({ store }) => {
      await declare(store)
      const assurance = { acr: 'phr', authTimeMs: now, session: 'session-1', jkt: 'jkt-1' } as const
      await store.recordEvent(happened(1, { session, assurance }))
      const renewed = {
        renews: { from: 'session-1', to: 'session-2' },
        assurance: { ...assurance, session: 'session-2' },
      }
      expect(await store.recordEvent(happened(2, renewed))).toEqual({ lost: false })
      expect((await loadAll(store, { session: 'session-2' })).assurance).toEqual([
        { acr: 'phr', authTimeMs: now },
      ])
    })

    test('a session of another subject is not this one', async ({ store }) => {
      await declare(store)
      await store.recordEvent(happened(1, { session }))
      expect((await loadAll(store, { subject: 'user-2' })).session).toBe(undefined)
    })

    test('renewing a session that was never seen is no fault', async ({ store }) => {
      await declare(store)
      expect(await store.recordEvent(happened(1, { renews: { from: 'x', to: 'y' } }))).toEqual({
        lost: false,
      })
      expect((await loadAll(store, { session: 'y' })).session).toBe(undefined)
    })

    test('a session ends once, loses its assurance, and one that was never seen cannot begin later', async ({
      store,
    }) => {
      await declare(store)
      const assurance = { acr: 'phr', authTimeMs: now, session: 'session-1', jkt: 'jkt-1' } as const
      await store.recordEvent(happened(1, { session, assurance }))
      await store.recordEvent(happened(2, { ends: { session: 'session-1' }, nowMs: now + 5 }))
      await store.recordEvent(happened(3, { ends: { session: 'session-1' }, nowMs: now + 9 }))
      const ended = await loadAll(store)
      expect([ended.session?.endedAtMs, ended.assurance]).toEqual([now + 5, []])
      await store.recordEvent(
        happened(4, { ends: { session: 'session-8' }, session: { ...session, session: 'session-8' } }),
      )
      expect((await loadAll(store, { session: 'session-8' })).session).toMatchObject({ endedAtMs: now })
      const begins = happened(5, { session: { ...session, session: 'session-8' } })
      expect(await store.recordEvent(begins)).toEqual({ lost: true })
    })
  })
}
