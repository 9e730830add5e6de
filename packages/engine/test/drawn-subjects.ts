import fc from 'fast-check'
import { extractFeatures } from '../src/decide/features.ts'
import {
  codesOf,
  encodeText,
  type BehaviourFacts,
  type Facts,
  type Grant,
  type TypingFacts,
} from '../src/index.ts'
import { foldEvents } from '../src/profile/fold.ts'
import { emptyProfile, type Profile } from '../src/profile/profile.ts'
import { dayMs, digest, hourMs, key, laptop, startMs } from './account.ts'
import { observed, omit, type Observed } from './omissions.ts'

const places = [
  ['198.51.100.0/24', 'home', 17676, 'JP', 'Asia/Tokyo', 540],
  ['198.51.100.0/24', 'desk', 17676, 'JP', 'Asia/Tokyo', 540],
  ['192.0.2.0/24', 'cafe', 2516, 'JP', 'Asia/Tokyo', 540],
  ['203.0.113.0/24', 'else', 64500, 'BR', 'America/Sao_Paulo', -180],
  ['203.0.112.0/24', 'far', 64501, 'NO', 'Europe/Oslo', 60],
] as const
const clients = [
  ['Chrome', 'macOS', 'desktop', 'ja,en-US,en'],
  ['Firefox', 'Windows', 'desktop', 'ja,en-US,en'],
  ['Safari', 'iOS', 'mobile', 'ja-JP'],
  ['Chrome', 'Windows', 'desktop', 'pt-BR,pt'],
] as const
const screens = [
  { width: 1512, height: 982, pixelRatioPercent: 200 },
  { width: 1920, height: 1080, pixelRatioPercent: 100 },
  { width: 390, height: 844, pixelRatioPercent: 300 },
] as const
const ways: readonly BehaviourFacts[] = [
  {
    source: 1,
    freeText: { keys: 120, resolutionUs: 1000, values: [95, 130, 170, 140, 130, 170, 250, 40, 18] },
    pointer: { pointer: 'mouse', strokes: 12, values: [450, 500, 210, 960, 12, 25, 180, 85] },
    navigation: {
      pages: [11, 4000, 12, 9000],
      fields: [21, 900, 22, 1200],
      pasted: 0,
      returns: 0,
      absences: 0,
      flurries: 0,
    },
    automation: [40, 0, 0, 1, 6, 0, 0, 0],
  },
  {
    source: 2,
    freeText: { keys: 90, resolutionUs: 1000, values: [150, 230, 340, 320, 300, 330, 20, 120, 6] },
    pointer: { pointer: 'mouse', strokes: 9, values: [900, 240, 320, 700, 60, 80, 500, 140] },
    navigation: {
      pages: [11, 90, 15, 60],
      fields: [22, 30, 21, 20],
      pasted: 2,
      returns: 3,
      absences: 9,
      flurries: 1,
    },
    automation: [20, 20, 20, 20, 4, 4, 4, 4, 30, 30, 5],
  },
]
const names = ['fonts', 'canvas', 'screenResolution', 'osCpu', 'math', 'webGlBasics', 'platform'] as const

const index = (list: readonly unknown[]): fc.Arbitrary<number> => fc.nat({ max: list.length - 1 })
export const subset: fc.Arbitrary<readonly Observed[]> = fc.subarray([...observed])

/** Eight keys in one of three rhythms. */
const typed = (rhythm: number, jitter: readonly number[]): TypingFacts => ({
  sinceMs: startMs,
  fields: [
    {
      field: 'password',
      input: 'keys',
      resolutionUs: 100,
      codes: encodeText(
        codesOf(
          jitter.slice(0, 8).map((ms, i) => 70 + 15 * ((i * (rhythm + 2)) % 5) + ms / 2),
          jitter.slice(8).map((ms, i) => 120 + 60 * ((i * (rhythm + 1)) % 4) + ms),
        ),
      ),
    },
  ],
})

