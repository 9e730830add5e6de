import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decide,
  extractFeatures,
  featuresOfRecord,
  maxRecordBytes,
  recompute,
  shippedModel,
  type Facts,
  type OutcomeEvent,
} from '../src/index.ts'
import { acrLadder, pageSignals } from '@newel/protocol'
import { fingerprintComponentNames } from '../src/signals/fingerprint-components.ts'
import { ask, at, inputOf, key, laptop, phone, policyOf, stranger, usedFor, type Asked } from './account.ts'

const { account, nowMs } = usedFor(30, 'passkey')
const utf8 = new TextEncoder()

const anyText = (max: number) => fc.string({ maxLength: max, unit: 'binary' })
const anyNumbers = fc.array(
  fc.oneof(fc.nat(), fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e300)),
  { maxLength: 40 },
)
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  nowMs: fc.constant(nowMs),
  device: fc.record({
    jkt: fc.constantFrom(key('laptop'), key('phone'), key('zzz')),
    ephemeral: fc.boolean(),
    proven: fc.boolean(),
    fingerprint: fc.record({
      library: anyText(40),
      components: fc.dictionary(
        fc.oneof(fc.constantFrom(...fingerprintComponentNames), fc.stringMatching(/^[a-zA-Z]{1,40}$/)),
        fc.stringMatching(/^[A-Za-z0-9_-]{12}$/),
        { maxKeys: 64 },
      ),
    }),
    screen: fc.record({ width: fc.nat(), height: fc.nat(), pixelRatioPercent: fc.nat() }),
  }),
  network: fc.record({
    prefix: anyText(60),
    address: anyText(20),
    asn: fc.nat({ max: 4_294_967_295 }),
    country: fc.constantFrom('JP', 'DE', 'ZZ'),
    sameAddress: fc.boolean(),
    place: fc.record({
      latitude: fc.double(),
      longitude: fc.double({ min: -180, max: 180 }),
      radiusKm: fc.double(),
      region: anyText(40),
      city: anyText(40),
      serverKm: fc.double(),
    }),
    listed: fc.array(
      fc.record({
        list: fc.oneof(anyText(30), fc.stringMatching(/^[a-z0-9-]{1,24}$/)),
        version: fc.constantFrom('a1b2c3d4e5f6', ''),
        kind: fc.constantFrom('blocked' as const, 'tor' as const, 'anonymiser' as const, 'mobile' as const),
        weightPercent: fc.double(),
        ageDays: fc.double(),
      }),
      { maxLength: 9 },
    ),
    roundTripMs: fc.double(),
  }),
  client: fc.record({
    browser: anyText(120),
    browserMajor: fc.integer({ min: 0, max: 1e9 }),
    os: anyText(120),
    osVersion: anyText(120),
    deviceType: fc.constantFrom('desktop' as const, 'mobile' as const, 'bot' as const, 'unknown' as const),
    userAgent: anyText(40),
    languages: anyText(120),
    timezone: anyText(120),
    offsetMinutes: fc.integer({ min: -840, max: 840 }),
    webdriver: fc.boolean(),
    contradicts: fc.boolean(),
  }),
  behaviour: fc.record({
    source: fc.nat(),
    freeText: fc.record({ keys: fc.nat(), resolutionUs: fc.nat(), values: anyNumbers }),
    pointer: fc.record({
      pointer: fc.constantFrom('mouse' as const, 'touch' as const, 'pen' as const),
      strokes: fc.nat(),
      values: anyNumbers,
    }),
    navigation: fc.record({
      pages: anyNumbers,
      fields: anyNumbers,
      pasted: fc.nat(),
      returns: fc.nat(),
      absences: fc.nat(),
      flurries: fc.nat(),
    }),
    automation: anyNumbers,
  }),
  absent: fc.dictionary(
    fc.constantFrom('fingerprint', 'screen', 'timezone', 'language', 'client', 'device-key', 'page-timing'),
    fc.constantFrom('blocked' as const, 'timed_out' as const),
  ),
  counters: fc.record({
    subjectFailures: fc.double({ min: 0, max: 1e9, noNaN: true }),
    deviceFailures: fc.double({ min: 0, max: 1e9, noNaN: true }),
    prefixFailures: fc.double({ min: 0, max: 1e9, noNaN: true }),
    crowds: fc.dictionary(
      fc.constantFrom('prefix', 'client', 'operator', 'device', 'fingerprint'),
      fc.tuple(fc.double(), fc.double()),
    ),
  }),
  session: fc.record({ idleMinutes: fc.double(), others: fc.double() }),
  flags: fc.record({
    receipt: fc.constantFrom('valid' as const, 'absent' as const, 'foreign' as const),
    proof: fc.constantFrom('valid' as const, 'absent' as const, 'reused' as const),
    sessionKeyChanged: fc.boolean(),
  }),
})
const asks: fc.Arbitrary<Asked> = fc.constantFrom<Asked>(
  { action: 'balance' },
  { action: 'transfer', params: { amount: '1' } },
  { action: 'sign-in', anonymous: true },
  { action: 'newel.enroll', params: { method: 'totp' } },
  { action: 'balance', require: { acr: 'phr', maxAgeSeconds: 30 } },
  { action: 'balance', createdInThisSession: true, assurance: [{ acr: 'phr', authTimeMs: nowMs - 1000 }] },
)

