import { describe, expect, it } from 'vitest'
import { at, dayMs, hourMs, key, laptop, phone, startMs, stranger } from '../../test/account.ts'
import { extractFeatures } from '../decide/features.ts'
import { fingerprintComponentNames } from '../signals/fingerprint-components.ts'
import type { Facts, OutcomeEvent } from '../facts.ts'
import { componentsOf } from './devices.ts'
import { foldEvents, foldProfile } from './fold.ts'
import { dayOf, isKnown } from './history.ts'
import { backings } from './pending.ts'
import { decodeProfile, learners, withPending, type Profile } from './profile.ts'
import { tokenOf } from './token.ts'
import { countsOf, type ValueTree } from './value-tree.ts'

const event = (
  id: string,
  kind: OutcomeEvent['kind'],
  facts: Facts,
  more: Partial<OutcomeEvent> = {},
): OutcomeEvent => ({
  id,
  atMs: facts.nowMs,
  kind,
  features: extractFeatures(facts),
  ...more,
})
const passkey = (id: string, facts: Facts) => event(id, 'passed', facts, { method: 'passkey', acr: 'phr' })
const mail = (id: string, facts: Facts) =>
  event(id, 'passed', facts, { method: 'email', acr: 'newel:contact' })
const folded = (events: readonly OutcomeEvent[], nowMs = startMs): Profile =>
  decodeProfile(foldProfile(undefined, events, { nowMs }))
const country = (profile: Profile, code: string, view = profile.anchors): number =>
  countsOf(view.get('network@1') as ValueTree, [tokenOf(code)], 0).count
const later = (days: number) => at(laptop(), startMs + days * dayMs)

describe('a strong proof', () => {
  it('makes its session an anchor at once and puts its key on record', () => {
    const profile = folded([passkey('a', laptop())])
    expect(country(profile, 'JP')).toBe(1)
    expect(profile.pending).toEqual([])
    expect(profile.devices.entries.map(({ jkt, anchored }) => [jkt, anchored])).toEqual([
      [key('laptop').slice(0, 12), true],
    ])
    expect(profile.history.verified).toBe(1)
  })
  it('counts once where the same session proves itself again and again', () => {
    const again = Array.from({ length: 9 }, (_, i) => passkey(`p${i}`, at(laptop(), startMs + i * 60_000)))
    const profile = folded(again)
    expect(profile.history).toMatchObject({ verified: 1, sessions: 1 })
    expect(country(profile, 'JP')).toBe(1)
    expect(isKnown(profile.history)).toBe(false)
  })
  it('makes the subject known after three sessions', () => {
    const profile = folded([0, 1, 2].map((day) => passkey(`d${day}`, later(day))))
    expect(isKnown(profile.history)).toBe(true)
  })
})

describe('a mailed code', () => {
  it('puts the key on record at once and lets its session wait fourteen days', () => {
    const events = [mail('a', laptop())]
    const fresh = folded(events)
    expect(fresh.devices.entries[0]?.anchored).toBe(false)
    expect([country(fresh, 'JP'), country(fresh, 'JP', withPending(fresh))]).toEqual([0, 0.5])
    expect(country(folded(events, startMs + 14 * dayMs - 1), 'JP')).toBe(0)
    const aged = folded(events, startMs + 14 * dayMs)
    expect(country(aged, 'JP')).toBe(0.5)
    expect(aged.devices.entries[0]?.anchored).toBe(true)
    expect(aged.history.agedDays).toBe(1)
  })
})

