import type { SubjectStore } from '@newel/engine'
import { type Contract } from './api.ts'
import { opened, setUp } from './scene.ts'
import {
  assessment,
  challenge,
  day,
  declare,
  event,
  id,
  loadAll,
  loadChallenge,
  minute,
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

const grant = { id: id('grant', 1), jkt: 'jkt-1', method: 'vouched', acr: 'newel:base', atMs: now } as const

export function afterwardsContract({ describe, test, expect }: Contract): void {
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
        op: undefined,
        assessment: assessment(1),
        events: [event(1, about), event(4, about)],
      })
      expect(await store.readAssessment('other', id('assessment', 1))).toEqual({
        revision: undefined,
        op: undefined,
        assessment: undefined,
        events: [],
      })
    })

    test('an assessment reads back with the event that it shares, and the answer to an op', async ({
      store,
    }) => {
      await declare(store)
      const once = { dedupe: 'allowed:visit-1' }
      const first = event(1, { ...once, assessment: id('assessment', 1) })
      await store.recordAssessment(record(1, { event: first }))
      const later = assessment(2, { shares: once.dedupe })
      const write = record(2, { assessment: later, event: event(2, once) })
      await store.recordAssessment(write)
      await store.recordAssessment(record(3, { event: event(3, { dedupe: 'allowed:visit-2' }) }))
      expect(await store.readAssessment(tenant, later.id, write.op)).toEqual({
        revision: 1,
        op: write.op,
        assessment: later,
        events: [first],
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

    test('a hard label forgets what was proven in the session of its assessment and with its key', async ({
      store,
    }) => {
      await setUp(store)
      const proven = (number: number, session: string, jkt: string) =>
        happened(number, { assurance: { acr: 'phr', authTimeMs: now, session, jkt } })
      await store.recordEvent(proven(11, 'session-1', 'jkt-2'))
      await store.recordEvent(proven(12, 'session-2', 'jkt-1'))
      await store.recordEvent(proven(13, 'session-2', 'jkt-2'))
      const label = { tenant, subject, event: event(9), nowMs: now }
      await store.recordLabel({ ...label, op: op('good'), revokesGrantsOf: undefined })
      const held = async (session: string, jkt: string) =>
        (await loadAll(store, { session, jkt })).assurance.length
      expect(await held('session-1', 'jkt-2')).toBe(1)
      await store.recordLabel({
        ...label,
        event: event(10),
        op: op('hard'),
        revokesGrantsOf: id('assessment', 1),
      })
      expect([
        await held('session-1', 'jkt-2'),
        await held('session-2', 'jkt-1'),
        await held('session-2', 'jkt-2'),
      ]).toEqual([0, 0, 1])
    })

    test('a hard label ends the challenges there, and takes back tokens that may be unspent', async ({
      store,
    }) => {
      await setUp(store)
      const elsewhere = { session: 'session-2', jkt: 'jkt-2' }
      const opens = {
        own: opened,
        bySession: challenge(3, { session: 'session-1', jkt: 'jkt-2' }),
        byKey: challenge(4, { session: 'session-2', jkt: 'jkt-1', kind: 'enrollment' }),
        passed: challenge(5, { ended: 'passed' }),
        passedLongAgo: challenge(6, { ended: 'passed', expiresAtMs: now - 10 * minute }),
        failed: challenge(7, { ended: 'exhausted' }),
        elsewhere: challenge(8, elsewhere),
        passedElsewhere: challenge(9, { ...elsewhere, ended: 'passed' }),
      }
      for (const each of [...Object.values(opens).slice(1), challenge(10, { subject: 'user-2' })])
        await open(store, each)
      const label = { tenant, subject, nowMs: now }
      const ends = async () => {
        const ended = new Map<string, unknown>()
        for (const [name, each] of Object.entries({ ...opens, others: challenge(10) }))
          ended.set(name, (await loadChallenge(store, each)).challenge?.ended)
        return Object.fromEntries(ended)
      }
      const before = await ends()
      await store.recordLabel({ ...label, event: event(9), op: op('good'), revokesGrantsOf: undefined })
      expect(await ends()).toEqual(before)
      await store.recordLabel({
        ...label,
        event: event(10),
        op: op('hard'),
        revokesGrantsOf: id('assessment', 1),
      })
      const cancelled = { own: 'cancelled', bySession: 'cancelled', byKey: 'cancelled', passed: 'cancelled' }
      expect(await ends()).toEqual({ ...before, ...cancelled })
      // What only answering needed is gone, and the question may be asked again.
      expect((await loadChallenge(store, opened)).challenge).toMatchObject({ params: {}, openKey: undefined })
      const next = record(11, { challenge: challenge(11, { openKey: 'open-1' }) })
      expect(await store.recordAssessment(next)).toEqual({ lost: false })
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
      const theirs = { subject: writeOf({ subject: 'user-2' }), event: event(3, { subject: 'user-2' }) }
      await store.recordEvent(happened(3, theirs))
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

    test('a sign-in of which no session has begun gives none what it proved, once its device is taken off or it was fraud', async ({
      store,
    }) => {
      await setUp(store)
      const signsIn = (number: number, jkt: string) =>
        store.consume({
          tenant,
          spend: spend(number, { startsSession: true, jkt }),
          expiresAtMs: now + day,
          proof: proof(`spend-${number}`),
          op: op(`spend-${number}`),
          nowMs: now,
        })
      for (const [number, jkt] of ['jkt-1', 'jkt-2', 'jkt-3'].entries()) await signsIn(number, jkt)
      await store.recordLabel({
        tenant,
        subject,
        op: op('hard'),
        event: event(9),
        revokesGrantsOf: id('assessment', 1),
        nowMs: now,
      })
      await store.revokeDevice({ tenant, subject, jkt: 'jkt-2', event: event(10), nowMs: now })
      const waiting = async (jkt: string) => (await loadAll(store, { jkt })).spends.length
      expect([await waiting('jkt-1'), await waiting('jkt-2'), await waiting('jkt-3')]).toEqual([0, 0, 1])
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
