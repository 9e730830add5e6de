import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startMs } from '../../test/account.ts'
import { times } from '../../test/typist.ts'
import { ProfileFormatError } from '../profile/bytes.ts'
import { relativeScore, shippedCalibration, typingNats } from './calibration.ts'
import { codesOf, decodeText, downCode, encodeText, holdCode, resolutionClass } from './codes.ts'
import { distancesTo } from './compare.ts'
import { learnText, ripenTexts, takeBackTexts, type Lesson } from './learn.ts'
import { isJitterless, isReplayOf } from './rhythm.ts'
import { rowsOf } from './rows.ts'
import { decodeSlots, encodeSlots, maxSlotBytes, maxSlots, maxTypingBytes, type Slot } from './slot.ts'
import { thresholdOf } from './threshold.ts'

const seeded = { seed: 11, numRuns: 300 }
const minuteMs = 60_000
const dayMs = 86_400_000
const kind = { field: 7, input: 0, resolution: 0, keys: 10 }
const sample = (person: number, repetition: number) => {
  const { holdMs, downDownMs } = times(person, repetition)
  return codesOf(holdMs, downDownMs)
}
const lesson = (person: number, repetition: number, more: Partial<Lesson> = {}): Lesson => ({
  kind,
  codes: sample(person, repetition),
  atMs: startMs + repetition * 600 * minuteMs,
  event: repetition,
  backing: undefined,
  ...more,
})
const taught = (count: number, more: Partial<Lesson> = {}, person = 1): readonly Slot[] =>
  Array.from({ length: count }, (_, i) => lesson(person, i, more)).reduce<readonly Slot[]>(learnText, [])
const opened = (slot: Slot) => {
  const { field, input, resolution, keys, ripeMs, scores } = slot
  return { field, input, resolution, keys, ripeMs, scores, rows: rowsOf(slot) }
}
const scoreIn = (slots: readonly Slot[], person: number, repetition: number) =>
  distancesTo(slots[0]!, sample(person, repetition))

describe('codes', () => {
  it('come back as they were written', () => {
    const codes = fc.uint8Array({ minLength: 7, maxLength: 79 }).filter(({ length }) => length % 2 === 1)
    fc.assert(
      fc.property(codes, (bytes) => {
        expect(decodeText(encodeText(bytes))).toEqual(bytes)
      }),
      seeded,
    )
  })
  it('grow with the time, in steps of a few hundredths', () => {
    for (let ms = 20; ms < 1900; ms += 1) {
      expect(holdCode(ms * 1.04)).toBeGreaterThan(holdCode(ms))
      expect(downCode(ms * 1.06)).toBeGreaterThan(downCode(ms))
    }
  })
  it('of what is no time are those of none, or of the longest', () => {
    expect([NaN, -5, -Infinity].map(holdCode)).toEqual([0, 0, 0])
    expect([Infinity, 1e12].map(downCode)).toEqual([255, 255])
  })
  it('in any other form are refused', () => {
    for (const text of ['', 'AAAA', 'A'.repeat(9), 'A'.repeat(11), '!'.repeat(10), 'A'.repeat(400)])
      expect(decodeText(text)).toBeUndefined()
  })
  it('of clocks of another class are never compared', () => {
    expect([100, 1000, 5000, 16_700, 50_000, 100_000].map(resolutionClass)).toEqual([0, 0, 0, 1, 2, 3])
    expect([0, -1, NaN, 200_000].map(resolutionClass)).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe('the score', () => {
  it('says nothing of fewer than five samples', () => {
    expect(scoreIn(taught(4), 1, 90).score).toBeUndefined()
    expect(scoreIn(taught(5), 1, 90).score).toBeGreaterThan(0)
  })
  it('tells one who types like the subject from one who does not', () => {
    const slots = taught(40)
    const threshold = thresholdOf(slots[0]!)
    for (let repetition = 100; repetition < 120; repetition += 1) {
      expect(scoreIn(slots, 1, repetition).score).toBeLessThan(threshold * 1.15)
      expect(scoreIn(slots, 2, repetition).score).toBeGreaterThan(threshold * 1.15)
    }
  })
  it('is the same to the last digit every time, and finite whatever the codes', () => {
    const slots = taught(40)
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 19, maxLength: 19 }), (codes) => {
        const { score } = distancesTo(slots[0]!, codes)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThan(3.5)
        expect(distancesTo(slots[0]!, codes).score).toBe(score)
      }),
      seeded,
    )
  })
  it('rests on what is verified: samples that wait move it by three tenths at most', () => {
    const slots = taught(20)
    const before = scoreIn(slots, 2, 90)
    const poisoned = Array.from({ length: 10 }, (_, i) => lesson(2, 50 + i, { backing: 'contact' })).reduce(
      learnText,
      slots,
    )
    const after = scoreIn(poisoned, 2, 90)
    expect(after.score).toBeGreaterThan(0.6 * before.score!)
    expect(after.verified).toBeGreaterThan(0.95 * before.verified!)
  })
})

