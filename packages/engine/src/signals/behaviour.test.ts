import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, digest, hourMs, key, laptop, startMs } from '../../test/account.ts'
import { comparisonOf, said } from '../../test/comparison.ts'
import { after, doing, nats, near, visits } from '../../test/doings.ts'
import { typedText, typing as typingOf } from '../../test/typist.ts'
import { extractFeatures } from '../decide/features.ts'
import type { BehaviourFacts, OutcomeEvent } from '../facts.ts'
import { maxProfileBytes } from '../profile/container.ts'
import { foldProfile } from '../profile/fold.ts'
import { decodeProfile } from '../profile/profile.ts'
import { automation } from './automation.ts'
import { freeText } from './free-text.ts'
import { navigation } from './navigation.ts'
import { pointer } from './pointer.ts'

const hers = [95, 130, 170, 140, 130, 170, 250, 40, 18]
const his = [150, 230, 340, 320, 300, 330, 20, 120, 6]
const typing = (values: number[], resolutionUs = 1000): Partial<BehaviourFacts> => ({
  freeText: { keys: 120, resolutionUs, values },
})

describe('free text', () => {
  const state = after(
    freeText,
    visits.map((i) => doing(typing(near(hers, i)))),
  )
  it('knows the rhythm of its own people, and is surprised by others', () => {
    expect(nats(freeText, doing(typing(near(hers, 9))), state)).toBeLessThan(-0.3)
    expect(nats(freeText, doing(typing(near(his, 9))), state)).toBeGreaterThan(0.8)
  })
  it('says nothing before two sessions, and of another kind of timer', () => {
    const once = after(freeText, [doing(typing(hers))])
    expect(said(freeText, comparisonOf(doing(typing(his))), once)).toEqual({})
    expect(said(freeText, comparisonOf(doing(typing(his, 16_667))), state)).toEqual({})
    expect(said(freeText, comparisonOf(laptop()), state)).toEqual({})
  })
  it('learns one visit once, however many actions it took', () => {
    const again = after(
      freeText,
      visits.map(() => doing(typing(hers))),
    )
    expect(again).toHaveLength(1)
  })
})

describe('pointer', () => {
  const steady = [450, 500, 210, 960, 12, 25, 180, 85]
  const trembling = [900, 240, 320, 700, 60, 80, 500, 140]
  const moves = (values: number[], kind: 'mouse' | 'touch' = 'mouse') =>
    doing({ pointer: { pointer: kind, strokes: 12, values } })
  const state = after(
    pointer,
    visits.map((i) => moves(near(steady, i))),
  )
  it('knows the hand of its own people, and is surprised by others', () => {
    expect(nats(pointer, moves(near(steady, 9)), state)).toBeLessThan(-0.2)
    expect(nats(pointer, moves(near(trembling, 9)), state)).toBeGreaterThan(0.4)
  })
  it('never compares a finger with a mouse', () => {
    expect(said(pointer, comparisonOf(moves(trembling, 'touch')), state)).toEqual({})
  })
  it('keeps the latest ten visits of a kind and two kinds at most', () => {
    const many = after(
      pointer,
      Array.from({ length: 60 }, (_, i) => moves(near(steady, i, 30), i % 2 ? 'mouse' : 'touch')),
    )
    expect(many).toHaveLength(20)
    expect(pointer.section!.encode(many).length).toBeLessThan(300)
    const read = pointer.section!.decode(pointer.section!.encode(many))
    expect(read.map(({ bytes, ...row }) => ({ ...row, bytes: Array.from(bytes) }))).toEqual(many)
  })
})

