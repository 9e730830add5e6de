import type { Acr, MethodName, Params, Policy } from '@newel/protocol'
import {
  compilePolicy,
  decide,
  defaultPolicy,
  featuresOfRecord,
  foldProfile,
  shippedBackground,
  shippedBackgroundVersion,
  shippedModel,
  shippedModelVersion,
  type Assurance,
  type AvailableMethod,
  type CompiledPolicy,
  type DecisionInput,
  type DecisionOutput,
  type Demand,
  type Facts,
  type Grant,
  type OutcomeEvent,
} from '../src/index.ts'

/** Tuesday 2026-03-03, 09:00 UTC. */
export const startMs = Date.UTC(2026, 2, 3, 9)
export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export const digest = (seed: string): string => (seed + '____________').slice(0, 12)
export const key = (name: string): string => (name + 'A'.repeat(43)).slice(0, 43)

const componentsOf = (build: string): Record<string, string> =>
  Object.fromEntries(
    [
      'fonts',
      'audio',
      'canvas',
      'screenResolution',
      'hardwareConcurrency',
      'deviceMemory',
      'platform',
      'webGlBasics',
      'webGlExtensions',
      'math',
      'timezone',
      'languages',
      'plugins',
      'touchSupport',
    ].map((name, i) => [name, digest(`${build}${i.toString(36)}xy`.slice(-4).padStart(4, build[0] ?? 'x'))]),
  )

/** A laptop at home in Osaka, with its device key proven. */
export function laptop(): Facts {
  return {
    nowMs: startMs,
    device: {
      jkt: key('laptop'),
      ephemeral: false,
      proven: true,
      fingerprint: { library: '5.0.1', components: componentsOf('L') },
      screen: { width: 1512, height: 982, pixelRatioPercent: 200 },
    },
    network: {
      prefix: '198.51.100.0/24',
      address: digest('home'),
      asn: 17676,
      country: 'JP',
      sameAddress: true,
    },
    client: {
      browser: 'Chrome',
      browserMajor: 140,
      os: 'macOS',
      osVersion: '15',
      deviceType: 'desktop',
      languages: 'ja,en-US,en',
      timezone: 'Asia/Tokyo',
      offsetMinutes: 540,
      webdriver: false,
      contradicts: false,
    },
    absent: {},
    counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
    flags: { receipt: 'valid', proof: 'valid', sessionKeyChanged: false },
  }
}

/** A new phone: another key, another build, another kind of client; the same person. */
export function phone(): Facts {
  const base = laptop()
  return {
    ...base,
    device: {
      jkt: key('phone'),
      ephemeral: false,
      proven: true,
      fingerprint: { library: '5.0.1', components: componentsOf('P') },
      screen: { width: 390, height: 844, pixelRatioPercent: 300 },
    },
    client: {
      ...base.client,
      browser: 'Safari',
      browserMajor: 26,
      os: 'iOS',
      osVersion: '26',
      deviceType: 'mobile',
      languages: 'ja-JP',
    },
  }
}

/** Somebody else on the other side of the world, with a machine of their own. */
export function stranger(): Facts {
  const base = laptop()
  return {
    ...base,
    device: {
      jkt: key('stranger'),
      ephemeral: false,
      proven: true,
      fingerprint: { library: '5.0.1', components: componentsOf('S') },
      screen: { width: 1920, height: 1080, pixelRatioPercent: 100 },
    },
    network: {
      prefix: '203.0.113.0/24',
      address: digest('else'),
      asn: 64500,
      country: 'BR',
      sameAddress: true,
    },
    client: {
      ...base.client,
      browser: 'Chrome',
      browserMajor: 139,
      os: 'Windows',
      osVersion: '10',
      languages: 'pt-BR,pt',
      timezone: 'America/Sao_Paulo',
      offsetMinutes: -180,
    },
  }
}

export const at = (facts: Facts, nowMs: number): Facts => ({ ...facts, nowMs })

export const policyOf = (change: Partial<Policy> = {}): CompiledPolicy => {
  const compiled = compilePolicy({
    ...defaultPolicy,
    actions: {
      'sign-in': { params: 'none', starts_session: true },
      balance: { params: 'none' },
      transfer: { params: { amount: { type: 'string' } }, once: true, stakes_nats: 4 },
    },
    ...change,
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors))
  return compiled.policy
}

export const mailOnly: readonly AvailableMethod[] = [{ method: 'email', acr: 'newel:contact' }]
export const withPasskey: readonly AvailableMethod[] = [...mailOnly, { method: 'passkey', acr: 'phr' }]