describe('a slot', () => {
  it('comes back as it was written, and stays within its bytes however much is learned', () => {
    const slots = [
      ...taught(150).slice(0, 1),
      ...taught(150, { kind: { ...kind, field: 9 }, backing: 'contact' }),
    ]
    const bytes = encodeSlots(slots)
    expect(decodeSlots(bytes).map(opened)).toEqual(slots.map(opened))
    for (const slot of slots) expect(encodeSlots([slot]).length).toBeLessThanOrEqual(maxSlotBytes + 1)
    expect(rowsOf(slots[0]!).length).toBeGreaterThan(80)
  })
  it('keeps the verified rows when many wait', () => {
    const slots = Array.from({ length: 200 }, (_, i) => lesson(1, 30 + i, { backing: 'vouched' })).reduce(
      learnText,
      taught(30),
    )
    const waiting = rowsOf(slots[0]!).filter(({ waits }) => waits !== undefined).length
    expect(rowsOf(slots[0]!).length - waiting).toBeGreaterThanOrEqual(25)
    expect(waiting).toBeGreaterThan(30)
  })
  it('makes room for another text: the least recently used goes', () => {
    const slots = Array.from({ length: 6 }, (_, field) =>
      lesson(1, field, { kind: { ...kind, field: 10 - field } }),
    ).reduce<readonly Slot[]>(learnText, [])
    expect(slots.map(({ field }) => field)).toEqual([5, 6, 7, 8])
    expect(slots).toHaveLength(maxSlots)
    const full = [11, 12, 13].reduce<readonly Slot[]>(
      (state, field) =>
        Array.from({ length: 120 }, (_, i) => lesson(field, i, { kind: { ...kind, field } })).reduce(
          learnText,
          state,
        ),
      [],
    )
    expect(encodeSlots(full).length).toBeLessThanOrEqual(maxTypingBytes)
  })
  it('that is damaged is refused, or reads as another', () => {
    const bytes = encodeSlots(taught(20, { backing: 'allowed' }))
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const damaged = bytes.slice()
        damaged[at] = byte
        try {
          encodeSlots(decodeSlots(damaged))
        } catch (error) {
          if (!(error instanceof ProfileFormatError)) throw error
        }
      }),
      seeded,
    )
  })
})

describe('a silent session', () => {
  const slots = taught(30)
  // Steadier than usual, so that it lies well within what is verified.
  const steady = sample(1, 40).map((_, i) =>
    Math.round([40, 41, 42, 43].reduce((sum, repetition) => sum + sample(1, repetition)[i]!, 0) / 4),
  )
  const silent = lesson(1, 40, { backing: 'allowed', codes: steady })
  it('waits seven days, and is verified then', () => {
    const next = learnText(slots, silent)
    const row = rowsOf(next[0]!).find(({ waits }) => waits !== undefined)
    expect(row?.waits).toEqual({ backing: 'allowed', event: 40 })
    const atMs = startMs + 40 * 600 * minuteMs
    expect(ripenTexts(next, atMs + 7 * dayMs - 1)).toEqual(next)
    const ripe = ripenTexts(next, atMs + 7 * dayMs)
    expect(rowsOf(ripe[0]!).every(({ waits }) => waits === undefined)).toBe(true)
  })
  it('is taken back by a bad label while it waits', () => {
    const next = learnText(slots, silent)
    expect(rowsOf(next[0]!)).toHaveLength(31)
    expect(rowsOf(takeBackTexts(next, 40)[0]!)).toEqual(rowsOf(slots[0]!))
    expect(takeBackTexts(next, 39)).toEqual(next)
  })
  it('far from what is verified teaches nothing, neither row nor threshold', () => {
    const strange = lesson(2, 40, { backing: 'allowed' })
    expect(learnText(slots, strange)).toBe(slots)
    expect(rowsOf(learnText(slots, { ...strange, backing: 'contact' })[0]!)).toHaveLength(31)
  })
  it('of the same typing counts once', () => {
    const once = learnText(slots, lesson(1, 40))
    expect(learnText(once, lesson(1, 40, { atMs: startMs + 500 * dayMs }))).toBe(once)
  })
})

