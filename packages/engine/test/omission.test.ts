import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gatherEvidence } from '../src/decide/evidence.ts'
import { extractFeatures } from '../src/decide/features.ts'
import { isProven } from '../src/decide/situation.ts'
import { combine } from '../src/evidence/combine.ts'
import {
  codesOf,
  encodeText,
  shippedBackground,
  shippedModel,
  type BehaviourFacts,
  type Evidence,
  type Facts,
  type Grant,
  type TypingFacts,
} from '../src/index.ts'
import { foldEvents } from '../src/profile/fold.ts'
import { emptyProfile, withPending, type Profile } from '../src/profile/profile.ts'
import { grantsOf } from '../src/signals/grants.ts'
import { comparedSignals, type ComparedSignal } from '../src/signals/given.ts'
import { dayMs, digest, hourMs, key, laptop, startMs } from './account.ts'

/** What a page observes, and may leave out. The key is proven by signature and not observed: its lack is a floor. */
type Observed = Exclude<ComparedSignal, 'device-key'>

type Done = Exclude<keyof BehaviourFacts, 'source'>
const withoutDone =
  (name: Done) =>
  ({ behaviour, ...facts }: Facts): Facts => {
    if (behaviour === undefined) return facts
    const { [name]: _, ...rest } = behaviour
    return { ...facts, behaviour: rest }
  }

/** Facts without one signal, and the comparators that read it. */
const omissions: Readonly<
  Record<Observed, { readonly without: (facts: Facts) => Facts; readonly readBy: readonly string[] }>
> = {
  fingerprint: {
    without: ({ device: { fingerprint: _, ...device }, ...facts }) => ({ ...facts, device }),
    readBy: ['fingerprint@1'],
  },
  screen: {
    without: ({ device: { screen: _, ...device }, ...facts }) => ({ ...facts, device }),
    readBy: ['screen@1'],
  },
  language: {
    without: ({ client: { languages: _, ...client }, ...facts }) => ({ ...facts, client }),
    readBy: ['language@1'],
  },
  timezone: {
    without: ({ client: { timezone: _z, offsetMinutes: _o, ...client }, ...facts }) => ({ ...facts, client }),
    readBy: ['timezone@1', 'time@1'],
  },
  client: {
    without: ({ client: { webdriver: _, ...client }, ...facts }) => ({
      ...facts,
      client: { ...client, contradicts: false },
    }),
    readBy: ['webdriver@1', 'contradiction@1'],
  },
  typing: { without: withoutDone('typing'), readBy: ['typing@1', 'synthetic-typing@1'] },
  'free-text': { without: withoutDone('freeText'), readBy: ['free-text@1', 'automation@1'] },
  pointer: { without: withoutDone('pointer'), readBy: ['pointer@1', 'automation@1'] },
  navigation: { without: withoutDone('navigation'), readBy: ['navigation@1'] },
  automation: { without: withoutDone('automation'), readBy: ['automation@1'] },
}
const observed = Object.keys(omissions) as readonly Observed[]

it('every signal that is compared can be left out here', () => {
  expect([...observed, 'device-key'].sort()).toEqual([...comparedSignals].sort())
})

const omit = (facts: Facts, signals: readonly Observed[]): Facts => ({
  ...signals.reduce((rest, signal) => omissions[signal].without(rest), facts),
  absent: Object.fromEntries(signals.map((signal) => [signal, 'blocked'])),
})

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
const subset: fc.Arbitrary<readonly Observed[]> = fc.subarray([...observed])

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
const session = fc
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

interface Subject {
  readonly profile: Profile
  readonly grants: readonly Grant[]
  readonly sessions: readonly Facts[]
  readonly nowMs: number
}

/** A subject who passed a challenge, by mail or passkey, in each of these sessions, a day apart. */
const subject = fc
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

function evidenceOf({ profile, grants, nowMs }: Subject, facts: Facts) {
  const now = { ...facts, nowMs: nowMs + (facts.nowMs - startMs) }
  const shown = grantsOf(grants, now.device, isProven(now))
  const evidence = gatherEvidence({
    all: withPending(profile),
    facts: now,
    profile,
    background: shippedBackground,
    grants: shown,
    hasKeys: grants.length > 0,
  })
  return { evidence, keyProven: shown.length > 0 }
}
const natsOf = (evidence: readonly Evidence[], keyProven: boolean): number =>
  combine(evidence, shippedModel.weights, keyProven).nats
