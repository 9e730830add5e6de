import { describe, expect, it } from 'vitest'
import { at, dayMs, hourMs, key, laptop, phone, startMs } from '../../test/account.ts'
import { comparisonOf, said } from '../../test/comparison.ts'
import { typedText, typing as typed } from '../../test/typist.ts'
import { compactFacts } from '../decide/compact.ts'
import { extractFeatures } from '../decide/features.ts'
import { codesOf, encodeText, type Facts, type Grant, type OutcomeEvent, type TypedText } from '../index.ts'
import { maxProfileBytes } from '../profile/container.ts'
import { foldProfile } from '../profile/fold.ts'
import { decodeProfile } from '../profile/profile.ts'
import { rowsOf } from '../typing/rows.ts'
import type { Slot } from '../typing/slot.ts'
import { syntheticTyping } from './synthetic-typing.ts'
import { typing } from './typing.ts'

const login = (
  day: number,
  text: TypedText,
  more: Partial<OutcomeEvent> = {},
  facts = laptop(),
): OutcomeEvent => ({
  id: `event-${day}`,
  atMs: startMs + day * dayMs,
  kind: 'passed',
  method: 'passkey',
  acr: 'phr',
  features: extractFeatures(typed(at(facts, startMs + day * dayMs), text)),
  ...more,
})
const slotsAfter = (events: readonly OutcomeEvent[], nowMs = startMs + 60 * dayMs): readonly Slot[] =>
  decodeProfile(foldProfile(undefined, events, { nowMs })).anchors.get('typing@1') as readonly Slot[]
const known = slotsAfter(Array.from({ length: 30 }, (_, day) => login(day, typedText(1, day))))
const now = (facts: Facts = laptop()) => at(facts, startMs + 40 * dayMs)
const grant: Grant = { id: 'g', jkt: key('laptop'), method: 'passkey', acr: 'phr', atMs: startMs }

describe('typing', () => {
  const says = (slots: readonly Slot[], ...texts: readonly TypedText[]) =>
    said(typing, comparisonOf(typed(now(), ...texts)), slots)

  it('calms where the rhythm is that of the subject, and alarms where it is not', () => {
    expect(says(known, typedText(1, 99))['typing_familiar']).toBeLessThan(-0.5)
    expect(says(known, typedText(2, 99))['typing_unfamiliar']).toBeGreaterThan(2)
  })
  it('says nothing where nothing was typed, or little is known', () => {
    expect(said(typing, comparisonOf(now()), known)).toEqual({})
    expect(says([], typedText(1, 99))).toEqual({})
    const four = slotsAfter(Array.from({ length: 4 }, (_, day) => login(day, typedText(1, day))))
    expect(says(four, typedText(2, 99))).toEqual({})
  })
  it('says half of what rests on unverified sessions alone', () => {
    const mails = Array.from({ length: 12 }, (_, day) =>
      login(day, typedText(1, day), { method: 'email', acr: 'newel:contact' }),
    )
    const waiting = slotsAfter(mails, startMs + 12 * dayMs)
    const aged = slotsAfter(mails, startMs + 60 * dayMs)
    expect(rowsOf(waiting[0]!).every(({ waits }) => waits !== undefined)).toBe(true)
    const [half, whole] = [waiting, aged].map((slots) => says(slots, typedText(2, 99))['typing_unfamiliar']!)
    expect(half).toBeCloseTo(whole! / 2, 2)
  })
  it('doubts a little, and no more, a text typed in a way that it never was', () => {
    for (const other of [{ input: 'screen' }, { resolutionUs: 100_000 }] as const)
      expect(says(known, typedText(1, 99, other))).toEqual({ typing_new_way: 1 })
    const shorter = encodeText(codesOf([90, 80, 70, 95, 100], [150, 160, 170, 180]))
    expect(says(known, typedText(1, 99, { codes: shorter }))).toEqual({ typing_new_way: 1 })
    expect(says(known, typedText(1, 99, { field: 'other' }))).toEqual({})
  })
  it('of two fields lets the less familiar one speak', () => {
    const own = typedText(1, 99)
    const two = slotsAfter(
      Array.from({ length: 30 }, (_, day) => [
        login(day, typedText(1, day)),
        login(day, typedText(5, day, { field: 'name' }), { id: `name-${day}` }),
      ]).flat(),
    )
    expect(two).toHaveLength(2)
    expect(Object.keys(says(two, own, typedText(2, 9, { field: 'name' })))).toEqual(['typing_unfamiliar'])
  })
  it('never lets a sample vouch for itself', () => {
    const before = says(known, typedText(2, 99))
    const learned = slotsAfter([
      ...Array.from({ length: 30 }, (_, day) => login(day, typedText(1, day))),
      login(31, typedText(2, 99)),
    ])
    expect(says(learned, typedText(2, 99))['typing_unfamiliar']).toBeCloseTo(before['typing_unfamiliar']!, 0)
  })
})

