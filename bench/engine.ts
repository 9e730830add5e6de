import {
  codesOf,
  compilePolicy,
  decide,
  distancesTo,
  extractFeatures,
  foldProfile,
  learnText,
  shippedBackground,
  shippedBackgroundVersion,
  shippedModel,
  shippedModelVersion,
  templateOf,
  type DecisionInput,
  type Facts,
  type OutcomeEvent,
  type Slot,
  type Template,
} from '@newel/engine'
import { action, tenant } from './assessments/setting.ts'
import { median } from './lib/statistics.ts'

export interface EngineSpeed {
  /** One reading and writing of a decision's record as JSON, in µs: what the others are measured by. */
  readonly referenceUs: number
  /** How many references one decision with a warm profile takes. */
  readonly decide: number
  /** How many references it takes to fold twelve events into a profile. */
  readonly fold: number
  /** How many references it takes to compare a typed text with a full template. */
  readonly typing: number
}

const nowMs = Date.UTC(2027, 0, 4, 9)
const dayMs = 86_400_000
const jkt = 'k'.repeat(43)

const facts: Facts = {
  nowMs,
  device: {
    jkt,
    ephemeral: false,
    proven: true,
    fingerprint: {
      library: '5.2.0',
      components: Object.fromEntries(
        ['architecture', 'audio', 'canvas', 'fonts', 'math', 'vendor'].map((name) => [
          name,
          name.padEnd(12, '_'),
        ]),
      ),
    },
    screen: { width: 1920, height: 1080, pixelRatioPercent: 100 },
  },
  network: { prefix: '198.51.100.0/24', address: 'a'.repeat(12), sameAddress: true },
  client: {
    browser: 'Chrome',
    browserMajor: 156,
    os: 'Linux',
    osVersion: '',
    deviceType: 'desktop',
    userAgent: 'u'.repeat(12),
    languages: 'de-DE,de,en',
    timezone: 'Europe/Berlin',
    offsetMinutes: 60,
    webdriver: false,
    contradicts: false,
  },
  absent: {},
  counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
  flags: { receipt: 'valid', proof: 'valid', sessionKeyChanged: false },
}

const events = Array.from({ length: 12 }, (_, index): OutcomeEvent => {
  const atMs = nowMs - (12 - index) * 2 * dayMs
  return {
    id: `event-${index}`,
    atMs,
    kind: 'passed',
    method: 'totp',
    acr: 'newel:otp',
    features: extractFeatures({ ...facts, nowMs: atMs }),
  }
})

function input(): DecisionInput {
  const compiled = compilePolicy(tenant.policy)
  if (!compiled.ok) throw new Error('the policy does not compile')
  return {
    question: { action, params: { to: 'Kofi Mensah', amount: '120.00' } },
    facts,
    subject: {
      id: 'person',
      createdInThisSession: false,
      profile: foldProfile(undefined, events, { nowMs }),
      profileVersion: 1,
      events: [],
    },
    grants: [{ id: 'grant', jkt, method: 'totp', acr: 'newel:otp', atMs: nowMs - dayMs }],
    demands: [],
    session: 's'.repeat(43),
    assurance: [],
    methods: [{ method: 'totp', acr: 'newel:otp' }],
    policy: compiled.policy,
    policyVersion: 'bench',
    model: shippedModel,
    modelVersion: shippedModelVersion,
    background: shippedBackground,
    backgroundVersion: shippedBackgroundVersion,
  }
}

/** Eleven keys, never twice alike: multiples of an irrational number are spread evenly. */
const typedCodes = (index: number) => {
  const spread = (key: number): number => ((index * 21 + key) * 0.6180339887498949) % 1
  return codesOf(
    Array.from({ length: 11 }, (_, key) => 80 + 40 * spread(key)),
    Array.from({ length: 10 }, (_, key) => 150 + 90 * spread(11 + key)),
  )
}

/** As many samples as a profile keeps of one text, a third of which wait. */
function fullTemplate(): Template {
  const kind = { field: 1, input: 0, resolution: 0, keys: 11 }
  const slots = Array.from({ length: 150 }).reduce<readonly Slot[]>(
    (state, _, index) =>
      learnText(state, {
        kind,
        codes: typedCodes(index),
        atMs: nowMs + index * 600_000,
        event: index,
        backing: index % 3 === 0 ? 'contact' : undefined,
      }),
    [],
  )
  return templateOf(slots[0]!)
}

const repeats = 400
const rounds = 25

/** Mean µs of one call, over some repeats. */
function time(work: () => unknown): number {
  const startedAt = performance.now()
  for (let index = 0; index < repeats; index++) work()
  return ((performance.now() - startedAt) * 1000) / repeats
}

/** Decides and folds in turn with the reference, so that a machine that slows down slows all of them. */
export function measureEngine(): EngineSpeed {
  const asked = input()
  const { record, decision } = decide(asked)
  if (decision !== 'allow') throw new Error(`the usual request has to be allowed, not: ${record}`)
  const reference = (): string => JSON.stringify(JSON.parse(record))
  const template = fullTemplate()
  const typed = typedCodes(1000)
  const times = Array.from({ length: rounds }, () => ({
    reference: time(reference),
    decide: time(() => decide(asked)),
    fold: time(() => foldProfile(undefined, events, { nowMs })),
    typing: time(() => distancesTo(template, typed)),
    // The first rounds compile.
  })).slice(5)
  return {
    referenceUs: median(times.map((each) => each.reference)),
    decide: median(times.map((each) => each.decide / each.reference)),
    fold: median(times.map((each) => each.fold / each.reference)),
    typing: median(times.map((each) => each.typing / each.reference)),
  }
}
