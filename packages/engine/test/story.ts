import type { MethodName, Policy } from '@newel/protocol'
import type { AvailableMethod, DecisionOutput, Facts, NetworkFacts } from '../src/index.ts'
import {
  ask,
  at,
  createAccount,
  dayMs,
  digest,
  fold,
  hourMs,
  pass,
  policyOf,
  startMs,
  visit,
  withPasskey,
  type Account,
  type Asked,
} from './account.ts'

/** Where somebody is: what the connection shows, and what the clock of the client does. */
export interface Place {
  readonly network: NetworkFacts
  readonly timezone: string
  readonly offsetMinutes: number
}

function place(
  prefix: string,
  [asn, country]: readonly [number, string],
  [city, latitude, longitude, radiusKm]: readonly [string, number, number, number],
  [timezone, offsetMinutes]: readonly [string, number],
  more: Partial<NetworkFacts> = {},
): Place {
  const where = { latitude, longitude, radiusKm, city }
  const network = {
    prefix,
    address: digest(prefix.replaceAll(/\D/g, '')),
    asn,
    country,
    sameAddress: true,
    place: where,
  }
  return { network: { ...network, listed: [], ...more }, timezone, offsetMinutes }
}

const japan = ['Asia/Tokyo', 540] as const
const germany = ['Europe/Berlin', 60] as const
const mobile = { list: 'gateways', version: 'abc', kind: 'mobile', weightPercent: 100, ageDays: 1 } as const
const hosting = {
  list: 'hosting',
  version: 'abc',
  kind: 'datacenter',
  weightPercent: 80,
  ageDays: 1,
} as const

export const places = {
  home: place('198.51.100.0/24', [17676, 'JP'], ['Osaka', 34.69, 135.5, 10], japan),
  newFlat: place('192.0.2.0/24', [2516, 'JP'], ['Kobe', 34.69, 135.2, 10], japan),
  train: (tunnel: number): Place =>
    place(
      `100.64.${tunnel}.0/24`,
      [9605, 'JP'],
      [`Gateway ${tunnel % 2}`, 35 + (tunnel % 2), 137, 200],
      japan,
      {
        listed: [mobile],
      },
    ),
  airport: place('203.0.113.0/24', [3320, 'DE'], ['Frankfurt', 50.04, 8.56, 20], germany),
  /** The company's way out to the network is a data centre in another country; the client's clock stays at home. */
  companyVpn: place('198.18.7.0/24', [64512, 'SG'], ['Singapore', 1.35, 103.8, 50], japan, {
    listed: [hosting],
  }),
  far: place('198.19.9.0/24', [64500, 'BR'], ['São Paulo', -23.5, -46.6, 20], ['America/Sao_Paulo', -180]),
} as const

/** A device somewhere. */
export const on = (device: Facts, { network, timezone, offsetMinutes }: Place): Facts => ({
  ...device,
  network,
  client: { ...device.client, timezone, offsetMinutes },
})

/** Failed sign-ins that were counted lately. */
export const after = (
  facts: Facts,
  failures: { readonly account?: number; readonly device?: number; readonly prefix?: number },
): Facts => ({
  ...facts,
  counters: {
    subjectFailures: failures.account ?? 0,
    deviceFailures: failures.device ?? 0,
    prefixFailures: failures.prefix ?? 0,
  },
})

/** What the stories ask for: a look at the balance, and a transfer, where something is at stake. */
export const transfer: Asked = { action: 'transfer', params: { amount: '900.00' } }

/** One account and its time: events are folded as they come, and every decision is made by the engine's own functions. */
export interface Story {
  readonly account: Account
  nowMs: number
  /** Somebody uses the account about once a day, and passes what is asked. */
  lives(days: number, facts: (day: number) => Facts, by?: MethodName): void
  /** Decides, and nothing follows from it. */
  asks(facts: Facts, asked?: Asked): DecisionOutput
  /** Decides; who is asked passes by that method, and what came of it is learned. */
  visits(facts: Facts, by?: MethodName, asked?: Asked): DecisionOutput
  /** What was asked is passed by that method, by whomever. */
  passes(decision: DecisionOutput, facts: Facts, by: MethodName): void
  waits(hours: number): void
}

export function createStory(
  methods: readonly AvailableMethod[] = withPasskey,
  change: Partial<Policy> = {},
): Story {
  const account = createAccount(methods, policyOf(change))
  const story: Story = {
    account,
    nowMs: startMs,
    lives(days, facts, by = 'passkey') {
      for (let day = 0; day < days; day += 1) {
        const nowMs = story.nowMs + (day % 3) * 1.3 * hourMs
        visit(account, at(facts(day), nowMs), by)
        fold(account, nowMs)
        story.nowMs += dayMs
      }
    },
    asks: (facts, asked = {}) => ask(account, at(facts, story.nowMs), asked),
    visits(facts, by = 'passkey', asked = {}) {
      const decision = visit(account, at(facts, story.nowMs), by, asked)
      fold(account, story.nowMs)
      return decision
    },
    passes(decision, facts, by) {
      pass(account, decision, at(facts, story.nowMs), by)
      fold(account, story.nowMs)
    },
    waits(hours) {
      story.nowMs += hours * hourMs
    },
  }
  return story
}