describe('a silently allowed session', () => {
  it('puts no key on record', () => {
    const profile = folded([passkey('a', laptop()), event('b', 'allowed', at(phone(), startMs + dayMs))])
    expect(profile.devices.entries.map(({ jkt }) => jkt)).toEqual([key('laptop').slice(0, 12)])
  })
  it('teaches nothing new without a key on record, and only refreshes what is there', () => {
    const elsewhere: Facts = {
      ...at(phone(), startMs + dayMs),
      network: { ...laptop().network, country: 'BR', asn: 64500 },
    }
    const profile = folded([passkey('a', laptop()), event('b', 'allowed', elsewhere)], startMs + 30 * dayMs)
    expect(country(profile, 'BR')).toBe(0)
    const home = event('c', 'allowed', at(phone(), startMs + 2 * dayMs))
    expect(country(folded([passkey('a', laptop()), home], startMs + 30 * dayMs), 'JP')).toBe(1.25)
  })
  it('teaches by the smallest step with a key on record, and waits seven days', () => {
    const abroad: Facts = { ...later(1), network: { ...laptop().network, country: 'DE' } }
    const events = [passkey('a', laptop()), event('b', 'allowed', abroad)]
    const fresh = folded(events, startMs + 2 * dayMs)
    expect([country(fresh, 'DE'), country(fresh, 'DE', withPending(fresh))]).toEqual([0, 0.25])
    expect(country(folded(events, startMs + 8 * dayMs), 'DE')).toBe(0.25)
  })
  it('counts once a day where it looks the same, and moves four times a day at most', () => {
    const same = Array.from({ length: 6 }, (_, i) =>
      event(`s${i}`, 'allowed', at(laptop(), startMs + i * 1000)),
    )
    expect(folded([passkey('a', laptop()), ...same]).pending).toHaveLength(1)
    const moving = Array.from({ length: 9 }, (_, i) =>
      event(`m${i}`, 'allowed', {
        ...at(laptop(), startMs + i * 1000),
        network: { ...laptop().network, asn: 100 + i },
      }),
    )
    expect(folded([passkey('a', laptop()), ...moving]).pending).toHaveLength(4)
  })
  it('with a key in memory puts nothing on record even when it passed', () => {
    const facts: Facts = { ...laptop(), device: { ...laptop().device, ephemeral: true } }
    expect(folded([passkey('a', facts)]).devices.entries).toEqual([])
  })
})

describe('a sign-in of the past, imported', () => {
  const past = (id: string, day: number, facts: Facts = laptop()): OutcomeEvent =>
    event(id, 'imported', at(facts, startMs + day * dayMs))
  const year = Array.from({ length: 40 }, (_, i) => past(`i${i}`, i))
  const whole = folded(year, startMs + 400 * dayMs)
  it('teaches a quarter of a session, for as many as there are, once it is two weeks old', () => {
    expect(country(whole, 'JP')).toBe(10)
    const fresh = folded([past('a', 0)], startMs + 13 * dayMs)
    expect([country(fresh, 'JP'), country(fresh, 'JP', withPending(fresh))]).toEqual([0, 0.25])
    expect(country(folded([past('a', 0)], startMs + 14 * dayMs), 'JP')).toBe(0.25)
  })
  it('puts no key on record, and leaves the subject unknown', () => {
    expect(whole.devices.entries).toEqual([])
    expect(whole.history).toMatchObject({ sessions: 0, verified: 0, agedDays: 0 })
    const ripened = foldEvents(folded([past('a', 0)], startMs + dayMs), [], { nowMs: startMs + 30 * dayMs })
    expect(ripened.history).toMatchObject({ sessions: 0, agedDays: 0 })
  })
  it('does not teach that signals are left out, where no page could give them', () => {
    const { jkt: _, ...device } = laptop().device
    const bare: Facts = { ...laptop(), device: { ...device, ephemeral: false, proven: false } }
    expect(folded([past('a', 0, bare)], startMs + 30 * dayMs).anchors.get('absence@1')).toEqual([])
  })
  it('moves four times a day at most while it waits', () => {
    const moving = Array.from({ length: 9 }, (_, i) =>
      event(`m${i}`, 'imported', {
        ...at(laptop(), startMs + i * 1000),
        network: { ...laptop().network, asn: 100 + i },
      }),
    )
    expect(folded(moving, startMs + dayMs).pending).toHaveLength(4)
  })
})

describe('what did not end well', () => {
  it('teaches nothing', () => {
    for (const kind of ['failed', 'abandoned', 'denied'] as const) {
      expect(folded([event('a', kind, laptop())]).history.sessions).toBe(0)
    }
  })
})