export interface Asked {
  readonly action?: string
  readonly params?: Params
  readonly session?: string
  readonly createdInThisSession?: boolean
  readonly assurance?: readonly Assurance[]
  readonly require?: { readonly acr?: Acr; readonly maxAgeSeconds?: number }
  readonly anonymous?: boolean
}

/** One account as a server keeps it: profile, grants, demands. */
export interface Account {
  grants: Grant[]
  demands: Demand[]
  events: OutcomeEvent[]
  profile: Uint8Array | undefined
  methods: readonly AvailableMethod[]
  policy: CompiledPolicy
  /** What the account's events were, for folds from the start. */
  readonly log: OutcomeEvent[]
}

export const createAccount = (
  methods: readonly AvailableMethod[] = mailOnly,
  policy: CompiledPolicy = policyOf(),
): Account => ({ grants: [], demands: [], events: [], profile: undefined, methods, policy, log: [] })

export const inputOf = (account: Account, facts: Facts, asked: Asked = {}): DecisionInput => ({
  question: {
    action: asked.action ?? 'balance',
    params: asked.params ?? {},
    ...(asked.require && { require: asked.require }),
  },
  facts,
  ...(asked.anonymous === true
    ? {}
    : {
        subject: {
          id: 'user-1',
          createdInThisSession: asked.createdInThisSession ?? false,
          profile: account.profile,
          profileVersion: 1,
          events: account.events,
        },
      }),
  grants: account.grants,
  demands: account.demands,
  session: asked.session ?? 'session-1',
  assurance: asked.assurance ?? [],
  methods: account.methods,
  policy: account.policy,
  policyVersion: 'policy-1',
  model: shippedModel,
  modelVersion: shippedModelVersion,
  background: shippedBackground,
  backgroundVersion: shippedBackgroundVersion,
})

export const ask = (account: Account, facts: Facts, asked: Asked = {}): DecisionOutput =>
  decide(inputOf(account, facts, asked))

const acrOf: Record<MethodName, Acr> = { email: 'newel:contact', totp: 'newel:otp', passkey: 'phr' }

export function remember(account: Account, event: OutcomeEvent): void {
  account.events.push(event)
  account.log.push(event)
}

/** The person passed a challenge of this decision: the key goes on record, the outcome is an event. */
export function pass(account: Account, decision: DecisionOutput, facts: Facts, method: MethodName): void {
  const id = `evt_${account.log.length}`
  const acr = acrOf[method]
  if (facts.device.jkt !== undefined && !facts.device.ephemeral) {
    account.grants.push({
      id: `grt_${id}`,
      jkt: facts.device.jkt,
      method,
      acr,
      challenge: `chl_${id}`,
      atMs: facts.nowMs,
    })
  }
  remember(account, {
    id,
    atMs: facts.nowMs,
    kind: 'passed',
    method,
    acr,
    features: featuresOfRecord(decision.record),
  })
}

/** A visit as the server serves it: decide, pass what is asked by the method given, learn. */
export function visit(
  account: Account,
  facts: Facts,
  method: MethodName = 'email',
  asked: Asked = {},
): DecisionOutput {
  const decision = ask(account, facts, asked)
  if (decision.decision === 'challenge' && decision.required?.methods.includes(method))
    pass(account, decision, facts, method)
  else if (decision.decision === 'allow') {
    remember(account, {
      id: `evt_${account.log.length}`,
      atMs: facts.nowMs,
      kind: 'allowed',
      features: featuresOfRecord(decision.record),
    })
  }
  return decision
}

export function fold(account: Account, nowMs: number): void {
  account.profile = foldProfile(account.profile, account.events, { nowMs })
  account.events = []
}

/** An account that has been used on this device, about once a day, for so many days. */
export function usedFor(
  days: number,
  method: MethodName,
  facts: Facts = laptop(),
): { account: Account; nowMs: number } {
  const account = createAccount(method === 'passkey' ? withPasskey : mailOnly)
  let nowMs = startMs
  for (let day = 0; day < days; day += 1) {
    nowMs = startMs + day * dayMs + (day % 3) * 1.3 * hourMs
    visit(account, at(facts, nowMs), method)
    fold(account, nowMs)
  }
  return { account, nowMs: nowMs + dayMs }
}

export const codes = (decision: DecisionOutput): string[] => decision.reasons.map(({ code }) => code)