const components = Object.fromEntries(fingerprintComponentNames.map((name) => [name, 'abcdefghijkl']))
const longText = { input: 'screen', resolutionUs: 149_999, codes: 'a'.repeat(106) } as const
const worst = (control: string): Facts => ({
  ...laptop(),
  behaviour: {
    source: 0xffffffff,
    typing: {
      sinceMs: nowMs,
      fields: ['f', 'g', 'h'].map((field) => ({ ...longText, field: field.repeat(32) })),
    },
    freeText: { keys: 1e9, resolutionUs: 1e9, values: Array<number>(99).fill(1e9) },
    pointer: { pointer: 'mouse', strokes: 1e9, values: Array<number>(99).fill(1e9) },
    navigation: {
      pages: Array<number>(99).fill(1e9),
      fields: Array<number>(99).fill(1e9),
      pasted: 1e9,
      returns: 1e9,
      absences: 1e9,
      flurries: 1e9,
    },
    automation: Array<number>(99).fill(1e9),
  },
  device: { ...laptop().device, fingerprint: { library: control, components } },
  network: {
    ...laptop().network,
    prefix: control,
    address: control,
    place: {
      latitude: -89.99,
      longitude: -179.99,
      radiusKm: 20_000,
      region: '🗻'.repeat(40),
      city: '日'.repeat(40),
    },
    listed: Array.from({ length: 9 }, (_, i) => ({
      list: `a-list-of-addresses-no-${i}`,
      version: 'a1b2c3d4e5f6',
      kind: 'datacenter' as const,
      weightPercent: 100,
      ageDays: 9999,
    })),
    roundTripMs: 65_534,
  },
  client: {
    ...laptop().client,
    browser: control,
    os: control,
    osVersion: control,
    userAgent: control,
    languages: control,
    timezone: control,
  },
  absent: Object.fromEntries(Object.keys(pageSignals).map((name) => [name, 'unsupported' as const])),
  counters: {
    subjectFailures: 0.1234567890123456,
    deviceFailures: 0.1234567890123456,
    prefixFailures: 1e9 / 3,
    crowds: Object.fromEntries(
      ['prefix', 'client', 'operator', 'device', 'fingerprint'].map((place) => [place, [9998.6, 9998.6]]),
    ),
    sensitiveActions: 0.1234567890123456,
    sessionStarts: 0.1234567890123456,
    sessionTimeouts: 0.1234567890123456,
  },
  session: { idleMinutes: 1e9, others: 1e9 },
})

/** A person whose behaviour is nothing like that. */
const usual: Facts = {
  ...laptop(),
  behaviour: {
    source: 1,
    typing: worst('x').behaviour!.typing!,
    freeText: { keys: 100, resolutionUs: 1e6, values: [100, 110, 120, 130, 140, 150, 10, 10, 10] },
    pointer: { pointer: 'mouse', strokes: 9, values: [100, 200, 300, 900, 5, 5, 5, 5] },
    navigation: {
      pages: [5, 1000, 6, 2000],
      fields: [7, 1000, 8, 900],
      pasted: 0,
      returns: 0,
      absences: 0,
      flurries: 0,
    },
    automation: [],
  },
}

