import { winners, type Contract } from './api.ts'
import { declare, envelope, loadAll, now, proof } from './rows.ts'

export function signalContract({ describe, test, expect }: Contract): void {
  describe('envelopes', () => {
    test('an envelope is found by key and visit until it expires', async ({ store }) => {
      await declare(store)
      const kept = envelope(1)
      expect(await store.recordEnvelope(kept, proof('1'), 8)).toEqual({ lost: false, envelope: kept })
      expect((await loadAll(store)).envelopes).toEqual([kept])
      expect((await loadAll(store, { visit: 'visit-2' })).envelopes).toEqual([])
      expect((await loadAll(store, { jkt: 'jkt-2' })).envelopes).toEqual([])
      expect((await loadAll(store, { nowMs: kept.expiresAtMs })).envelopes).toEqual([])
    })

    test('the same envelope again is the row that stands, with its first receipt', async ({ store }) => {
      await declare(store)
      await store.recordEnvelope(envelope(1), proof('1'), 8)
      const again = envelope(1, { receipt: '{"jti":"another"}', atMs: now + 5000 })
      expect(await store.recordEnvelope(again, proof('1'), 8)).toEqual({ lost: false, envelope: envelope(1) })
      expect((await loadAll(store)).envelopes).toEqual([envelope(1)])
    })

    test('a jti that another envelope used is lost, and nothing of it is kept', async ({ store }) => {
      await declare(store)
      await store.recordEnvelope(envelope(1), proof('1'), 8)
      expect(await store.recordEnvelope(envelope(2), proof('1'), 8)).toEqual({ lost: true })
      expect((await loadAll(store)).envelopes).toEqual([envelope(1)])
    })

    test('the latest of a key are kept, and at most eight of a visit are read', async ({ store }) => {
      await declare(store)
      for (let number = 1; number <= 12; number++) {
        await store.recordEnvelope(envelope(number), proof(String(number)), number <= 6 ? 4 : 10)
      }
      await store.recordEnvelope(envelope(99, { jkt: 'jkt-2' }), proof('99'), 4)
      const { envelopes } = await loadAll(store)
      expect(envelopes.map(({ digest }) => digest)).toEqual(
        [12, 11, 10, 9, 8, 7, 6, 5].map((n) => `digest-${n}`),
      )
      await store.recordEnvelope(envelope(13), proof('13'), 2)
      expect((await loadAll(store)).envelopes).toEqual([envelope(13), envelope(12)])
      expect((await loadAll(store, { jkt: 'jkt-2' })).envelopes).toHaveLength(1)
    })

    test('sixteen arrivals of one envelope get one receipt', async ({ store, race }) => {
      await declare(store)
      const results = await race((each, number) =>
        each.recordEnvelope(envelope(1, { receipt: `{"jti":"of-${number}"}` }), proof('1'), 8),
      )
      const receipts = results.map((result) => (result.lost ? 'lost' : result.envelope.receipt))
      expect(new Set(receipts).size).toBe(1)
      expect(receipts[0]).toBe((await loadAll(store)).envelopes[0]?.receipt)
    })

    test('sixteen envelopes with one jti leave one', async ({ store, race }) => {
      await declare(store)
      const results = await race((each, number) => each.recordEnvelope(envelope(number), proof('1'), 8))
      expect(winners(results)).toHaveLength(1)
      expect((await loadAll(store)).envelopes).toHaveLength(1)
    })

    test('two tenants may get the same envelope', async ({ store }) => {
      await declare(store)
      await declare(store, 'other')
      await store.recordEnvelope(envelope(1), proof('1'), 8)
      const other = envelope(1, { tenant: 'other', body: '{"other":true}' })
      expect(await store.recordEnvelope(other, proof('1'), 1)).toEqual({ lost: false, envelope: other })
      expect((await loadAll(store)).envelopes).toEqual([envelope(1)])
    })
  })
}