describe('a text that was changed for one of the same length', () => {
  it('begins anew after two strongly proven sessions in a row', () => {
    const far = (repetition: number) =>
      lesson(1, repetition, { codes: sample(3, repetition).map((code, i) => (i < 10 ? code : 255 - code)) })
    const first = learnText(taught(30), far(40))
    expect(rowsOf(first[0]!)).toHaveLength(31)
    const second = learnText(first, far(41))
    expect(rowsOf(second[0]!).map(({ codes }) => codes)).toEqual([far(40).codes, far(41).codes])
  })
  it('does not by one, nor by sessions that nobody proved', () => {
    const far = (repetition: number) =>
      lesson(1, repetition, { codes: sample(3, repetition).map((code, i) => (i < 10 ? code : 255 - code)) })
    const back = learnText(learnText(taught(30), far(40)), lesson(1, 41))
    expect(rowsOf(back[0]!)).toHaveLength(32)
    const weak = learnText(learnText(taught(30), far(40)), { ...far(41), backing: 'contact' })
    expect(rowsOf(weak[0]!)).toHaveLength(32)
  })
})

describe('the likelihood ratio', () => {
  it('grows with the score, and lies within its bounds', () => {
    const score = fc.double({ min: 0, max: 4, noNaN: true })
    fc.assert(
      fc.property(
        score,
        score,
        fc.integer({ min: 5, max: 90 }),
        fc.integer({ min: 10, max: 118 }),
        (a, b, rows, features) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((each) => typingNats(each, rows, features))
          expect(low).toBeLessThanOrEqual(high!)
          expect(low).toBeGreaterThanOrEqual(-3)
          expect(high).toBeLessThanOrEqual(3.9)
        },
      ),
      seeded,
    )
  })
  it('of few keys is small', () => {
    expect(typingNats(1, 80, 10)).toBeCloseTo((typingNats(1, 80, 31) * 10) / 31, 12)
  })
  it('is what was fitted at the sizes that were, and between them where they are not', () => {
    for (const { rows, offset } of shippedCalibration)
      expect(typingNats(1, rows, 31)).toBeCloseTo(Math.max(-3, offset), 12)
    expect(typingNats(1.1, 30, 31)).toBeCloseTo((typingNats(1.1, 20, 31) + typingNats(1.1, 40, 31)) / 2, 12)
    expect(typingNats(1.1, 500, 31)).toBe(typingNats(1.1, 80, 31))
  })
  it('reads a score beside the threshold and what thresholds usually are', () => {
    expect(relativeScore(1.2, 1.2)).toBeCloseTo(1, 12)
    expect(relativeScore(1, 0.5)).toBeGreaterThan(relativeScore(1, 1))
  })
})

describe('a program', () => {
  it('types without jitter, people do not', () => {
    expect(isJitterless(codesOf([80, 80, 80, 81, 80, 80], [100, 250, 90, 180, 70]))).toBe(true)
    expect(isJitterless(codesOf([80, 95, 60, 120, 77, 101], [120, 120, 121, 120, 120]))).toBe(true)
    for (let repetition = 0; repetition < 200; repetition += 1)
      expect(isJitterless(sample(4, repetition))).toBe(false)
  })
  it('replays, give or take a millisecond, what no person types twice', () => {
    const { holdMs, downDownMs } = times(1, 1)
    const row = codesOf(holdMs, downDownMs)
    expect(
      isReplayOf(
        codesOf(
          holdMs.map((ms) => ms + 1),
          downDownMs.map((ms) => ms - 1),
        ),
        row,
      ),
    ).toBe(true)
    for (let repetition = 2; repetition < 200; repetition += 1)
      expect(isReplayOf(sample(1, repetition), row)).toBe(false)
  })
})
