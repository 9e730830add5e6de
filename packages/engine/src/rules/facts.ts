import { acrLadder, levels, reasons } from '@newel/protocol'
import { groupNames } from '../evidence/groups.ts'
import { logistic } from '../math/logistic.ts'
import { toNats } from '../math/micro-nats.ts'
import type { Risk } from '../decide/risk.ts'
import { isProven, type Situation } from '../decide/situation.ts'
import { comparedSignals, signalsNotGiven } from '../signals/given.ts'

/** Type of a fact as CEL calls it. */
export type FactType = 'bool' | 'int' | 'double' | 'string' | 'list<string>'
export type FactValue = boolean | number | string | readonly string[]

/** All that a fact is read from: it stands in the assessment's record, or is computed from it. */
export interface FactSource {
  readonly situation: Situation
  /** Before any rule has spoken. */
  readonly risk: Risk
  /** Entries of the lists that are about this request. */
  readonly listed: readonly string[]
}

/** One fact that rules may read. */
export interface RuleFact {
  readonly type: FactType
  readonly about: string
  /** All values that it can have, or its elements, where they are few. */
  readonly values?: readonly string[]
  /** Not known of every request: a rule asks `has(…)` first. */
  readonly optional?: true
  read(source: FactSource): FactValue | undefined
}

const fact = <T extends RuleFact>(declaration: T): T => declaration

const dayMs = 86_400_000
/** Lists are cut to so many elements, so that no request makes a condition slow. */
const maxElements = 32