describe('a record', () => {
  it('decides the same again to the last digit, from itself alone', () => {
    fc.assert(
      fc.property(anyFacts, asks, (facts, asked) => {
        const input = { ...inputOf(account, facts, asked), coin: () => 999_999 }
        const { record, ...verdicts } = decide(input)
        expect(recompute(record, { policy: input.policy, model: shippedModel })).toEqual(verdicts)
      }),
      { seed: 42, numRuns: 120 },
    )
  })
  it('has at most 8 KiB, whatever was claimed', () => {
    fc.assert(
      fc.property(anyFacts, asks, (facts, asked) => {
        const { record } = decide(inputOf(account, facts, asked))
        expect(utf8.encode(record).length).toBeLessThanOrEqual(maxRecordBytes)
      }),
      { seed: 43, numRuns: 120 },
    )
    for (const text of ['\u0000', 'x', '日', '\ud800'])
      expect(
        utf8.encode(decide(inputOf(account, worst(text.repeat(600)))).record).length,
      ).toBeLessThanOrEqual(maxRecordBytes)
  })
  it('fits too for the longest account, under the largest policy, and recomputes', () => {
    const action = 'a'.repeat(64)
    const rules = Array.from({ length: 32 }, (_, index) => ({
      id: `rule-${index}`.padEnd(32, 'x'),
      when: `params.amount != "${index}"`,
      then: { acr: 'phr' as const },
      reason: 'x',
      actions: [action],
    }))
    const declared = { params: { amount: { type: 'string' as const } } }
    const policy = policyOf({ actions: { [action]: declared }, rules, shadow: { rules } })
    const hash = 'A'.repeat(43)
    const asked = inputOf(account, worst('x'.repeat(600)), {
      action,
      params: { amount: '日'.repeat(1000) },
      session: hash,
      assurance: acrLadder.map((acr) => ({ acr, authTimeMs: nowMs })),
      require: { acr: 'phrh', maxAgeSeconds: 86_400 },
    })
    const input = {
      ...asked,
      coin: () => 999_999,
      subject: { ...asked.subject!, id: '日'.repeat(128) },
      demands: [{ action, acr: 'phrh', nats: 12.345678, atMs: nowMs, untilMs: nowMs + 1e9, session: hash }],
      policy,
      policyVersion: hash,
      modelVersion: hash,
      backgroundVersion: hash,
    } as const
    const { record, ...verdicts } = decide(input)
    expect(utf8.encode(record).length).toBeLessThanOrEqual(maxRecordBytes)
    expect(recompute(record, { policy, model: shippedModel })).toEqual(verdicts)

    // Of an account whose behaviour is known, with all that can be noticed at once.
    const claimed = worst('x'.repeat(600))
    const noticed: Facts = {
      ...claimed,
      device: { ...claimed.device, ephemeral: true, alike: { others: 9999, seen: 9999 } },
      network: {
        ...claimed.network,
        asn: 4_294_967_295,
        country: 'ZZ',
        sameAddress: false,
        listed: (['blocked', 'tor', 'anonymiser', 'datacenter', 'mobile'] as const).map((kind) => ({
          ...claimed.network.listed![0]!,
          kind,
        })),
      },
      client: { ...claimed.client, browserMajor: 999_999_999, webdriver: true, contradicts: true },
      counters: {
        ...claimed.counters,
        subjectFailures: 123.12345678901234,
        deviceFailures: 123.12345678901234,
        sensitiveActions: 123.12345678901234,
        sessionTimeouts: 123.12345678901234,
      },
      flags: { receipt: 'foreign', proof: 'reused', sessionKeyChanged: true },
    }
    const events = Array.from({ length: 20 }, (_, i): OutcomeEvent => {
      const { behaviour } = i === 19 ? claimed : usual
      const seen = at({ ...laptop(), behaviour: { ...behaviour, source: i } }, nowMs - (20 - i) * 43_200_000)
      const features = extractFeatures({ ...seen, session: { idleMinutes: 40, others: 0 } })
      return { id: `evt_${i}`, atMs: seen.nowMs, kind: 'passed', acr: 'phr', features }
    })
    const known = { ...input.subject, events: [...asked.subject!.events, ...events] }
    const full = decide({ ...input, facts: noticed, subject: known }).record
    const { evidence } = JSON.parse(full) as { evidence: unknown[] }
    expect(evidence.length).toBeGreaterThan(20)
    expect(utf8.encode(full).length).toBeLessThanOrEqual(maxRecordBytes)
  })
  it('holds integers of millionths for evidence, and the versions behind it', () => {
    const parsed = JSON.parse(ask(account, at(stranger(), nowMs)).record) as {
      evidence: [string, string, string, number, number][]
      versions: Record<string, unknown>
    }
    expect(parsed.evidence.length).toBeGreaterThan(5)
    expect(parsed.evidence.every(([, , , micro]) => Number.isSafeInteger(micro))).toBe(true)
    expect([...parsed.evidence].map(([id]) => id)).toEqual([...parsed.evidence].map(([id]) => id).sort())
    expect(parsed.versions).toEqual({
      engine: '1',
      policy: 'policy-1',
      model: 'shipped-2',
      background: 'shipped-2',
      profile: 1,
    })
  })
  it('under another policy says what that one would have decided', () => {
    const { record } = ask(account, at(phone(), nowMs))
    const lenient = policyOf({
      requirements: { low: 'allow', medium: 'allow', high: { acr: 'phr' }, critical: 'deny' },
    })
    expect(recompute(record, { policy: lenient, model: shippedModel }).decision).toBe('allow')
    const heavier = { ...shippedModel, weights: { ...shippedModel.weights, device: 1.5 } }
    expect(recompute(record, { policy: policyOf(), model: heavier }).nats).toBeGreaterThan(
      ask(account, at(phone(), nowMs)).nats,
    )
  })
  it('of another version, or of an action that is gone, is refused', () => {
    const { record } = ask(account, at(phone(), nowMs))
    const under = { policy: policyOf(), model: shippedModel }
    expect(() => recompute(record.replace('{"v":1,', '{"v":2,'), under)).toThrow(RangeError)
    expect(() => recompute(record, { ...under, policy: policyOf({ actions: {} }) })).toThrow(RangeError)
  })
  it('holds what there is to learn', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { record } = decide(inputOf(account, facts))
        expect(featuresOfRecord(record)).toEqual(JSON.parse(JSON.stringify(extractFeatures(facts))))
      }),
      { seed: 44, numRuns: 100 },
    )
  })
})

