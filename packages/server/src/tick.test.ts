import type { EventRow, OutcomeEvent } from '@newel/engine'
import { describe, expect, it } from 'vitest'
import type { Services } from './services.ts'
import { tick } from './tick.ts'

const nowMs = 1_800_000_000_000
const due = (subject: string): EventRow => {
  const outcome: OutcomeEvent = { id: `evt_${subject}`, atMs: nowMs - 1, kind: 'allowed' }
  return {
    tenant: 'bank',
    id: outcome.id,
    subject,
    type: 'outcome',
    body: JSON.stringify(outcome),
    atMs: outcome.atMs,
    folds: true,
    dedupe: undefined,
  }
}

describe('folds', () => {
  it('go on where one profile cannot be read: it keeps nobody else from being learned', async () => {
    const learned: string[] = []
    const logged: (readonly [string, unknown])[] = []
    const profiles: Record<string, Uint8Array | undefined> = { ada: Uint8Array.of(1, 2, 3), ben: undefined }
    const services = {
      limits: {},
      logger: { log: (_level: string, code: string, fields: unknown) => logged.push([code, fields]) },
      tally: { flush: async () => undefined },
      store: {
        leaseOutbox: async () => [],
        purge: async () => 0,
        dueFolds: async () => Object.keys(profiles).map((subject) => ({ tenant: 'bank', subject })),
        loadFold: async (_tenant: string, subject: string) => ({
          subject: { profile: profiles[subject], profileVersion: 0 },
          events: [due(subject)],
        }),
        learn: async ({ subject }: { subject: string }) => {
          learned.push(subject)
          return { lost: false }
        },
      },
    } as unknown as Services
    expect(await tick(services, nowMs, {})).toEqual({ delivered: 0, folded: 1, purged: 0 })
    expect(learned).toEqual(['ben'])
    expect(logged).toEqual([
      ['fold_failed', { tenant: 'bank', subject: 'ada', message: 'not a profile of a known format' }],
    ])
  })
})