describe('a bad label', () => {
  const label = (about: string): OutcomeEvent => ({
    id: `l-${about}`,
    atMs: startMs + dayMs,
    kind: 'labelled',
    label: 'not_me',
    about,
  })
  const thief = { ...stranger(), nowMs: startMs + hourMs }

  it('takes back what waits, with the device that it put on record', () => {
    const events = [passkey('a', laptop()), mail('bad', thief)]
    const kept = foldProfile(undefined, [passkey('a', laptop())], { nowMs: startMs })
    const profile = decodeProfile(
      foldProfile(foldProfile(undefined, events, { nowMs: startMs }), [label('bad')], { nowMs: startMs }),
    )
    expect(profile.pending).toEqual([])
    expect(profile.devices.entries).toEqual(decodeProfile(kept).devices.entries)
    expect(profile.anchors).toEqual(decodeProfile(kept).anchors)
  })
  it('in the same fold as its event leaves no trace', () => {
    const events = [passkey('a', laptop()), passkey('bad', thief), label('bad')]
    expect(foldProfile(undefined, events, { nowMs: startMs })).toEqual(
      foldProfile(undefined, [passkey('a', laptop())], { nowMs: startMs }),
    )
  })
  it('about an anchor is undone by folding again without it', () => {
    const events = [passkey('a', laptop()), passkey('bad', thief), passkey('c', later(1))]
    expect(foldProfile(undefined, events, { nowMs: startMs, without: new Set(['bad']) })).toEqual(
      foldProfile(undefined, [events[0]!, events[2]!], { nowMs: startMs }),
    )
  })
  it('that says "legitimate" takes nothing back', () => {
    const good: OutcomeEvent = { ...label('a'), label: 'legitimate' }
    expect(folded([mail('a', laptop()), good]).pending).toHaveLength(1)
  })
})

describe('devices', () => {
  it('are eight at most: the longest unused of the weakly proven goes first, and is counted', () => {
    const device = (name: string, day: number, method: typeof mail): OutcomeEvent => {
      const facts = later(day)
      return method(name, { ...facts, device: { ...facts.device, jkt: key(name) } })
    }
    const events = [
      device('strong', 0, passkey),
      ...Array.from({ length: 8 }, (_, i) => device(`weak${i}`, i + 1, mail)),
    ]
    const { entries, forgotten } = folded(events).devices
    expect(entries).toHaveLength(8)
    expect(forgotten).toBe(1)
    const names = entries.map(({ jkt }) => jkt.replace(/A+$/, ''))
    expect(names).toContain('strong')
    expect(names).not.toContain('weak0')
  })
  it('remember the latest fingerprint, and how often each component changes', () => {
    const changed = later(1)
    const components = { ...changed.device.fingerprint!.components, canvas: 'zzzzzzzzzzzz' }
    const updated: Facts = {
      ...changed,
      device: { ...changed.device, fingerprint: { library: '5.1.0', components } },
    }
    const { entries, statistics } = folded([passkey('a', laptop()), event('b', 'allowed', updated)]).devices
    const [canvas, fonts] = (['canvas', 'fonts'] as const).map((name) =>
      fingerprintComponentNames.indexOf(name),
    )
    expect(entries[0]?.components).toEqual(componentsOf(updated.device.fingerprint!.components))
    expect(statistics[canvas!]).toEqual({ same: 0, changed: 1 })
    expect(statistics[fonts!]).toEqual({ same: 1, changed: 0 })
  })
})

it('takes sessions that look the same for one, however somebody moved in them', () => {
  const moving = (source: number): Facts => ({
    ...laptop(),
    behaviour: {
      source,
      pointer: { pointer: 'mouse', strokes: 9, values: [300 + source * 20, 500, 210, 960, 12, 25, 180, 85] },
    },
  })
  const sessions = [1, 2, 3].map((source) => at(moving(source), startMs + source * 60_000))
  const proven = folded(sessions.map((facts, i) => passkey(`p${i}`, facts)))
  expect(country(proven, 'JP')).toBe(1)
  const mailed = folded(sessions.map((facts, i) => mail(`m${i}`, facts)))
  expect(mailed.pending).toHaveLength(1)
})

it('adds what waits as it would be learned one by one, also where one way is the beginning of another', () => {
  const walking = (day: number, pages: number[]): Facts => {
    const facts = later(day)
    const freeText = { keys: 60, resolutionUs: 100, values: [95, 130, 170, 140, 130, 170, 250, 40, 18] }
    const navigation = { pages, fields: [], pasted: 0, returns: 0, absences: 0, flurries: 0 }
    return { ...facts, behaviour: { source: 7, freeText, navigation } }
  }
  const long = [11, 4000, 12, 9000, 13, 20_000]
  const { pending, anchors, ...profile } = folded([
    passkey('a', laptop()),
    ...[1, 2, 3].map((day) => event(`w${day}`, 'allowed', walking(day, long.slice(0, 8 - 2 * day)))),
  ])
  expect(pending).toHaveLength(3)
  const singly = new Map(anchors)
  for (const { samples, backing, atMs } of pending)
    for (const { id, section } of learners) {
      const sample = samples.get(id)
      if (sample === undefined) continue
      singly.set(id, section.learn(singly.get(id), sample, backings[backing].units, dayOf(atMs)))
    }
  expect(withPending({ ...profile, pending, anchors })).toEqual(singly)
})
