import type { Store, SubjectStore } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { opened, setUp } from './challenges.ts'
import {
  assessment,
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
  proof,
  record,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

type Put = Parameters<SubjectStore['putSubject']>[0]
type Recorded = Parameters<SubjectStore['recordEvent']>[0]

const put = (more: Partial<Put> = {}): Put => ({
  tenant,
  subject: writeOf(),
  authenticators: [],
  confirms: [],
  removes: [],
  outbox: [],
  nowMs: now,
  ...more,
})

const happened = (number: number, more: Partial<Recorded> = {}): Recorded => ({
  tenant,
  op: op(`event-${number}`),
  event: event(number, { type: 'session.started' }),
  nowMs: now,
  ...more,
})

const load = (store: Store, name = 'none') =>
  store.loadSubject({ tenant, subject, route: 'route', op: `op-${name}` })

const session = { session: 'session-1', jkt: 'jkt-1', startedAtMs: now, endedAtMs: undefined }
const tie = { receipt: 'receipt-1', subject, session: 'session-1', expiresAtMs: now + day }
const mail = (number: number) => authenticator(number, { method: 'email', destination: `mail-${number}` })
const grant = { id: id('grant', 1), jkt: 'jkt-1', method: 'vouched', acr: 'newel:base', atMs: now } as const

export function subjectContract({ describe, test, expect }: Contract): void {
  describe('subjects', () => {
    test('an unknown subject loads without anything', async ({ store }) => {
      await declare(store)
      expect(await load(store)).toEqual({
        revision: 1,
        op: undefined,
        subject: undefined,
        authenticators: [],
        grants: [],
      })
    })

    test('contacts are added, confirmed and replaced in one change', async ({ store }) => {
      await declare(store)
      await store.putSubject(
        put({ authenticators: [mail(1), authenticator(2, { confirmedAtMs: undefined })] }),
      )
      const change = put({
        subject: writeOf({ name: 'Ada' }),
        authenticators: [mail(3)],
        confirms: [{ id: authenticator(2).id, atMs: now + 1 }],
        removes: [{ id: authenticator(1).id, atMs: now + day }],
        outbox: [message(1)],
      })
      expect(await store.putSubject(change)).toEqual({ lost: false })
      const loaded = await load(store)
    test('the end of a contact is moved and called off by whoever knows it', async ({ store }) => {
      await declare(store)
      const { id } = authenticator(1)
      await store.putSubject(put({ authenticators: [mail(1)] }))
      await store.putSubject(put({ removes: [{ id, atMs: now + day }] }))
      const later = { id, fromMs: now + day, atMs: now + 2 * day }
      expect(await store.putSubject(put({ removes: [later] }))).toEqual({ lost: false })
      expect(await store.putSubject(put({ removes: [later] }))).toEqual({ lost: true })
      expect((await load(store)).authenticators[0]?.removedAtMs).toBe(now + 2 * day)
      const off = { id, fromMs: now + 2 * day, atMs: undefined }
      expect(await store.putSubject(put({ removes: [off] }))).toEqual({ lost: false })
      expect(await store.putSubject(put({ removes: [off] }))).toEqual({ lost: true })
      expect((await load(store)).authenticators).toEqual([mail(1)])
    })

      expect(loaded.subject?.name).toBe('Ada')
      expect(loaded.authenticators).toEqual([
        authenticator(2, { confirmedAtMs: now + 1 }),
        mail(3),
        { ...mail(1), removedAtMs: now + day },
      ])
      expect(await store.leaseOutbox(10, now, now + 1)).toHaveLength(1)
    })

    test('a contact that another call replaced, and a lookup that is taken, lose the whole change', async ({
      store,
    }) => {
      await declare(store)
      await store.putSubject(put({ authenticators: [mail(1)] }))
      const removes = [{ id: authenticator(1).id, atMs: now }]
      await store.putSubject(put({ removes, authenticators: [mail(2)] }))
      const named = { subject: writeOf({ name: 'Mallory' }) }
      expect(await store.putSubject(put({ ...named, removes, authenticators: [mail(3)] }))).toEqual({
        lost: true,
      })
      const again = { ...mail(4), lookup: 'lookup-2' }
      expect(await store.putSubject(put({ ...named, authenticators: [again] }))).toEqual({ lost: true })
      const same = { ...mail(5), destination: 'mail-2' }
      expect(await store.putSubject(put({ ...named, authenticators: [same] }))).toEqual({ lost: true })
      const loaded = await load(store)
      expect([loaded.subject?.name, loaded.authenticators.map((row) => row.id)]).toEqual([
        undefined,
        [authenticator(2).id, authenticator(1).id],
      ])
    })

    test('one of sixteen replacements of a contact wins', async ({ store, race }) => {
      await declare(store)
      await store.putSubject(put({ authenticators: [mail(99)] }))
      const results = await race((each, number) =>
        each.putSubject(
          put({ removes: [{ id: authenticator(99).id, atMs: now }], authenticators: [mail(number)] }),
        ),
      )
      expect(winners(results)).toHaveLength(1)
      expect((await load(store)).authenticators).toHaveLength(2)
    })

    test('nobody confirms or removes what belongs to another subject', async ({ store }) => {
      await setUp(store)
      const theirs = authenticator(2).id
      await store.putSubject(put({ confirms: [{ id: theirs, atMs: now + 1 }] }))
      expect(await store.putSubject(put({ removes: [{ id: theirs, atMs: now }] }))).toEqual({ lost: true })
      expect((await loadAll(store, { subject: 'user-2' })).authenticators).toEqual([
        authenticator(2, { subject: 'user-2' }),
      ])
    })

    test('a lookup is free again once its authenticator was removed', async ({ store }) => {
      await declare(store)
      await store.putSubject(put({ authenticators: [mail(1)] }))
      await store.putSubject(put({ removes: [{ id: authenticator(1).id, atMs: now }] }))
      const again = { ...mail(2), lookup: 'lookup-1', destination: 'mail-1' }
      expect(await store.putSubject(put({ authenticators: [again] }))).toEqual({ lost: false })
    })

    test('the same lookup in another tenant or method is another authenticator', async ({ store }) => {
      await declare(store)
      const passkey = authenticator(2, { method: 'passkey', lookup: 'lookup-1' })
      expect(await store.putSubject(put({ authenticators: [mail(1), passkey] }))).toEqual({ lost: false })
      const elsewhere = { ...mail(1), tenant: 'other' }
      expect(await store.putSubject(put({ tenant: 'other', authenticators: [elsewhere] }))).toEqual({
        lost: false,
      })
    })
  })

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

  describe('assessments afterwards, and labels', () => {
    test('they list newest first, of a tenant or of one subject', async ({ store }) => {
      await declare(store)
      const rows = [0, 1, 2, 3].map((number) =>
        assessment(number, {
          id: id('assessment', number, now + number),
          subject: number % 2 === 0 ? subject : undefined,
        }),
      )
      for (const [number, row] of rows.entries())
        await store.recordAssessment(record(number, { assessment: row }))
      expect(await store.listAssessments({ tenant, limit: 3 })).toEqual([rows[3], rows[2], rows[1]])
      expect(await store.listAssessments({ tenant, subject, limit: 3 })).toEqual([rows[2], rows[0]])
      expect(await store.listAssessments({ tenant: 'other', limit: 3 })).toEqual([])
    })

    test('an assessment reads back with the events about it', async ({ store }) => {
      await declare(store)
      const about = { assessment: id('assessment', 1) }
      await store.recordAssessment(record(1, { event: event(1, about) }))
      await store.recordAssessment(record(2, { event: event(2, { assessment: id('assessment', 2) }) }))
      await store.recordEvent(happened(3, { outcome: event(4, about) }))
      expect(await store.readAssessment(tenant, id('assessment', 1))).toEqual({
        revision: 1,
        assessment: assessment(1),
        events: [event(1, about), event(4, about)],
      })
      expect(await store.readAssessment('other', id('assessment', 1))).toEqual({
        revision: undefined,
        assessment: undefined,
        events: [],
      })
    })

    test('a hard label revokes the grants of its assessment, long after the challenge is gone', async ({
      store,
    }) => {
      await setUp(store)
      await open(store, challenge(3))
      const passed = { tenant, subject, assurance: undefined, authenticator: undefined, enrolled: undefined }
      const rest = { meets: undefined, event: undefined, outbox: [], nowMs: now }
      const granted = { ...grant, method: 'totp', acr: 'newel:otp' } as const
      await store.recordPass({
        ...passed,
        ...rest,
        id: opened.id,
        op: op('a'),
        grant: { ...granted, challenge: opened.id },
      })
      const kept = { ...granted, id: id('grant', 2), challenge: challenge(3).id }
      await store.recordPass({ ...passed, ...rest, id: challenge(3).id, op: op('b'), grant: kept })
      await store.purge({ nowMs: now + 3 * day, assessmentsBeforeMs: now, eventsBeforeMs: now, limit: 100 })
      expect((await loadChallenge(store, opened)).challenge).toBe(undefined)
      const label = { tenant, subject, op: op('label'), event: event(9), nowMs: now + 3 * day }
      expect(await store.recordLabel({ ...label, revokesGrantsOf: id('assessment', 1) })).toEqual({
        lost: false,
      })
      expect((await loadAll(store)).grants).toEqual([kept])
      expect(await store.recordLabel({ ...label, revokesGrantsOf: id('assessment', 3) })).toEqual({
        lost: true,
      })
      expect((await loadAll(store)).grants).toEqual([kept])
    })

    test('a device that is taken off loses its grants and what it had proven, and no other does', async ({
      store,
    }) => {
      await declare(store)
      const proven = (number: number, jkt: string) =>
        happened(number, {
          grant: { ...grant, id: id('grant', number), jkt },
          assurance: { acr: 'phr', authTimeMs: now, session: 'session-1', jkt },
        })
      await store.recordEvent(proven(1, 'jkt-1'))
      await store.recordEvent(proven(2, 'jkt-2'))
      const revoked = { tenant, subject, jkt: 'jkt-1', event: event(9), nowMs: now }
      expect(await store.revokeDevice({ ...revoked, subject: 'user-2', event: event(8) })).toEqual({
        lost: false,
      })
      expect((await loadAll(store)).grants).toHaveLength(2)
      expect(await store.revokeDevice(revoked)).toEqual({ lost: false })
      expect(await store.revokeDevice({ ...revoked, jkt: 'jkt-2' })).toEqual({ lost: true })
      expect((await loadAll(store)).grants.map(({ jkt }) => jkt)).toEqual(['jkt-2'])
      expect((await loadAll(store)).assurance).toEqual([])
      expect((await loadAll(store, { jkt: 'jkt-2' })).assurance).toHaveLength(1)
    })

    test('at most 64 grants load, the latest', async ({ store }) => {
      await declare(store)
      for (let number = 0; number < 70; number++) {
        const one = { ...grant, id: id('grant', number, now + number) }
        await store.recordEvent(happened(number, { grant: one }))
      }
      const { grants } = await loadAll(store)
      expect(grants).toHaveLength(64)
      expect(grants[0]?.id).toBe(id('grant', 69, now + 69))
    })
  })
}
