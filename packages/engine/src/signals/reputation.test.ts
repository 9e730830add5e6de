import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laptop } from '../../test/account.ts'
import { comparisonOf, learned, said } from '../../test/comparison.ts'
import { log } from '../../test/reference.ts'
import { compactFacts } from '../decide/compact.ts'
import type { Facts, ListHit, ListKind } from '../facts.ts'
import { reputation, trustOf } from './reputation.ts'
import { settledPlace } from './settled.ts'

const hit = (kind: ListKind, more: Partial<ListHit> = {}): ListHit => ({
  list: kind,
  version: 'a1b2c3',
  kind,
  weightPercent: 100,
  ageDays: 0,
  ...more,
})
const from = (...listed: readonly ListHit[]): Facts => {
  const base = laptop()
  return { ...base, network: { ...base.network, listed } }
}
const nobody = reputation.section!.empty
const plain = learned(reputation, [from(), 20])
const say = (facts: Facts, anchors = nobody, all = anchors) =>
  said(reputation, comparisonOf(facts), anchors, all)

describe('lists of addresses', () => {
  it('say nothing of an address that none names, nor where there are none', () => {
    expect(say(from(), plain)).toEqual({})
    expect(say(laptop(), plain)).toEqual({})
  })
  it('that name an attacker count against everybody, by a factor of ten', () => {
    expect(say(from(hit('blocked')), plain)).toEqual({ address_blocked: 2.3 })
    const habitual = learned(reputation, [from(hit('blocked')), 20])
    expect(say(from(hit('blocked')), habitual)).toEqual({ address_blocked: 2.3 })
  })
  it('lose half of their trust with their half-life, and never gain with age', () => {
    expect(trustOf(hit('blocked', { ageDays: 14 }))).toBeCloseTo(0.5, 12)
    expect(trustOf(hit('tor', { ageDays: 14 }))).toBeCloseTo(0.25, 12)
    expect(trustOf(hit('blocked', { weightPercent: 50 }))).toBeCloseTo(0.5, 12)
    const days = fc.nat({ max: 9999 })
    fc.assert(
      fc.property(days, days, fc.nat({ max: 100 }), (a, b, weightPercent) => {
        const nats = (ageDays: number) =>
          say(from(hit('blocked', { ageDays, weightPercent })))['address_blocked'] ?? 0
        expect(nats(Math.max(a, b))).toBeLessThanOrEqual(nats(Math.min(a, b)))
        expect(nats(a)).toBeGreaterThanOrEqual(0)
        expect(nats(a)).toBeLessThanOrEqual(2.3)
      }),
      { seed: 8, numRuns: 300 },
    )
  })
  it('of one kind leave room for the others, however many there are', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((list) => hit('blocked', { list }))
    const facts = from(...many, hit('tor', { weightPercent: 30 }), hit('tor', { list: 'sure' }))
    expect(say(facts)).toEqual({ ...say(from(hit('blocked'))), ...say(from(hit('tor'))) })
    expect(compactFacts(facts).network.listed?.map(({ list }) => list)).toEqual(['a', 'sure'])
    // Where a service hides the person, the address is nobody's place, whatever else is said of it.
    const place = { latitude: 34.69, longitude: 135.5, radiusKm: 20 }
    expect(settledPlace(compactFacts({ ...facts, network: { ...facts.network, place } }).network)).toBe(
      undefined,
    )
  })
  it('of one kind count once, the most trusted: they copy from each other', () => {
    const one = say(from(hit('blocked')))
    expect(
      say(from(hit('blocked', { list: 'a', weightPercent: 20 }), hit('blocked', { list: 'b' }))),
    ).toEqual(one)
  })
  it('of hidden addresses count against who never used one', () => {
    expect(say(from(hit('anonymiser')), plain)['address_anonymiser']).toBeCloseTo(log(4), 2)
    expect(say(from(hit('tor')), plain)['address_anonymiser']).toBe(2.3)
    expect(say(from(hit('datacenter')), plain)['address_datacenter']).toBeCloseTo(log(5), 2)
  })
  it('do not punish who always comes through a VPN, through Tor, or from the cloud desktop of an employer', () => {
    for (const kind of ['anonymiser', 'tor', 'datacenter'] as const) {
      const habitual = learned(reputation, [from(hit(kind)), 20])
      expect(say(from(hit(kind)), habitual)).toEqual({})
    }
  })
  it('say little of who uses one now and then', () => {
    const sometimes = learned(reputation, [from(), 15], [from(hit('anonymiser')), 5])
    expect(say(from(hit('anonymiser')), sometimes)).toEqual({})
    expect(say(from(hit('tor')), sometimes)['address_anonymiser']).toBeGreaterThan(1)
  })
  it('count a habit that only waits to be trusted by half', () => {
    const habitual = learned(reputation, [from(), 20], [from(hit('anonymiser')), 20])
    const half = say(from(hit('anonymiser')), plain, habitual)['address_anonymiser']
    expect(half).toBeCloseTo(say(from(hit('anonymiser')), plain)['address_anonymiser']! / 2, 2)
  })
  it("of mobile carriers' gateways are no blemish", () => {
    expect(say(from(hit('mobile')), plain)).toEqual({})
  })
  it('with absurd weights and ages stay within their bounds', () => {
    for (const odd of [NaN, Infinity, -Infinity, -1, 1e12]) {
      const nats =
        say(from(hit('blocked', { weightPercent: odd })))['address_blocked'] ??
        say(from(hit('blocked', { ageDays: odd })))['address_blocked'] ??
        0
      expect(nats).toBeGreaterThanOrEqual(0)
      expect(nats).toBeLessThanOrEqual(2.3)
    }
  })
})
