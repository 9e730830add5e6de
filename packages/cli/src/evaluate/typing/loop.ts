import {
  defaultAuditShare,
  distancesTo,
  extractFeatures,
  encodeText,
  foldProfile,
  thresholdOf,
  typingSlots,
  type Codes,
  type Facts,
  type OutcomeEvent,
  type Slot,
} from '@newel/engine'
import { seededRandom, type SeededRandom } from '@newel/testkit'
import type { Scores } from '../metrics/eer.ts'
import { codesOf, timeOf } from './engine.ts'
import type { TypingSample, TypingSubject } from './sample.ts'

/** How the loop is set: one configuration for all its figures. */
export interface LoopSettings {
  /** Repetitions that are typed under strong proof before it starts. */
  readonly enrolled: number
  /** First repetition that is counted. */
  readonly countedFrom: number
  /** Share of logins that are challenged whatever their evidence. */
  readonly audits: number
  /** Impostor attempts for each genuine login, unpractised; they are learned where they succeed. */
  readonly impostors: number
  /** Impostor attempts for each counted login that are scored and never learned. */
  readonly probes: number
  readonly passes: { readonly genuine: number; readonly impostor: number }
  /** `false`: every session that is let in counts as verified, so that nothing waits. For the bench row. */
  readonly anchors: boolean
}
export const shippedLoop: LoopSettings = {
  enrolled: 10,
  countedFrom: 201,
  audits: defaultAuditShare,
  impostors: 0.05,
  probes: 5,
  passes: { genuine: 0.97, impostor: 0.02 },
  anchors: true,
}
/** The row of the bench: nothing that makes a template hard to poison. */
export const bareLoop: LoopSettings = { ...shippedLoop, audits: 0, anchors: false }

const key = 'k'.repeat(43)
const unpractised = 5

/** A login of one device, on record since enrolment, by which only the typing differs. */
const factsOf = (codes: Codes, resolutionMs: number, nowMs: number): Facts => ({
  nowMs,
  device: { jkt: key, ephemeral: false, proven: true },
  network: {},
  client: {
    browser: 'Chrome',
    browserMajor: 140,
    os: 'Linux',
    osVersion: '',
    deviceType: 'desktop',
    contradicts: false,
  },
  behaviour: {
    source: 0,
    typing: {
      sinceMs: nowMs,
      fields: [
        {
          field: 'password',
          input: 'keys',
          resolutionUs: Math.max(1, Math.round(resolutionMs * 1000)),
          codes: encodeText(codes),
        },
      ],
    },
  },
  absent: {},
  counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
  flags: { receipt: 'valid', proof: 'valid', sessionKeyChanged: false },
})

export interface Verdict {
  /** Score over the live threshold: above 1 is challenged. */
  readonly ratio: number
  /** In nothing but this: whether it is challenged. */
  readonly challenged: boolean
}

/** One subject's account: the shipped fold behind, the live threshold in front. */
export interface Account {
  slot(): Slot
  ratio(codes: Codes): number
  /** A login as it ends: let in silently, or after a challenge that was passed or not. */
  login(codes: Codes, nowMs: number, passes: number): Verdict
  enrol(codes: Codes, nowMs: number): void
  /** The same account, to go on with apart. */
  fork(seed: number): Account
}

interface State {
  readonly settings: LoopSettings
  readonly random: SeededRandom
  readonly resolutionMs: number
  profile: Uint8Array | undefined
  events: number
  known?: { readonly profile: Uint8Array; readonly slot: Slot; readonly threshold: number } | undefined
}

