import fc from 'fast-check'
import { fingerprintComponentNames } from '../src/signals/fingerprint-components.ts'
import type { Facts } from '../src/index.ts'
import { key, usedFor, type Asked } from './account.ts'

/** Used for a month, with a passkey. */
export const { account, nowMs } = usedFor(30, 'passkey')

const anyText = (max: number) => fc.string({ maxLength: max, unit: 'binary' })
const anyNumbers = fc.array(
  fc.oneof(fc.nat(), fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e300)),
  { maxLength: 40 },
) /** Whatever anybody may claim. */
export const anyFacts: fc.Arbitrary<Facts> = fc.record({
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
export const asks: fc.Arbitrary<Asked> = fc.constantFrom<Asked>(
  { action: 'balance' },
  { action: 'transfer', params: { amount: '1' } },
  { action: 'sign-in', anonymous: true },
  { action: 'newel.enroll', params: { method: 'totp' } },
  { action: 'balance', require: { acr: 'phr', maxAgeSeconds: 30 } },
  { action: 'balance', createdInThisSession: true, assurance: [{ acr: 'phr', authTimeMs: nowMs - 1000 }] },
)
