import { behaviourFacts } from '@newel/engine'
import { automationCounts, type AutomationCounts } from '@newel/protocol'
import { describe, expect, it } from 'vitest'
import type { EnvelopeBody } from './facts.ts'
import { observedBehaviour } from './observed-behaviour.ts'

const typed = (...holds: number[]): EnvelopeBody['observations'] => ({
  typing: {
    value: {
      fields: [
        {
          field: 'password',
          input: 'keys',
          resolution_us: 100,
          hold_ms: holds,
          down_down_ms: [150, 160, 170],
        },
      ],
    },
  },
})
const envelope = (atMs: number, observations: EnvelopeBody['observations']): EnvelopeBody => ({
  observations,
  connection: { atMs },
  page: '/',
  sdk: 'newel/0.1.0',
  dropped: 0,
})

describe('typing of a visit', () => {
  it('is that of the receipt, since the first envelope that showed the same', () => {
    const seen = observedBehaviour([
      envelope(3000, typed(90, 91, 92, 93)),
      envelope(1000, typed(90, 91, 92, 93)),
      envelope(500, typed(80, 81, 82, 83)),
    ])
    const facts = behaviourFacts(seen, 'visit and key')?.typing
    expect(facts?.sinceMs).toBe(1000)
    expect(facts?.fields).toMatchObject([{ field: 'password', input: 'keys', resolutionUs: 100 }])
    expect(facts?.fields[0]?.codes).toMatch(/^[A-Za-z0-9_-]{10}$/)
  })
  it('is that of an earlier envelope where the last one shows none', () => {
    const { typing } = observedBehaviour([
      envelope(3000, { typing: { absent: 'declined' } }),
      envelope(1000, typed(90, 91, 92, 93)),
    ])
    expect(typing?.sinceMs).toBe(1000)
  })
  it('is nothing where no envelope shows any', () => {
    expect(observedBehaviour([]).typing).toBeUndefined()
    expect(behaviourFacts(observedBehaviour([envelope(1, {})]), 'visit and key')).toBeUndefined()
  })
})

describe('what programs do in a visit', () => {
  const counted = (atMs: number, keys: number, instant_keys = 0): EnvelopeBody => {
    const none = Object.fromEntries(automationCounts.map((name) => [name, 0])) as AutomationCounts
    return envelope(atMs, { automation: { value: { ...none, keys, instant_keys } } })
  }
  const seen = (...envelopes: EnvelopeBody[]) => {
    const { keys, instant_keys } = observedBehaviour(envelopes).automation ?? {}
    return [keys, instant_keys]
  }
  it('is that of all its pages, each of which counts anew', () => {
    expect(seen(counted(3000, 0), counted(2000, 20, 20), counted(1000, 12, 12))).toEqual([20, 20])
    expect(seen(counted(4000, 15, 1), counted(3000, 3), counted(2000, 20, 20))).toEqual([35, 21])
  })
  it('goes by when envelopes came: that of the receipt is first and need not be the latest', () => {
    expect(seen(counted(2000, 20, 20), counted(3000, 0), counted(1000, 12, 12))).toEqual([20, 20])
  })
  it('is nothing where no page counted', () => {
    expect(seen(envelope(1000, { automation: { absent: 'declined' } }))).toEqual([undefined, undefined])
  })
})
