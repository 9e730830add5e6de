import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, dayMs, laptop, startMs } from '../../test/account.ts'
import { typedText, typing } from '../../test/typist.ts'
import { extractFeatures } from '../decide/features.ts'
import type { Features, OutcomeEvent } from '../facts.ts'
import { createReader, createWriter, ProfileFormatError } from './bytes.ts'
import { decodeSections, encodeSections, maxProfileBytes } from './container.ts'
import { foldProfile } from './fold.ts'
import { decodeProfile, encodeProfile } from './profile.ts'
import { typingSlots } from '../typing/profile.ts'
import { tokenOf } from './token.ts'

/** 2004 or so: no event lies later. */
const endMs = 1_099_511_627_776
const seeded = { seed: 99, numRuns: 300 }
const sectionName = fc.stringMatching(/^[a-z-]{1,20}@[1-9]$/)

describe('numbers and texts', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.nat({ max: 0xffffffff }),
        fc.stringMatching(/^[ -~]{0,40}$/),
        (number, word, text) => {
          const writer = createWriter()
          writer.varint(number)
          writer.word(word)
          writer.ascii(text)
          const reader = createReader(writer.finish())
          expect([reader.varint(), reader.word(), reader.ascii(40)]).toEqual([number, word, text])
          reader.end()
        },
      ),
      seeded,
    )
  })
  it('have one form each', () => {
    expect(() => createReader(Uint8Array.of(0x80, 0x00)).varint()).toThrow(ProfileFormatError)
  })
  it('refuse what does not fit', () => {
    expect(() => createWriter().varint(-1)).toThrow(RangeError)
    expect(() => createWriter().varint(0.5)).toThrow(RangeError)
    expect(() => createWriter().ascii('é')).toThrow(RangeError)
    expect(() => createReader(Uint8Array.of(5)).varint(4)).toThrow(ProfileFormatError)
    expect(() => createReader(new Uint8Array(9).fill(0xff)).varint()).toThrow(ProfileFormatError)
  })
})

describe('sections', () => {
  it('come back as they were written, whatever they hold', () => {
    const sections = fc.dictionary(sectionName, fc.uint8Array({ maxLength: 200 }), { maxKeys: 10 })
    fc.assert(
      fc.property(sections, (entries) => {
        const map = new Map(Object.entries(entries))
        const bytes = encodeSections(map)
        expect(new Map([...decodeSections(bytes)].sort())).toEqual(new Map([...map].sort()))
        expect(encodeSections(new Map([...map].reverse()))).toEqual(bytes)
      }),
      seeded,
    )
  })
  it('above 8 192 bytes are refused, by writer and reader', () => {
    const large = new Map([['typing@1', new Uint8Array(maxProfileBytes)]])
    expect(() => encodeSections(large)).toThrow(ProfileFormatError)
    expect(() => decodeSections(new Uint8Array(maxProfileBytes + 1))).toThrow(ProfileFormatError)
  })
  it('out of order, or twice, are refused', () => {
    const bytes = encodeSections(
      new Map([
        ['a', Uint8Array.of(1)],
        ['b', Uint8Array.of(2)],
      ]),
    )
    const twice = bytes.map((byte) => (byte === 'b'.charCodeAt(0) ? 'a'.charCodeAt(0) : byte))
    expect(() => decodeSections(twice)).toThrow(ProfileFormatError)
  })
})

const arbitraryFeatures: fc.Arbitrary<Features> = fc.record({
  atMs: fc.nat({ max: endMs }),
  device: fc.record({
    jkt: fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    ephemeral: fc.boolean(),
    fingerprint: fc.record({
      library: fc.constantFrom('5.0.1', '4.6.2'),
      components: fc.dictionary(
        fc.constantFrom('canvas', 'fonts', 'audio', 'math'),
        fc.stringMatching(/^[A-Za-z0-9_-]{4}$/),
      ),
    }),
    screen: fc.record({ width: fc.nat(9999), height: fc.nat(9999), pixelRatioPercent: fc.constant(100) }),
  }),
  network: fc.record({
    prefix: fc.string({ maxLength: 20 }),
    address: fc.string({ maxLength: 12 }),
    asn: fc.nat({ max: 4_294_967_295 }),
    country: fc.constantFrom('JP', 'DE', 'US'),
  }),
  client: fc.record({
    browser: fc.string({ maxLength: 32 }),
    browserMajor: fc.nat({ max: 99_999 }),
    os: fc.string({ maxLength: 32 }),
    osVersion: fc.string({ maxLength: 16 }),
    deviceType: fc.constantFrom('desktop' as const, 'mobile' as const, 'unknown' as const),
    languages: fc.string({ maxLength: 90 }),
    timezone: fc.string({ maxLength: 64 }),
    offsetMinutes: fc.integer({ min: -840, max: 840 }),
    contradicts: fc.boolean(),
  }),
  absent: fc.subarray(['fingerprint', 'screen', 'timezone'] as const),
})
const arbitraryEvent: fc.Arbitrary<OutcomeEvent> = fc.record({
  id: fc.stringMatching(/^evt_[a-z0-9]{6}$/),
  atMs: fc.nat({ max: endMs }),
  kind: fc.constantFrom('allowed' as const, 'passed' as const, 'vouched' as const, 'failed' as const),
  acr: fc.constantFrom('newel:contact' as const, 'newel:otp' as const, 'phr' as const),
  features: arbitraryFeatures,
})
const history = fc
  .array(arbitraryEvent, { maxLength: 60 })
  .map((events) => events.sort((a, b) => a.atMs - b.atMs))

