import type { Contract } from './api.ts'
import { setUp } from './scene.ts'
import {
  assessment,
  challenge,
  declare,
  id,
  loadAll,
  now,
  ones,
  op,
  open,
  proof,
  record,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

export function valueContract({ describe, test, expect }: Contract): void {
  describe('values', () => {
    test('text of any script, of any length and with every quote reads back as it was', async ({ store }) => {
      await declare(store)
      const texts = [
        'é',
        'e\u0301',
        '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧',
        '\u202eright\u2066\uffff\ufeff',
        `'"\`\\;--\n\r\t$1 ? %_`,
        '\u0001\u007f\u2028',
        '',
        'x'.repeat(200_000),
      ]
      for (const [number, text] of texts.entries()) {
        const row = assessment(number, {
          subject: `user-${number}`,
          record: JSON.stringify({ text }),
          action: text,
        })
        const name = writeOf({ subject: `user-${number}`, name: text })
        const params = { text }
        await store.recordAssessment(
          record(number, {
            assessment: row,
            subject: name,
            challenge: challenge(number, { subject: `user-${number}`, params, state: text }),
          }),
        )
        const loaded = await loadAll(store, { subject: `user-${number}` })
        expect(loaded.subject?.name).toBe(text)
        expect((await store.readAssessment(tenant, row.id)).assessment).toEqual(row)
        const about = { tenant, id: challenge(number).id, route: 'r', op: undefined, proof: 'p', nowMs: now }
        expect((await store.loadChallenge(about)).challenge).toMatchObject({ params, state: text })
      }
    })

    test('ids that look alike are told apart by their bytes', async ({ store }) => {
      await declare(store)
      const names = ['user', 'USER', 'user ', 'us\u00e9r', 'use\u0301r', 'user%', "user'--"]
      for (const [number, name] of names.entries()) {
        await store.recordAssessment(
          record(number, {
            assessment: assessment(number, { subject: name }),
            subject: writeOf({ subject: name, name: String(number) }),
          }),
        )
      }
      for (const [number, name] of names.entries()) {
        expect((await loadAll(store, { subject: name })).subject?.name).toBe(String(number))
        expect(await store.listAssessments({ tenant, subject: name, limit: 9 })).toHaveLength(1)
      }
      await store.eraseSubject(tenant, 'user%')
      expect((await loadAll(store, { subject: 'user' })).subject?.name).toBe('0')
    })

    const unstorable = ['a\u0000b', '\ud800', 'x\udfffy']
    test('text that not every database can hold is refused by all, and nothing is kept', async ({
      store,
    }) => {
      await setUp(store)
      const before = await store.exportSubject(tenant, subject)
      for (const text of unstorable) {
        const refused = { code: 'unstorable_text' }
        await expect(
          store.recordAssessment(record(9, { subject: writeOf({ name: text }) })),
        ).rejects.toMatchObject(refused)
        await expect(store.recordProof(tenant, proof(text))).rejects.toMatchObject(refused)
        await expect(store.count(tenant, ones('prefix:a', text), now)).rejects.toMatchObject(refused)
        await expect(store.readTenantRevision(text)).rejects.toMatchObject(refused)
        await expect(loadAll(store, { subject: text })).rejects.toMatchObject(refused)
      }
      expect(await store.exportSubject(tenant, subject)).toEqual(before)
      expect((await loadAll(store, { counters: ['prefix:a'] })).counters).toEqual([])
    })

    test('the latest time there is, and a profile of every byte, read back', async ({ store }) => {
      await declare(store)
      const latest = 2 ** 48 - 1
      const row = assessment(1, { id: id('assessment', 1, latest), atMs: latest })
      await store.recordAssessment(
        record(1, {
          assessment: row,
          subject: writeOf({ sinceMs: latest }),
          op: op('a', { expiresAtMs: latest }),
        }),
      )
      const profile = Uint8Array.from({ length: 8192 }, (_, index) => index % 256)
      await store.learn({ tenant, subject, fromVersion: 0, profile, events: [], nowMs: latest })
      const loaded = await loadAll(store, { op: 'op-a', nowMs: latest })
      expect(loaded.subject?.sinceMs).toBe(latest)
      expect(loaded.op?.expiresAtMs).toBe(latest)
      expect((await store.listAssessments({ tenant, limit: 1 }))[0]?.atMs).toBe(latest)
      expect([...(loaded.subject?.profile ?? [])]).toEqual([...profile])
    })

    test('two tenants with the same ids never see each other', async ({ store }) => {
      await declare(store)
      await declare(store, 'other')
      await open(store, challenge(1, { openKey: 'open-1' }))
      const mine = await loadAll(store)
      expect((await loadAll(store, { tenant: 'other' })).subject).toBe(undefined)
      await open(store, challenge(1, { tenant: 'other', openKey: 'open-1', action: 'theirs' }))
      expect(await loadAll(store)).toEqual(mine)
      expect((await loadAll(store, { tenant: 'other' })).openChallenge?.action).toBe('theirs')
      const cancel = { id: challenge(1).id, proof: proof('c'), op: op('c'), event: undefined, nowMs: now }
      await store.recordCancel({ ...cancel, tenant: 'other' })
      expect(await loadAll(store)).toEqual(mine)
    })
  })
}