describe('features', () => {
  it('name a key only where it was proven', () => {
    expect(extractFeatures(laptop()).device.jkt).toBe(key('laptop'))
    expect(
      extractFeatures({ ...laptop(), device: { ...laptop().device, proven: false } }).device,
    ).not.toHaveProperty('jkt')
    expect(
      extractFeatures({ ...laptop(), flags: { ...laptop().flags, receipt: 'foreign' } }).device,
    ).not.toHaveProperty('jkt')
  })
  it('hold components that are compared and no others, by their first characters', () => {
    const facts: Facts = {
      ...laptop(),
      device: {
        ...laptop().device,
        fingerprint: {
          library: '5.0.1',
          components: { canvas: 'abcdefghijkl', unheardOf: 'abcdefghijkl', fonts: '$$$$' },
        },
      },
    }
    expect(extractFeatures(facts).device.fingerprint?.components).toEqual({ canvas: 'abcd' })
  })
})

describe('whatever is claimed', () => {
  it('a request without a proven key on record never calms by more than three nats', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const unknown: Facts = { ...facts, device: { ...facts.device, jkt: key('unknown') } }
        expect(decide(inputOf(account, unknown)).nats).toBeGreaterThanOrEqual(-3)
      }),
      { seed: 45, numRuns: 100 },
    )
  })
  it('the engine answers, with a probability for a score and three decisions', () => {
    fc.assert(
      fc.property(anyFacts, asks, (facts, asked) => {
        const { score, decision, reasons } = decide(inputOf(account, facts, asked))
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
        expect(['allow', 'challenge', 'deny']).toContain(decision)
        expect(new Set(reasons.map(({ code }) => code)).size).toBe(reasons.length)
      }),
      { seed: 46, numRuns: 100 },
    )
  })
})