/** What rules read, by group and name. The CEL types, the table in the documentation and the JSON schema come from here. */
export const ruleFacts = {
  subject: {
    state: fact({
      type: 'string',
      about: 'How well the account is known.',
      values: ['anonymous', 'new', 'unseen', 'enrolling', 'known'],
      read: ({ situation }) => situation.state,
    }),
    acr: fact({
      type: 'string',
      about: 'Highest acr that the account has.',
      values: acrLadder,
      read: ({ situation }) => situation.highestAcr,
    }),
    demanded: fact({
      type: 'bool',
      about: 'An earlier decision of the last 24 hours asked for more and was not met.',
      read: ({ situation }) => situation.demand !== undefined,
    }),
  },
  device: {
    standing: fact({
      type: 'string',
      about:
        'How the device key of the request stands: on record by newel:otp or better and proven, on record by less and proven, neither though the account has keys, or no key on record at all.',
      values: ['strong', 'weak', 'unknown', 'none'],
      read: ({ situation }) => situation.key,
    }),
    proven: fact({
      type: 'bool',
      about: 'Receipt and proof are live: the request comes from the device key that observed.',
      read: ({ situation }) => isProven(situation.facts),
    }),
    ephemeral: fact({
      type: 'bool',
      about: 'The device key lives in memory only.',
      read: ({ situation }) => situation.facts.device.ephemeral,
    }),
  },
  network: {
    country: fact({
      type: 'string',
      about: 'Country of the address, ISO 3166-1 alpha-2.',
      optional: true,
      read: ({ situation }) => situation.facts.network.country,
    }),
    asn: fact({
      type: 'int',
      about: 'Number of the network operator.',
      optional: true,
      read: ({ situation }) => situation.facts.network.asn,
    }),
    prefix: fact({
      type: 'string',
      about: 'IPv4 /24 or IPv6 /48 of the address, such as "192.0.2.0/24".',
      optional: true,
      read: ({ situation }) => situation.facts.network.prefix,
    }),
    same_address: fact({
      type: 'bool',
      about: 'The browser reached Newel and the application from one network.',
      optional: true,
      read: ({ situation }) => situation.facts.network.sameAddress,
    }),
    city: fact({
      type: 'string',
      about: 'City that the database names.',
      optional: true,
      read: ({ situation }) => situation.facts.network.place?.city,
    }),
    region: fact({
      type: 'string',
      about: 'Region that the database names.',
      optional: true,
      read: ({ situation }) => situation.facts.network.place?.region,
    }),
    kinds: fact({
      type: 'list<string>',
      about: 'What the lists of addresses say that name the address; not known where the operator gave none.',
      values: ['blocked', 'tor', 'anonymiser', 'datacenter', 'mobile'],
      optional: true,
      read: ({ situation }) => situation.facts.network.listed?.map(({ kind }) => kind),
    }),
  },
  client: {
    browser: fact({
      type: 'string',
      about: 'Family of the browser, such as "Chrome"; "unknown" where no parser knows it.',
      read: ({ situation }) => situation.facts.client.browser,
    }),
    browser_major: fact({
      type: 'int',
      about: 'Major version of the browser; 0 where it is not known.',
      read: ({ situation }) => situation.facts.client.browserMajor,
    }),
    os: fact({
      type: 'string',
      about: 'Family of the system, such as "Windows".',
      read: ({ situation }) => situation.facts.client.os,
    }),
    kind: fact({
      type: 'string',
      about: 'Kind of device, as the client says.',
      values: ['desktop', 'mobile', 'tablet', 'bot', 'unknown'],
      read: ({ situation }) => situation.facts.client.deviceType,
    }),
    languages: fact({
      type: 'list<string>',
      about: 'Languages of the browser, first choice first; empty where they were not given.',
      read: ({ situation }) => situation.facts.client.languages?.split(',').slice(0, maxElements) ?? [],
    }),
    timezone: fact({
      type: 'string',
      about: 'IANA time zone, such as "Asia/Tokyo".',
      optional: true,
      read: ({ situation }) => situation.facts.client.timezone,
    }),
    webdriver: fact({
      type: 'bool',
      about: 'The browser says that a program drives it; false where it says nothing.',
      read: ({ situation }) => situation.facts.client.webdriver === true,
    }),
    contradicts: fact({
      type: 'bool',
      about: 'Header, client hints and page name different systems.',
      read: ({ situation }) => situation.facts.client.contradicts,
    }),
  },
  failures: {
    subject: fact({
      type: 'double',
      about: 'Failed sign-ins to the account lately, halved every hour.',
      read: ({ situation }) => situation.facts.counters.subjectFailures,
    }),
    device: fact({
      type: 'double',
      about: 'The same, from this device key.',
      read: ({ situation }) => situation.facts.counters.deviceFailures,
    }),
    prefix: fact({
      type: 'double',
      about: 'The same, from this network prefix.',
      read: ({ situation }) => situation.facts.counters.prefixFailures,
    }),
  },
  session: {
    idle_minutes: fact({
      type: 'int',
      about: 'Minutes since this session was last used; not known before there is one.',
      optional: true,
      read: ({ situation }) => situation.facts.session?.idleMinutes,
    }),
    others: fact({
      type: 'int',
      about: 'Other devices that use the account within the same half hour.',
      read: ({ situation }) => situation.facts.session?.others ?? 0,
    }),
  },
  request: {
    action: fact({
      type: 'string',
      about: 'Name of the action.',
      read: ({ situation }) => situation.action,
    }),
    receipt: fact({
      type: 'string',
      about: 'What the receipt is worth; "foreign" belongs to another account or session.',
      values: ['valid', 'absent', 'foreign'],
      read: ({ situation }) => situation.facts.flags.receipt,
    }),
    proof: fact({
      type: 'string',
      about: 'What the proof of possession is worth.',
      values: ['valid', 'absent', 'reused'],
      read: ({ situation }) => situation.facts.flags.proof,
    }),
    session_key_changed: fact({
      type: 'bool',
      about: 'The session was started with another device key.',
      read: ({ situation }) => situation.facts.flags.sessionKeyChanged,
    }),
    missing: fact({
      type: 'list<string>',
      about: 'Signals that were not given, whether their absence was stated or not.',
      values: comparedSignals,
      read: ({ situation }) => signalsNotGiven(situation.facts),
    }),
    lists: fact({
      type: 'list<string>',
      about: 'Entries of the lists, by id, that are about this request and have not expired.',
      read: ({ listed }) => listed,
    }),
  },
  time: {
    hour: fact({
      type: 'int',
      about: 'Hour of the day by the clock of the server in UTC, 0 to 23.',
      read: ({ situation }) => Math.floor((situation.facts.nowMs % dayMs) / 3_600_000),
    }),
    weekday: fact({
      type: 'int',
      about: 'Day of the week in UTC, 1 (Monday) to 7.',
      // 1970-01-01 was a Thursday.
      read: ({ situation }) => ((Math.floor(situation.facts.nowMs / dayMs) + 3) % 7) + 1,
    }),
  },
  risk: {
    level: fact({
      type: 'string',
      about: 'Band, before any rule has spoken.',
      values: levels,
      read: ({ risk }) => risk.level,
    }),
    score: fact({
      type: 'double',
      about: 'Probability of attack, 0 to 1.',
      read: ({ risk }) => logistic(toNats(risk.logOdds)),
    }),
    nats: fact({
      type: 'double',
      about: 'Sum of the evidence, positive towards somebody else.',
      read: ({ risk }) => toNats(risk.nats),
    }),
    reasons: fact({
      type: 'list<string>',
      about: 'Reason codes of the evidence that counts towards somebody else.',
      values: Object.keys(reasons),
      read: ({ risk }) => [...new Set(risk.counted.filter(({ micro }) => micro > 0).map(({ code }) => code))],
    }),
  },
  evidence: Object.fromEntries(
    groupNames.map((group) => [
      group,
      fact({
        type: 'double',
        about: `What the group "${group}" says, in nats.`,
        read: ({ risk }) => toNats(risk.groups[group]),
      }),
    ]),
  ),
} as const satisfies Readonly<Record<string, Readonly<Record<string, RuleFact>>>>

/** The same by full name, such as `network.country`. */
export const factsByName: ReadonlyMap<string, RuleFact> = new Map(
  Object.entries(ruleFacts).flatMap(([group, facts]) =>
    Object.entries(facts as Readonly<Record<string, RuleFact>>).map(
      ([name, declared]): [string, RuleFact] => [`${group}.${name}`, declared],
    ),
  ),
)