function openAccount(state: State): Account {
  const { settings, random, resolutionMs } = state
  const know = () => {
    const profile = state.profile!
    if (state.known?.profile !== profile) {
      const slot = typingSlots(profile)[0]!
      state.known = { profile, slot, threshold: thresholdOf(slot) }
    }
    return state.known
  }
  const learn = (codes: Codes, nowMs: number, strong: boolean): void => {
    state.events += 1
    const event: OutcomeEvent = {
      id: `event-${state.events}`,
      atMs: nowMs,
      features: extractFeatures(factsOf(codes, resolutionMs, nowMs)),
      ...(strong ? { kind: 'passed', method: 'passkey', acr: 'phr' } : { kind: 'allowed' }),
    }
    state.profile = foldProfile(state.profile, [event], { nowMs })
  }
  const ratio = (codes: Codes): number => {
    const { slot, threshold } = know()
    const { score } = distancesTo(slot, codes)
    return score === undefined ? Infinity : score / threshold
  }
  return {
    slot: () => know().slot,
    ratio,
    enrol: (codes, nowMs) => learn(codes, nowMs, true),
    login(codes, nowMs, passes) {
      const found = ratio(codes)
      const challenged = found > 1 || random.next() < settings.audits
      if (!challenged) learn(codes, nowMs, !settings.anchors)
      else if (random.next() < passes) learn(codes, nowMs, true)
      return { ratio: found, challenged }
    },
    fork: (seed) => openAccount({ ...state, random: seededRandom(seed), known: undefined }),
  }
}

export interface LoopResult extends Scores {
  readonly name: string
  /** Share of counted genuine logins that were challenged, audits included. */
  readonly challenged: number
  /** Share of counted impostor probes that were let in silently. */
  readonly accepted: number
}

/** Position of a repetition within its session. */
function indexesOf(samples: readonly TypingSample[]): number[] {
  const counts = new Map<number, number>()
  return samples.map(({ session }) => {
    const index = counts.get(session) ?? 0
    counts.set(session, index + 1)
    return index
  })
}

export interface LoopRun {
  readonly result: LoopResult
  /** The account before the first counted login, and what the subject types from there. */
  readonly midway: Account
  readonly rest: readonly { readonly codes: Codes; readonly nowMs: number }[]
}

/** Enrols, then lets the subject and, now and then, impostors log in, repetition by repetition. */
export function runLoop(subjects: readonly TypingSubject[], at: number, settings: LoopSettings): LoopRun {
  const { samples, name } = subjects[at]!
  const random = seededRandom(1000 + at)
  const others = subjects.filter((_, i) => i !== at)
  const impostor = (): Codes => {
    const { samples: theirs } = others[random.below(others.length)]!
    return codesOf(theirs[random.below(Math.min(unpractised, theirs.length))]!)
  }
  const account = openAccount({
    settings,
    random,
    resolutionMs: samples[0]!.resolutionMs,
    profile: undefined,
    events: 0,
  })
  const indexes = indexesOf(samples)
  const timed = samples.map((sample, i) => ({
    codes: codesOf(sample),
    nowMs: timeOf(sample.session, indexes[i]!),
  }))
  const genuine: number[] = []
  const probes: number[] = []
  let challenged = 0
  let accepted = 0
  let midway = account
  let rest: LoopRun['rest'] = []
  for (const [i, { codes, nowMs }] of timed.entries()) {
    const repetition = i + 1
    if (repetition <= settings.enrolled) {
      account.enrol(codes, nowMs)
      continue
    }
    if (repetition === settings.countedFrom) {
      midway = account.fork(2000 + at)
      rest = timed.slice(i)
    }
    if (random.next() < settings.impostors)
      account.login(impostor(), nowMs - 60_000, settings.passes.impostor)
    if (repetition >= settings.countedFrom) {
      for (let probe = 0; probe < settings.probes; probe += 1) {
        const ratio = account.ratio(impostor())
        probes.push(ratio)
        if (ratio <= 1 && random.next() >= settings.audits) accepted += 1
      }
    }
    const verdict = account.login(codes, nowMs, settings.passes.genuine)
    if (repetition >= settings.countedFrom) {
      genuine.push(verdict.ratio)
      if (verdict.challenged) challenged += 1
    }
  }
  const result = {
    name,
    genuine,
    impostor: probes,
    challenged: challenged / genuine.length,
    accepted: accepted / probes.length,
  }
  return { result, midway, rest }
}
