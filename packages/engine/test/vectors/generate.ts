// Writes packages/engine/vectors/engine.json anew. A change of it is a change of what the engine decides: say so, and give
// the engine a new version.
import { writeFileSync } from 'node:fs'
import * as engine from '@newel/engine'
import {
  ask,
  at,
  createAccount,
  dayMs,
  hourMs,
  inputOf as accountInput,
  key,
  laptop,
  phone,
  stranger,
  usedFor,
  withPasskey,
  type Account,
  type Asked,
} from '../account.ts'
import { bitsOf, mathOf, toHex, type DecisionVector, type Vectors } from './check.ts'
import { visits, watchedFor } from './watched.ts'

/** Mulberry32: equal numbers wherever the vectors are made. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const next = random(1)
const between = (low: number, high: number): number => low + (high - low) * next()
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

const samples: Record<string, number[][]> = {
  ln: [
    [0],
    [1],
    [2],
    [0.5],
    [1.0000000000000002],
    [0.9999999999999999],
    [5e-324],
    [2.2250738585072014e-308],
    [1.7976931348623157e308],
    ...times(60, () => [between(0, 3)]),
    ...times(30, () => [between(0, 1e9)]),
  ],
  exp: [
    [0],
    [1],
    [-1],
    [709.78],
    [-745],
    [-708.4],
    [1e-20],
    ...times(60, () => [between(-40, 40)]),
    ...times(30, () => [between(-740, 700)]),
  ],
  logistic: [[0], ...times(20, () => [between(-40, 40)])],
  pow: times(20, () => [between(0, 4), between(-30, 30)]),
  lnMixed: [
    [0.05, -40],
    [0.002, 0],
    [0.3, 36],
    [0.3, 37],
    ...times(30, () => [between(0, 1), between(-40, 40)]),
  ],
  tierNats: times(40, (i) => [i % 7, 8 + (i % 30), 1 + (i % 5), between(0.0001, 0.9), i % 3 === 0 ? 0.5 : 0]),
  hourProbability: times(7, (i) => [i * 25]),
  asnProbability: [[17676]],
}

const groups: engine.Group[] = ['device', 'network', 'client', 'time', 'behaviour', 'absence', 'attack']
const evidence: Vectors['evidence'] = times(60, (i) => {
  const found = times(i % 9, () => ({
    group: groups[Math.floor(next() * groups.length)]!,
    micro: Math.round(between(-12e6, 8e6)),
  }))
  const keyProven = i % 2 === 0
  return {
    evidence: found,
    keyProven,
    nats: engine.combine(found, engine.shippedModel.weights, keyProven).nats,
  }
})

const histories = [
  { name: 'a month by passkey', ...usedFor(30, 'passkey') },
  { name: 'three days by mail', ...usedFor(3, 'email') },
]
const watched = { name: 'twelve days of behaviour', ...watchedFor(12) }

function decision(name: string, account: Account, facts: engine.Facts, asked: Asked = {}): DecisionVector {
  const {
    policy,
    model: _m,
    modelVersion: _v,
    background: _b,
    backgroundVersion: _bv,
    subject,
    ...input
  } = accountInput(account, facts, asked)
  const stored = account.profile === undefined ? {} : { profile: toHex(account.profile) }
  const { profile: _profile, ...named } = subject ?? { id: '', createdInThisSession: false, events: [] }
  return {
    name,
    policy: policy.source,
    input: { ...input, ...(subject === undefined ? {} : { subject: { ...named, ...stored } }) },
    output: ask(account, facts, asked),
  }
}

/** The account after one more session by passkey, an hour ago, in Osaka. */
function sightedIn(account: Account, facts: engine.Facts, nowMs: number): Account {
  const place = { latitude: 34.69, longitude: 135.5, radiusKm: 20, city: 'Osaka' }
  const there = { ...at(facts, nowMs - hourMs), network: { ...facts.network, place, listed: [] } }
  const event: engine.OutcomeEvent = {
    id: 'evt_osaka',
    atMs: there.nowMs,
    kind: 'passed',
    method: 'passkey',
    acr: 'phr',
    features: engine.extractFeatures(there),
  }
  return { ...account, events: [...account.events, event] }
}

