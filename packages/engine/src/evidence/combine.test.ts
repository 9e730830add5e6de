import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp, log } from '../../test/reference.ts'
import { shippedModel } from '../model/model.ts'
import { combine, groupNats } from './combine.ts'
import { groupNames, type Group } from './groups.ts'

const { weights } = shippedModel
const micro = fc.integer({ min: -30_000_000, max: 30_000_000 })
const said = (group: Group, nats: number) => ({ group, micro: Math.round(nats * 1e6) })
const evidence = fc.array(fc.record({ group: fc.constantFrom(...groupNames), micro }), { maxLength: 20 })
/** Evidence as comparators give it: attack and absence are never below zero. */
const honest = evidence.map((all) =>
  all.map((each) =>
    ['attack', 'absence', 'key'].includes(each.group) ? { ...each, micro: Math.abs(each.micro) } : each,
  ),
)
const seeded = { seed: 7, numRuns: 500 }

describe('a group says e = ln(c + (1 − c)·exp(L)), capped above', () => {
  // Computed apart, with 50 digits.
  it.each([
    ['client', -4, false, -1.162124],
    ['time', -4, false, -1.162124],
    ['network', -3, false, -1.932344],
    ['device', -3, false, -1.09407],
    ['device', -3, true, -2.962539],
    ['device', -30, true, -6.214_608],
    ['network', 1, false, 0.934702],
    ['network', 9, false, 3.5],
    ['client', 9, false, 2],
    ['time', 9, false, 1.5],
    ['device', 9, false, 4],
    ['behaviour', -30, false, -2.995732],
    ['behaviour', -2, false, -1.722783],
    ['behaviour', 9, false, 3],
    ['key', -2, false, 0],
    ['key', 1.5, false, 1.5],
    ['key', 9, false, 3],
    ['absence', -2, false, 0],
    ['absence', 2, false, 2],
    ['attack', -2, false, 0],
    ['attack', 5, false, 5],
    ['attack', 50, false, 6],
  ] as const)('%s with L = %d (key proven: %s) says %d', (group, L, keyProven, expected) => {
    expect(groupNats(group, L * 1e6, keyProven) / 1e6).toBeCloseTo(expected, 5)
  })
})

describe('the sum', () => {
  it('puts a proven key beside what is merely claimed', () => {
    const { nats, groups } = combine(
      [said('device', -3.912023), said('network', -3), said('client', -4)],
      weights,
      true,
    )
    expect(groups.device).toBe(Math.round(log(0.002 + 0.998 * exp(-3.912023)) * 1e6))
    const claimed = (groups.network + groups.client) / 1e6
    expect(nats / 1e6).toBeCloseTo(groups.device / 1e6 + log(0.05 + 0.95 * exp(claimed)), 5)
  })
  it('puts a device without one among the claims', () => {
    const { nats, groups } = combine(
      [said('device', -3), said('network', -3), said('attack', 2)],
      weights,
      false,
    )
    const claimed = (groups.device + groups.network) / 1e6
    expect(nats / 1e6).toBeCloseTo(2 + log(0.05 + 0.95 * exp(claimed)), 5)
  })
  it('sets the lack of a key against all that is claimed: who copies that has no key either', () => {
    const copied = [said('device', -3), said('network', -4), said('client', -4)]
    const without = combine(copied, weights, false).nats
    expect(combine([...copied, said('key', 1.5)], weights, false).nats).toBe(without + 1_500_000)
  })
  it('takes what a browser without a proven key shows for one claim: who copies a part of it copies all', () => {
    const shown = [said('device', -4), said('client', -3), said('network', -1)]
    const { nats, groups, copiedTwice } = combine(shown, weights, false)
    const browser = (groups.device + groups.client + copiedTwice) / 1e6
    expect(browser).toBeCloseTo(log(0.3 + 0.7 * exp(-7)), 5)
    expect(nats / 1e6).toBeCloseTo(log(0.05 + 0.95 * exp(browser + groups.network / 1e6)), 5)
    expect(combine(shown, weights, true).copiedTwice).toBe(0)
  })
  it('lets the name of a browser pay for no screen that is unlike', () => {
    const shown = [said('device', 1), said('client', -3)]
    const { groups, claimed, copiedTwice } = combine(shown, weights, false)
    expect(copiedTwice).toBe(0)
    expect(claimed).toBe(groups.device + groups.client)
  })
  it('is zero without evidence', () => {
    expect(combine([], weights, false).nats).toBe(0)
    expect(combine([], weights, true).nats).toBe(0)
  })
  it('weighs groups as the model says', () => {
    const heavy = { ...weights, attack: 1.5, device: 0.5 }
    expect(combine([said('attack', 2)], heavy, false).nats).toBe(3_000_000)
    expect(combine([said('device', 2)], heavy, true).nats).toBe(
      Math.round(0.5 * groupNats('device', 2_000_000, true)),
    )
  })
})

describe('whatever the evidence', () => {
  it('what is merely claimed never calms by more than three nats', () => {
    fc.assert(
      fc.property(honest, (all) => combine(all, weights, false).nats >= -3_000_000),
      seeded,
    )
  })
  it('a proven key calms by at most ln(0.002) more', () => {
    fc.assert(
      fc.property(honest, (all) => combine(all, weights, true).nats >= -3_000_000 - 6_214_609),
      seeded,
    )
  })
  it('the sum is bounded above', () => {
    const most = (4 + 3 + 3.5 + 2 + 1.5 + 3 + 3.5 + 6) * 1e6
    fc.assert(
      fc.property(evidence, fc.boolean(), (all, keyProven) => combine(all, weights, keyProven).nats <= most),
      seeded,
    )
  })
  it('its order means nothing', () => {
    const shuffled = evidence.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    )
    fc.assert(
      fc.property(shuffled, fc.boolean(), ([one, other], keyProven) => {
        expect(combine(other, weights, keyProven)).toEqual(combine(one, weights, keyProven))
      }),
      seeded,
    )
  })
  it('more towards somebody else is never calmer', () => {
    fc.assert(
      fc.property(evidence, fc.nat({ max: 9_000_000 }), fc.boolean(), (all, more, keyProven) => {
        const raised = all.map((each, i) => (i === 0 ? { ...each, micro: each.micro + more } : each))
        return combine(raised, weights, keyProven).nats >= combine(all, weights, keyProven).nats
      }),
      seeded,
    )
  })
  it('and whatever weights were learned', () => {
    const weight = fc.integer({ min: 5, max: 15 }).map((tenths) => tenths / 10)
    fc.assert(
      fc.property(evidence, fc.nat({ max: 9_000_000 }), weight, weight, (all, more, device, client) => {
        const learned = { ...weights, device, client }
        const raised = all.map((each, i) => (i === 0 ? { ...each, micro: each.micro + more } : each))
        // Each weighed group is rounded once.
        return combine(raised, learned, false).nats >= combine(all, learned, false).nats - 2
      }),
      seeded,
    )
  })
  it('attack and absence never calm', () => {
    fc.assert(
      fc.property(
        honest,
        fc.constantFrom('attack' as const, 'absence' as const),
        micro,
        fc.boolean(),
        (all, group, size, key) => {
          const without = combine(all, weights, key).nats
          return combine([...all, { group, micro: Math.abs(size) }], weights, key).nats >= without
        },
      ),
      seeded,
    )
  })
})