const score = (known: Subject, facts: Facts): number => {
  const { evidence, keyProven } = evidenceOf(known, facts)
  return natsOf(evidence, keyProven)
}

const copyDone =
  (name: Done) =>
  (into: Facts, { behaviour: from }: Facts): Facts =>
    from?.[name] === undefined
      ? into
      : { ...into, behaviour: { ...(into.behaviour ?? { source: from.source }), [name]: from[name] } }

/** Puts one signal of a session into another. */
const copies: Readonly<Record<Observed, (into: Facts, from: Facts) => Facts>> = {
  fingerprint: (into, { device: { fingerprint } }) => ({
    ...into,
    device: { ...into.device, ...(fingerprint && { fingerprint }) },
  }),
  screen: (into, { device: { screen } }) => ({
    ...into,
    device: { ...into.device, ...(screen && { screen }) },
  }),
  language: (into, { client: { languages } }) => ({
    ...into,
    client: { ...into.client, ...(languages !== undefined && { languages }) },
  }),
  timezone: (into, { client: { timezone, offsetMinutes } }) => ({
    ...into,
    client: { ...into.client, ...(timezone !== undefined && { timezone, offsetMinutes: offsetMinutes! }) },
  }),
  client: (into) => ({ ...into, client: { ...into.client, webdriver: false, contradicts: false } }),
  typing: copyDone('typing'),
  'free-text': copyDone('freeText'),
  pointer: copyDone('pointer'),
  navigation: copyDone('navigation'),
  automation: copyDone('automation'),
}

describe('leaving signals out', () => {
  it('never scores below the same session with the evidence of what is left out set to zero', () => {
    const some = fc.subarray([...observed], { minLength: 1 })
    fc.assert(
      fc.property(subject, session, some, (known, facts, signals) => {
        const { evidence, keyProven } = evidenceOf(known, facts)
        const silent = signals.flatMap((signal) => omissions[signal].readBy)
        const zeroed = evidence.filter(({ comparator }) => !silent.includes(comparator))
        const stated = Object.keys(facts.absent) as Observed[]
        const left = omit(facts, [...new Set([...stated, ...signals])])
        expect(score(known, left)).toBeGreaterThanOrEqual(natsOf(zeroed, keyProven))
      }),
      { numRuns: 400, seed: 4 },
    )
  }, 30_000)

  it('of a fingerprint, too: without some of its components it never calms more than with them, nor than without any', () => {
    fc.assert(
      fc.property(subject, session, fc.nat(), (known, facts, pick) => {
        const { fingerprint } = facts.device
        const own = known.sessions[pick % known.sessions.length]!.device.fingerprint
        fc.pre(fingerprint !== undefined && own !== undefined)
        // What agrees with one of the subject's own devices, and nothing else.
        const components = Object.fromEntries(
          Object.entries(fingerprint.components).filter(([name, value]) => own.components[name] === value),
        )
        const partly: Facts = {
          ...facts,
          device: { ...facts.device, fingerprint: { ...fingerprint, components } },
        }
        const { evidence, keyProven } = evidenceOf(known, facts)
        const zeroed = evidence.filter(({ comparator }) => comparator !== 'fingerprint@1')
        const least = Math.min(natsOf(evidence, keyProven), natsOf(zeroed, keyProven))
        expect(score(known, partly)).toBeGreaterThanOrEqual(least)
      }),
      { numRuns: 1000, seed: 4 },
    )
  }, 30_000)

  it('gains an attacker nothing, whatever the best subset, over what is typical of the subject and leaves out the same', () => {
    fc.assert(
      // There are too many subsets to try each on every attack.
      fc.property(
        subject,
        session,
        fc.array(subset, { minLength: 32, maxLength: 32 }),
        (known, attack, tried) => {
          for (const left of [[], observed, ...tried]) {
            const typical = score(known, omit(typicalOn(known, attack, left), left))
            expect(score(known, omit(attack, left))).toBeGreaterThanOrEqual(typical)
          }
        },
      ),
      { numRuns: 8, seed: 4 },
    )
  }, 30_000)
})

/** The attacker's connection, client and key, with the calmest of what the subject's own pages showed, signal by signal. */
function typicalOn(known: Subject, attack: Facts, left: readonly Observed[]): Facts {
  let typical = attack
  for (const signal of observed.filter((each) => !left.includes(each))) {
    for (const own of known.sessions) {
      const tried = copies[signal](typical, own)
      if (score(known, omit(tried, left)) < score(known, omit(typical, left))) typical = tried
    }
  }
  return typical
}
