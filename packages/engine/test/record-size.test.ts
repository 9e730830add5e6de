import { acrLadder, pageSignals } from '@newel/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decide,
  extractFeatures,
  maxRecordBytes,
  recompute,
  shippedModel,
  type Facts,
  type OutcomeEvent,
} from '../src/index.ts'
import { fingerprintComponentNames } from '../src/signals/fingerprint-components.ts'
import { at, inputOf, laptop, policyOf } from './account.ts'
import { account, anyFacts, asks, nowMs } from './any-facts.ts'

const utf8 = new TextEncoder()

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
})
