import type { Store, SubjectStore } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import { attempt, setUp } from './scene.ts'
import {
  authenticator,
  day,
  declare,
  loadAll,
  message,
  now,
  record,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

type Put = Parameters<SubjectStore['putSubject']>[0]

const put = (more: Partial<Put> = {}): Put => ({
  tenant,
  subject: writeOf(),
  authenticators: [],
  binds: [],
  removes: [],
  outbox: [],
  nowMs: now,
  ...more,
})

const load = (store: Store, name = 'none') =>
  store.loadSubject({ tenant, subject, route: 'route', op: `op-${name}` })

const mail = (number: number) => authenticator(number, { method: 'email', destination: `mail-${number}` })

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

    test('contacts are added, bound and replaced in one change', async ({ store }) => {
      await declare(store)
      await store.putSubject(
        put({ authenticators: [mail(1), authenticator(2, { confirmedAtMs: undefined })] }),
      )
      const change = put({
        subject: writeOf({ name: 'Ada' }),
        authenticators: [mail(3)],
        binds: [{ id: authenticator(2).id, atMs: now + 1, holdUntilMs: now + day }],
        removes: [{ id: authenticator(1).id, atMs: now + day }],
        outbox: [message(1)],
      })
      expect(await store.putSubject(change)).toEqual({ lost: false })
      const loaded = await load(store)
      expect(loaded.subject?.name).toBe('Ada')
      expect(loaded.authenticators).toEqual([
        authenticator(2, { confirmedAtMs: now + 1, holdUntilMs: now + day }),
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

    test('a contact is bound, and bound again, by whoever knows when it was', async ({ store, race }) => {
      await declare(store)
      const { id } = authenticator(1)
      await store.putSubject(put({ authenticators: [{ ...mail(1), confirmedAtMs: undefined }] }))
      const bind = (atMs: number, fromMs?: number) => ({
        binds: [{ id, fromMs, atMs, holdUntilMs: atMs + day }],
      })
      expect(await store.putSubject(put(bind(now + 1)))).toEqual({ lost: false })
      const named = { subject: writeOf({ name: 'Mallory' }) }
      expect(await store.putSubject(put({ ...named, ...bind(now + 2) }))).toEqual({ lost: true })
      const results = await race((each) => each.putSubject(put(bind(now + 3, now + 1))))
      expect(winners(results)).toHaveLength(1)
      const loaded = await load(store)
      expect(loaded.subject?.name).toBe(undefined)
      expect(loaded.authenticators).toEqual([
        { ...mail(1), confirmedAtMs: now + 3, holdUntilMs: now + 3 + day },
      ])
      await store.putSubject(put({ removes: [{ id, atMs: now + day }] }))
      expect(await store.putSubject(put(bind(now + 4, now + 3)))).toEqual({ lost: true })
    })

    test('failures in a row are forgotten where an authenticator is bound again', async ({ store }) => {
      await setUp(store)
      const { id, confirmedAtMs } = authenticator(1)
      await store.recordAttempt(attempt(1, 'a', { authenticator: { id, attempt: 1 } }))
      expect((await load(store)).authenticators[0]?.consecutiveFailures).toBe(1)
      const binds = [{ id, fromMs: confirmedAtMs, atMs: now + 1, holdUntilMs: now }]
      expect(await store.putSubject(put({ binds }))).toEqual({ lost: false })
      expect((await load(store)).authenticators[0]).toMatchObject({
        consecutiveFailures: 0,
        recentFailuresMs: [now],
      })
    })

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

    test('an end is not called off once another contact has the place', async ({ store }) => {
      await declare(store)
      const { id } = authenticator(1)
      await store.putSubject(put({ authenticators: [mail(1)] }))
      await store.putSubject(put({ removes: [{ id, atMs: now + day }] }))
      await store.putSubject(put({ authenticators: [{ ...mail(2), destination: 'mail-1' }] }))
      const off = { id, fromMs: now + day, atMs: undefined }
      expect(await store.putSubject(put({ removes: [off] }))).toEqual({ lost: true })
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

    test('nobody binds or removes what belongs to another subject', async ({ store }) => {
      await setUp(store)
      const theirs = authenticator(2).id
      const binds = [{ id: theirs, fromMs: authenticator(2).confirmedAtMs, atMs: now + 1, holdUntilMs: now }]
      expect(await store.putSubject(put({ binds }))).toEqual({ lost: true })
      expect(await store.putSubject(put({ removes: [{ id: theirs, atMs: now }] }))).toEqual({ lost: true })
      expect((await loadAll(store, { subject: 'user-2' })).authenticators).toEqual([
        authenticator(2, { subject: 'user-2' }),
      ])
    })

    test('a removed authenticator is seen for thirty days', async ({ store }) => {
      await declare(store)
      const rows = [
        authenticator(1, { removedAtMs: now - 30 * day + 1 }),
        authenticator(2, { removedAtMs: now - 30 * day }),
        authenticator(3, { removedAtMs: now + day }),
        authenticator(4),
      ]
      await store.recordAssessment(record(1, { authenticators: rows }))
      const { authenticators } = await loadAll(store)
      expect(authenticators.map((row) => row.lookup)).toEqual(['lookup-4', 'lookup-1', 'lookup-3'])
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
}