describe('automation', () => {
  const none = automation.section!.empty
  const counted = (counts: number[]) => said(automation, comparisonOf(doing({ automation: counts })), none)
  it('tells keys without hands, and clicks out of nowhere', () => {
    expect(counted([20, 20, 19, 2])).toEqual({ keys_mechanical: 1.5 })
    expect(counted([20, 0, 0, 18])).toEqual({ keys_mechanical: 1.5 })
    expect(counted([0, 0, 0, 0, 4, 4, 4, 4])).toEqual({ clicks_mechanical: 1 })
    expect(counted([0, 0, 0, 0, 0, 0, 0, 0, 40])).toEqual({ events_synthetic: 1 })
  })
  it('leaves honest helpers alone', () => {
    expect({
      hands: counted([30, 0, 1, 2, 5, 0, 0, 0]),
      'a touch pad that taps at once': counted([12, 0, 0, 0, 6, 6, 0, 0]),
      'a keyboard alone': counted([30, 0, 0, 1, 0, 0, 0, 0]),
      'a password manager that makes events': counted([0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 1]),
      'a pointer that was not seen before its click': counted([0, 0, 0, 0, 2, 0, 0, 2]),
    }).toEqual({
      hands: {},
      'a touch pad that taps at once': {},
      'a keyboard alone': {},
      'a password manager that makes events': {},
      'a pointer that was not seen before its click': {},
    })
  })
  it('knows numbers again that were given in another visit, and none of the same', () => {
    const state = after(automation, [doing(typing(hers), 77)])
    expect(said(automation, comparisonOf(doing(typing(hers), 78)), state)).toEqual({ behaviour_replayed: 4 })
    expect(said(automation, comparisonOf(doing(typing(hers), 77)), state)).toEqual({})
    expect(said(automation, comparisonOf(doing(typing(near(hers, 1)), 78)), state)).toEqual({})
  })
  it('does not count against who is used to it: a screen reader clicks, an expander types', () => {
    const helped = [40, 40, 0, 0, 4, 4, 4, 4, 0, 40]
    const state = after(automation, [doing({ automation: helped }), doing({ automation: helped }, 2)])
    expect(said(automation, comparisonOf(doing({ automation: helped }, 3)), state)).toEqual({})
    const hands = after(automation, [doing({ automation: [30] }), doing({ automation: [30] }, 2)])
    expect(said(automation, comparisonOf(doing({ automation: helped }, 3)), hands)).toEqual({
      keys_mechanical: 1.5,
      clicks_mechanical: 1,
      events_synthetic: 1,
    })
  })
  it('takes no numbers for a repeat that coarse clocks, taps or switches give by chance', () => {
    for (const repeated of [
      typing(hers, 16_667),
      { pointer: { pointer: 'touch' as const, strokes: 3, values: [100, 0, 0, 1000, 0, 0, 0, 90] } },
    ])
      expect(
        said(automation, comparisonOf(doing(repeated, 78)), after(automation, [doing(repeated, 77)])),
      ).toEqual({})
  })
  it('comes back as it was written', () => {
    const state = after(
      automation,
      Array.from({ length: 300 }, (_, i) =>
        doing({ ...typing(hers.map((value) => value + i)), automation: [20, 20] }, i),
      ),
    )
    expect(automation.section!.decode(automation.section!.encode(state))).toEqual(state)
    expect(state.sights).toHaveLength(16)
  })
  it('never calms, whatever is claimed', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(), fc.double()), { maxLength: 20 }), (counts) => {
        for (const value of Object.values(counted(counts))) expect(value).toBeGreaterThan(0)
      }),
      { seed: 5, numRuns: 200 },
    )
  })
})

it('bounds what any of them says, whatever numbers were claimed', () => {
  const numbers = fc.array(fc.oneof(fc.nat(), fc.double(), fc.constantFrom(NaN, Infinity, -1)), {
    maxLength: 30,
  })
  const state = {
    freeText: after(
      freeText,
      visits.map((i) => doing(typing(near(hers, i)))),
    ),
    navigation: after(
      navigation,
      visits.map(() =>
        doing({
          navigation: { pages: [1, 2], fields: [3, 4], pasted: 0, returns: 0, absences: 0, flurries: 0 },
        }),
      ),
    ),
  }
  fc.assert(
    fc.property(numbers, numbers, (values, others) => {
      const facts = doing({
        freeText: { keys: 50, resolutionUs: 1000, values },
        navigation: { pages: values, fields: others, pasted: 3, returns: NaN, absences: -1, flurries: 1e300 },
      })
      for (const value of [
        nats(freeText, facts, state.freeText),
        nats(navigation, facts, state.navigation),
      ]) {
        expect(value).toBeGreaterThanOrEqual(-1)
        expect(value).toBeLessThanOrEqual(1.5)
      }
    }),
    { seed: 6, numRuns: 200 },
  )
})

it('leaves the profile within its bound where every section is full, with room for what waits', () => {
  const values = (count: number, i: number): number[] =>
    Array.from({ length: count }, (_, at) => 2 + ((i * 7919 + at * 104_729) % 50_000))
  const events = Array.from({ length: 240 }, (_, i): OutcomeEvent => {
    const atMs = startMs + i * 6 * hourMs
    const facts = typingOf(
      at(laptop(), atMs),
      ...['password', 'name'].map((field) => typedText(1, i, { field })),
    )
    const features = extractFeatures({
      ...facts,
      device: { ...facts.device, jkt: key(`d${i % 9}`) },
      network: { ...facts.network, prefix: `10.${i}.0.0/24`, address: digest(`a${i}`), asn: 64_000 + i },
      client: { ...facts.client, browser: `B${i % 30}`, languages: `l${i},m`, timezone: `Zone/${i}` },
      behaviour: {
        ...facts.behaviour!,
        source: 0xffffffff - i,
        freeText: { keys: 500, resolutionUs: i % 2 ? 100 : 16_667, values: values(9, i) },
        pointer: { pointer: i % 2 ? 'mouse' : 'pen', strokes: 60, values: values(8, i) },
        navigation: {
          pages: values(12, i),
          fields: values(16, i + 1),
          pasted: 1,
          returns: 2,
          absences: 3,
          flurries: 1,
        },
        automation: [40, 40, 0, 0, 4, 4, 4, 4, 0, 40],
      },
    })
    const waits = i > 220
    return {
      id: `e${i}`,
      atMs,
      features,
      kind: 'passed',
      method: 'passkey',
      acr: waits ? 'newel:contact' : 'phr',
    }
  })
  const profile = foldProfile(undefined, events, { nowMs: events.at(-1)!.atMs })
  expect(profile.length).toBeGreaterThan(6000)
  expect(profile.length).toBeLessThanOrEqual(maxProfileBytes)
  expect(decodeProfile(profile).pending.length).toBeGreaterThanOrEqual(8)
})