const transfer: Asked = { action: 'transfer', params: { amount: '9000.00' } }
const decisions = [
  decision('unseen', createAccount(), laptop()),
  decision('new', createAccount(), laptop(), { createdInThisSession: true }),
  decision('anonymous', createAccount(), laptop(), { anonymous: true }),
  ...histories.flatMap(({ name, account, nowMs }) => {
    const here = at(laptop(), nowMs)
    const own = { ...account, methods: withPasskey }
    return [
      decision(`${name}: usual device`, own, here),
      decision(`${name}: large transfer`, own, here, transfer),
      decision(`${name}: new phone`, own, at(phone(), nowMs + 3 * hourMs)),
      decision(`${name}: stranger`, own, at(stranger(), nowMs + 17 * hourMs)),
      decision(`${name}: two places at once, and lists`, sightedIn(own, here, nowMs), {
        ...at(stranger(), nowMs),
        network: {
          ...stranger().network,
          place: { latitude: -23.55, longitude: -46.63, radiusKm: 20, city: 'São Paulo', serverKm: 18_500 },
          listed: [{ list: 'abuse', version: 'f00d', kind: 'blocked', weightPercent: 80, ageDays: 3 }],
          roundTripMs: 290,
        },
      }),
      decision(`${name}: stuffing`, own, {
        ...at(stranger(), nowMs),
        counters: { subjectFailures: 8.5, deviceFailures: 20.25, prefixFailures: 311.125 },
      }),
      decision(`${name}: spray, many devices at once, and an idle session`, own, {
        ...here,
        counters: {
          subjectFailures: 0.5,
          deviceFailures: 1,
          prefixFailures: 60.5,
          crowds: {
            prefix: [80, 4],
            client: [90.5, 0],
            operator: [240, 100],
            device: [9, 1],
            fingerprint: [30, 2],
          },
          sessionStarts: 6.25,
        },
        session: { idleMinutes: 840, others: 9 },
      }),
      decision(`${name}: copied fingerprint`, own, {
        ...here,
        device: { ...here.device, jkt: key('thief') },
      }),
      decision(`${name}: stolen cookie`, own, {
        ...here,
        device: { ...here.device, jkt: key('thief') },
        flags: { ...here.flags, sessionKeyChanged: true },
      }),
      decision(`${name}: no envelope`, own, {
        ...here,
        device: { ephemeral: false, proven: false },
        flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false },
      }),
      decision(`${name}: session assurance`, own, at(phone(), nowMs), {
        assurance: [{ acr: 'newel:contact', authTimeMs: nowMs - hourMs }],
      }),
      decision(
        `${name}: demand`,
        {
          ...own,
          demands: [
            {
              action: 'balance',
              acr: 'phr',
              nats: 2.5,
              atMs: nowMs - hourMs,
              untilMs: nowMs + dayMs,
              session: 'session-1',
            },
          ],
        },
        here,
      ),
      decision(
        `${name}: events not folded yet`,
        { ...own, profile: undefined, events: [...account.log] },
        here,
      ),
    ]
  }),
  ...visits(watched.nowMs).map(([name, facts]) =>
    decision(`${watched.name}: ${name}`, watched.account, facts),
  ),
]

const math = mathOf(engine)
const vectors: Vectors = {
  math: Object.entries(samples).flatMap(([fn, all]) =>
    all.map((args) => ({ fn, args: args.map(bitsOf), result: bitsOf(math[fn]!(...args)) })),
  ),
  evidence,
  profiles: [...histories, watched].map(({ name, account, nowMs }) => ({
    name,
    nowMs,
    events: account.log,
    profile: toHex(engine.foldProfile(undefined, account.log, { nowMs })),
  })),
  decisions,
}

/** One vector a line: a difference then shows which. */
const lines = (entries: readonly unknown[]): string =>
  entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')
const text = Object.entries(vectors)
  .map(([name, entries]) => `  ${JSON.stringify(name)}: [\n${lines(entries as readonly unknown[])}\n  ]`)
  .join(',\n')
writeFileSync(new URL('../../vectors/engine.json', import.meta.url), `{\n${text}\n}\n`)