describe('a program that types', () => {
  const says = (facts: Facts, grants: readonly Grant[] = [], slots = known) =>
    said(syntheticTyping, comparisonOf(facts, { grants }), slots)
  const stored = typedText(1, 29)

  it('is told by a replay', () => {
    expect(says(typed(now(), stored))).toEqual({ typing_replayed: 3 })
    expect(says(typed(now(), typedText(1, 99)))).toEqual({})
  })
  it('is not told by a visit that shows its own typing again', () => {
    const soon = at(laptop(), startMs + 29 * dayMs + hourMs)
    expect(says(typed(soon, stored), [grant])).toEqual({})
    const sinceMs = startMs + 29 * dayMs - 5000
    expect(says({ ...soon, behaviour: { source: 0, typing: { sinceMs, fields: [stored] } } })).toEqual({})
    // Another key shows it again as if it were new.
    expect(says(typed(soon, stored))).toEqual({ typing_replayed: 3 })
  })
  it('is told by a rhythm without jitter, unless the subject always types so', () => {
    const even = typedText(1, 1, {
      codes: encodeText(
        codesOf(
          Array.from({ length: 10 }, () => 50),
          Array.from({ length: 9 }, () => 60),
        ),
      ),
    })
    expect(says(typed(now(), even))).toEqual({ typing_jitterless: 1.5 })
    const filler = slotsAfter([login(0, even)])
    expect(says(typed(now(), even), [], filler)).toEqual({})
    // Keyboards on screens report what they like, and coarse clocks make everything even.
    expect(says(typed(now(), { ...even, input: 'screen' }))).toEqual({})
    expect(says(typed(now(), { ...even, resolutionUs: 100_000 }))).toEqual({})
  })
})

describe('what is learned of typing', () => {
  it('comes from devices on record, or from who was challenged', () => {
    const events = [
      login(0, typedText(1, 0)),
      login(1, typedText(1, 1), { kind: 'allowed' }),
      login(2, typedText(2, 2), { kind: 'allowed' }, phone()),
      login(3, typedText(2, 3), { kind: 'failed' }),
    ]
    const [slot] = slotsAfter(events, startMs + 3 * dayMs)
    expect(rowsOf(slot!).map(({ waits }) => waits?.backing)).toEqual([undefined, 'allowed'])
  })
  it('is taken back by a bad label, and becomes verified by waiting', () => {
    const events = [login(0, typedText(1, 0)), login(1, typedText(1, 1), { kind: 'allowed' })]
    const label: OutcomeEvent = {
      id: 'label',
      atMs: startMs + 2 * dayMs,
      kind: 'labelled',
      label: 'not_me',
      about: 'event-1',
    }
    const nowMs = startMs + 2 * dayMs
    const profile = foldProfile(undefined, events, { nowMs })
    const without = decodeProfile(foldProfile(profile, [label], { nowMs })).anchors.get('typing@1')
    expect(rowsOf((without as readonly Slot[])[0]!)).toHaveLength(1)
    const aged = decodeProfile(foldProfile(profile, [], { nowMs: startMs + 9 * dayMs }))
    expect(rowsOf((aged.anchors.get('typing@1') as readonly Slot[])[0]!).map(({ waits }) => waits)).toEqual([
      undefined,
      undefined,
    ])
  })
  it('leaves room in the profile for all else', () => {
    const events = Array.from({ length: 400 }, (_, i) =>
      login(i / 8, typedText(1, i, { field: i % 2 === 0 ? 'password' : 'name' }), {
        id: `event-${i}`,
        ...(i % 3 === 0 ? { kind: 'allowed' as const } : {}),
      }),
    )
    const profile = foldProfile(undefined, events, { nowMs: startMs + 50 * dayMs })
    expect(profile.length).toBeLessThanOrEqual(maxProfileBytes)
    expect(profile.length).toBeGreaterThan(4096)
  })
})

describe('facts of typing', () => {
  it('that no honest page sends are no facts', () => {
    const text = typedText(1, 1)
    const facts = (...fields: unknown[]) => compactFacts(typed(now(), ...(fields as TypedText[]))).behaviour
    expect(facts(text)).toEqual({ source: 0, typing: { sinceMs: now().nowMs, fields: [text] } })
    for (const bad of [
      { ...text, codes: 'AAAA' },
      { ...text, codes: '"'.repeat(26) },
      { ...text, field: '"\\' },
      { ...text, resolutionUs: NaN },
      { ...text, resolutionUs: -1 },
      { ...text, resolutionUs: 1e9 },
    ])
      expect(facts(bad)).toEqual({ source: 0 })
    expect(facts(text, { ...text, field: 'b' }, { ...text, field: 'c' })?.typing?.fields).toHaveLength(2)
  })
})