/** A session out of few values, so that people share some and not others. */
export const session = fc
  .record({
    place: index(places),
    zone: index(places),
    client: index(clients),
    language: index(clients),
    screen: index(screens),
    build: fc.array(fc.nat({ max: 2 }), { minLength: names.length, maxLength: names.length }),
    device: fc.nat({ max: 2 }),
    keyed: fc.boolean(),
    hour: fc.nat({ max: 167 }),
    way: fc.nat({ max: ways.length }),
    source: fc.nat({ max: 3 }),
    webdriver: fc.boolean(),
    contradicts: fc.boolean(),
    rhythm: fc.nat({ max: 2 }),
    jitter: fc.array(fc.nat({ max: 40 }), { minLength: 15, maxLength: 15 }),
    // Told by the server, and not by the page: neither can be left out.
    idleMinutes: fc.constantFrom(undefined, 5, 60, 700, 6000),
    others: fc.nat({ max: 6 }),
    failed: fc.nat({ max: 60 }),
    omitted: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, { arbitrary: subset, weight: 1 }),
  })
  .map((drawn): Facts => {
    const [prefix, address, asn, country] = places[drawn.place]!
    const [, , , , timezone, offsetMinutes] = places[drawn.zone]!
    const [browser, os, deviceType] = clients[drawn.client]!
    const base = laptop()
    const facts: Facts = {
      ...base,
      nowMs: startMs + drawn.hour * hourMs,
      device: {
        jkt: key(`d${drawn.device}`),
        ephemeral: !drawn.keyed,
        proven: true,
        fingerprint: {
          library: '5.0.1',
          components: Object.fromEntries(names.map((name, i) => [name, digest(`v${drawn.build[i]!}yz`)])),
        },
        screen: screens[drawn.screen]!,
      },
      network: { prefix, address: digest(address), asn, country, sameAddress: true },
      client: {
        ...base.client,
        browser,
        os,
        deviceType,
        languages: clients[drawn.language]![3],
        timezone,
        offsetMinutes,
        webdriver: drawn.webdriver,
        contradicts: drawn.contradicts,
      },
      behaviour: {
        ...ways[drawn.way],
        source: drawn.source,
        typing: typed(drawn.rhythm, drawn.jitter),
      },
      counters: { ...base.counters, crowds: { prefix: [drawn.failed, 3], device: [drawn.failed, 0] } },
      session: {
        ...(drawn.idleMinutes !== undefined && { idleMinutes: drawn.idleMinutes }),
        others: drawn.others,
      },
    }
    // Who did nothing on the page states it, as the SDK does.
    const undone =
      drawn.way < ways.length ? [] : (['free-text', 'pointer', 'navigation', 'automation'] as const)
    return omit(facts, [...drawn.omitted, ...undone])
  })

export interface Subject {
  readonly profile: Profile
  readonly grants: readonly Grant[]
  readonly sessions: readonly Facts[]
  readonly nowMs: number
}

/** A subject who passed a challenge, by mail or passkey, in each of these sessions, a day apart. */
export const subject = fc
  .array(fc.tuple(session, fc.constantFrom('email', 'passkey')), { minLength: 1, maxLength: 12 })
  .map((sessions): Subject => {
    const grants: Grant[] = []
    const events = sessions.map(([facts, method], day) => {
      const atMs = startMs + day * 9 * dayMs
      const acr = method === 'email' ? ('newel:contact' as const) : ('phr' as const)
      const named = method === 'email' ? ('email' as const) : ('passkey' as const)
      const id = `evt_${day}`
      if (!facts.device.ephemeral) grants.push({ id, jkt: facts.device.jkt!, method: named, acr, atMs })
      const features = extractFeatures({ ...facts, nowMs: atMs })
      return { id, atMs, kind: 'passed' as const, method: named, acr, features }
    })
    const nowMs = startMs + (sessions.length * 9 + 1) * dayMs
    return {
      profile: foldEvents(emptyProfile, events, { nowMs }),
      grants,
      sessions: sessions.map(([facts]) => facts),
      nowMs,
    }
  })
