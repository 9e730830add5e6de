import { describe, expect, it } from 'vitest'
import { laptop } from '../../test/account.ts'
import { comparisonOf, learned } from '../../test/comparison.ts'
import { log } from '../../test/reference.ts'
import { backgroundProbability } from '../background/probability.ts'
import { shippedBackground } from '../background/shipped.ts'
import type { Facts } from '../facts.ts'
import { network } from './network.ts'

const home = laptop()
const state = learned(network, [home, 20])
const from = (change: Partial<Facts['network']>, base = home.network): Facts => ({
  ...home,
  network: { ...base, ...change },
})
const tiers = (facts: Facts, anchors = state, all = state) =>
  network.compare(comparisonOf(facts), anchors, all)

describe('the network', () => {
  it('is compared tier by tier, each given the coarser ones', () => {
    const others = backgroundProbability(shippedBackground, 'country', 'JP', true)
    const [country, ...finer] = tiers(home)
    // Twenty sessions in one country: 0.05 of mass for another.
    expect(country).toMatchObject({ code: 'country_familiar', support: 20 })
    expect(country?.nats).toBeCloseTo(log(others / (0.95 + 0.05 * others)), 9)
    expect(finer.map(({ code }) => code)).toEqual(['asn_familiar', 'prefix_familiar', 'prefix_familiar'])
    expect(finer.every(({ nats }) => nats < 0)).toBe(true)
  })
  it('that is new stops at the first tier that is new: what is finer is expected to be', () => {
    const abroad = tiers(from({ country: 'DE', asn: 3320, prefix: '192.0.2.0/24', address: 'x' }))
    expect(abroad.map(({ code }) => code)).toEqual(['country_unfamiliar'])
    expect(abroad[0]?.nats).toBeCloseTo(log(20), 9)
    const moved = tiers(from({ asn: 2516, prefix: '192.0.2.0/24', address: 'x' }))
    expect(moved.map(({ code }) => code)).toEqual(['country_familiar', 'network_unfamiliar'])
  })
  it('is compared without the tiers that no database tells', () => {
    const { country: _country, asn: _asn, ...bare } = home.network
    expect(tiers({ ...home, network: bare }).map(({ code }) => code)).toEqual([
      'prefix_familiar',
      'prefix_familiar',
    ])
    expect(tiers({ ...home, network: {} })).toEqual([])
  })
  it('makes nobody a stranger when a database comes', () => {
    const { country: _country, asn: _asn, ...bare } = home.network
    const before = learned(network, [{ ...home, network: bare }, 20])
    expect(tiers(home, before, before).map(({ code }) => code)).toEqual([
      'prefix_familiar',
      'prefix_familiar',
    ])
  })
  it('of who moves a lot is expected to be new', () => {
    const roaming = Array.from(
      { length: 20 },
      (_, i) => [from({ prefix: `198.51.${i}.0/24`, address: `a${i}` }), 1] as const,
    )
    const roamer = learned(network, ...roaming)
    const fresh = from({ prefix: '198.51.99.0/24', address: 'z' })
    const nats = (one: typeof state) =>
      tiers(fresh, one, one).find(({ code }) => code === 'network_unfamiliar')?.nats ?? 0
    expect(nats(roamer)).toBeLessThan(1)
    expect(nats(state)).toBeGreaterThan(2)
  })
  it('that only waits to be trusted counts by half', () => {
    const [unverified] = tiers(home, network.section!.empty, state)
    const [verified] = tiers(home)
    expect(unverified?.nats).toBeCloseTo(verified!.nats / 2, 9)
  })
})