describe('a profile', () => {
  const nowMs = endMs

  it('has the same bytes for the same events, and the same after it was read', () => {
    fc.assert(
      fc.property(history, (events) => {
        const bytes = foldProfile(undefined, events, { nowMs })
        expect(foldProfile(undefined, events, { nowMs })).toEqual(bytes)
        expect(encodeProfile(decodeProfile(bytes))).toEqual(bytes)
        expect(bytes.length).toBeLessThanOrEqual(4096)
      }),
      { ...seeded, numRuns: 100 },
    )
  })
  it('is the same folded at once and folded in two steps at one time', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 60 }), (events, cut) => {
        const untilMs = events[0]?.atMs ?? 0
        const first = foldProfile(undefined, events.slice(0, cut), { nowMs: untilMs })
        const whole = foldProfile(undefined, events, { nowMs: untilMs })
        expect(foldProfile(first, events.slice(cut), { nowMs: untilMs })).toEqual(whole)
      }),
      { ...seeded, numRuns: 100 },
    )
  })
  it('that is damaged is refused as such, or reads as another profile; it never breaks the reader', () => {
    const bytes = foldProfile(undefined, fc.sample(history, { seed: 5, numRuns: 1 })[0] ?? [], { nowMs })
    const damage = fc.array(fc.tuple(fc.nat({ max: Math.max(0, bytes.length - 1) }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(damage, fc.nat({ max: bytes.length }), (changes, length) => {
        const damaged = bytes.slice(0, length)
        for (const [at, byte] of changes) if (at < length) damaged[at] = byte
        try {
          decodeProfile(damaged)
        } catch (error) {
          if (!(error instanceof ProfileFormatError)) throw error
        }
      }),
      { ...seeded, numRuns: 1000 },
    )
  })
  it('of random bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        fc.pre(bytes[0] !== 0x4e || bytes[1] !== 1)
        expect(() => decodeProfile(bytes)).toThrow(ProfileFormatError)
      }),
      seeded,
    )
  })
  it('carries the sections of other builds through unchanged', () => {
    const events = fc.sample(history, { seed: 5, numRuns: 1 })[0] ?? []
    const foreign = new Map(decodeSections(foldProfile(undefined, events, { nowMs })))
    const gait = Uint8Array.from({ length: 4000 }, (_, i) => i % 251)
    foreign.set('gait@1', gait)
    const folded = foldProfile(encodeSections(foreign), events, { nowMs })
    expect(decodeSections(folded).get('gait@1')).toEqual(gait)
  })
  it('makes room in what was typed, oldest first, where nothing waits: it is never refused for being full', () => {
    const events = Array.from({ length: 60 }, (_, day): OutcomeEvent => ({
      id: `evt_${day}`,
      atMs: startMs + day * dayMs,
      kind: 'passed',
      acr: 'phr',
      features: extractFeatures(typing(at(laptop(), startMs + day * dayMs), typedText(1, day))),
    }))
    const whole = foldProfile(undefined, events, { nowMs: startMs })
    const foreign = encodeSections(
      new Map([['gait@1', new Uint8Array(maxProfileBytes - whole.length + 200)]]),
    )
    const tight = foldProfile(foreign, events, { nowMs: startMs })
    expect(tight.length).toBeLessThanOrEqual(maxProfileBytes)
    const minutes = (profile: Uint8Array) => typingSlots(profile).flatMap((slot) => slot.minutes)
    expect(minutes(tight).length).toBeGreaterThan(40)
    expect(minutes(tight)).toEqual(minutes(whole).slice(-minutes(tight).length))
    expect(minutes(tight).length).toBeLessThan(minutes(whole).length)
  })
  it('makes room by dropping the oldest that waits, and is refused where that is not enough', () => {
    const events = Array.from({ length: 10 }, (_, day): OutcomeEvent => ({
      id: `evt_${day}`,
      atMs: startMs + day * dayMs,
      kind: 'passed',
      acr: 'newel:contact',
      features: extractFeatures(at(laptop(), startMs + day * dayMs)),
    }))
    const foreign = (length: number) => encodeSections(new Map([['gait@1', new Uint8Array(length)]]))
    const bare = foldProfile(undefined, events, { nowMs: startMs })
    const tight = foldProfile(foreign(maxProfileBytes - bare.length + 100), events, { nowMs: startMs })
    const waiting = decodeProfile(tight).pending.map(({ atMs }) => (atMs - startMs) / dayMs)
    expect(waiting).toEqual(Array.from({ length: waiting.length }, (_, i) => 10 - waiting.length + i))
    expect(waiting.length).toBeGreaterThan(5)
    expect(waiting.length).toBeLessThan(10)
    expect(() => foldProfile(foreign(maxProfileBytes - 40), events, { nowMs: startMs })).toThrow(
      ProfileFormatError,
    )
  })
})

describe('a token', () => {
  it('is never that of no value, and tells values apart', () => {
    expect(tokenOf(undefined)).toBe(0)
    expect(tokenOf('')).not.toBe(0)
    expect(tokenOf('JP')).not.toBe(tokenOf('PJ'))
    expect(tokenOf(17676)).toBe(tokenOf('17676'))
  })
})
