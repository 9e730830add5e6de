import type { CompiledPolicy, Facts } from '@newel/engine'
import { seededRandom } from '@newel/testkit'
import type { MethodName } from '@newel/protocol'
import { createHash } from 'node:crypto'
import { Failure, messageOf } from '../../failure.ts'
import { createFreeman } from '../freeman.ts'
import type { LoginModel, ModelLogin } from '../login-models.ts'
import { createSimple } from '../simple.ts'
import { createCounters } from './counters.ts'
import { createFactMaker, thumbprint } from './facts.ts'
import { attackerKinds, type AttackerKind, type Login } from './login.ts'
import type { Progress } from './progress.ts'
import { readLogins } from './read.ts'
import { after, decideOn } from './serve.ts'
import { createStates, type SubjectState } from './states.ts'
import { createTrials, type KeyStanding, type ModelName, type Run, type Trials } from './trial.ts'

export interface RunOptions {
  readonly file: string
  readonly policy: CompiledPolicy
  readonly action: string
  readonly methods: readonly MethodName[]
  /** Good sign-ins of a subject that are learned from: all where the loop is on. */
  readonly learns: number
  /** How often a challenge is passed, 0 to 1. */
  readonly passes: { readonly genuine: number; readonly attacker: number }
  /** The models beside ours keep every login in memory. */
  readonly models: boolean
  readonly progress: Progress
  /** Sees each owner's sign-in once it was learned. */
  readonly watch?: (subject: string, state: SubjectState, facts: Facts) => void
}

type Factors = Readonly<Record<Exclude<ModelName, 'newel'>, LoginModel>>

const none: LoginModel = { score: () => undefined, learn: () => undefined }
const factors = (on: boolean): Factors => ({
  freeman: on ? createFreeman() : none,
  'freeman chained': on ? createFreeman({ form: 'chained' }) : none,
  simple: on ? createSimple() : none,
})

const seed = 20260101

/** The first parts of an address: /24 and /16, or /48 and /32, without the cost of facts for an attempt that failed. */
const partsOf = (ip: string, count: number): string =>
  ip
    .split(ip.includes(':') ? ':' : '.')
    .slice(0, count)
    .join('.')

const keyStandingOf = ({ grants }: SubjectState, { device }: Facts): KeyStanding =>
  grants.length === 0 ? 'none' : grants.some(({ jkt }) => jkt === device.jkt) ? 'recorded' : 'other'

/**
 * Every login of a file through the shipped engine, in order: failed ones are counted, others decided, answered as the pass
 * rates say, and learned.
 */
export async function runLogins(options: RunOptions): Promise<Run> {
  const { file, passes, progress } = options
  const makeFacts = await createFactMaker()
  const states = createStates()
  const counters = createCounters()
  const hash = createHash('sha256')
  const models = factors(options.models)
  const random = seededRandom(seed)
  const good = createTrials()
  const attacks = Object.fromEntries(attackerKinds.map((kind) => [kind, createTrials()])) as Record<
    AttackerKind,
    Trials
  >
  const names: string[] = []
  const rowsOfSubject: number[] = []
  let rows = 0
  let failedRows = 0
  let firstMs = Infinity
  let lastMs = 0

  const one = async (login: Login): Promise<void> => {
    const { subject, ts_ms: nowMs, attacker } = login
    let state = states.get(subject)
    if (state.rows === 0) names[state.index] = subject
    state = { ...state, rows: state.rows + 1 }
    rowsOfSubject[state.index] = state.rows
    const keys = {
      subject,
      device: login.device_key === undefined ? undefined : thumbprint(login.device_key),
      prefix: partsOf(login.ip, 3),
      client: `${partsOf(login.ip, 2)} ${login.user_agent}`,
      operator: login.asn,
    }
    if (!login.success) {
      failedRows += 1
      counters.fail(keys, nowMs)
      states.put(subject, state)
      return
    }
    const facts = await makeFacts(login, counters.read(keys, nowMs))
    const decision = decideOn(options, subject, state, facts)
    const { client } = facts
    const seen: ModelLogin = {
      subject,
      ip: login.ip,
      asn: login.asn,
      country: login.country,
      userAgent: login.user_agent,
      browser: `${client.browser} ${client.browserMajor}`,
      os: `${client.os} ${client.osVersion}`,
      deviceType: client.deviceType,
    }
    const trials = attacker === undefined ? good : attacks[attacker]
    trials.add({
      subject: state.index,
      nth: attacker === undefined ? state.logins + 1 : state.logins,
      verdict: decision.decision,
      key: keyStandingOf(state, facts),
      atMs: nowMs,
      scores: {
        newel: state.logins === 0 ? undefined : decision.nats,
        freeman: models.freeman.score(seen),
        'freeman chained': models['freeman chained'].score(seen),
        simple: models.simple.score(seen),
      },
    })
    const passed = random.next() < (attacker === undefined ? passes.genuine : passes.attacker)
    // The models beside ours are given the labels that no service has: only the owner's logins train them.
    if (attacker === undefined) for (const model of Object.values(models)) model.learn(seen)
    const next = state.logins < options.learns ? after(state, facts, decision, passed) : state
    if (decision.decision === 'challenge' && !passed) counters.fail(keys, nowMs)
    const logins = next.logins + (attacker === undefined ? 1 : 0)
    if (decision.decision === 'allow' || (decision.decision === 'challenge' && passed))
      counters.start(keys, nowMs)
    states.put(subject, { ...next, logins })
    if (attacker === undefined) options.watch?.(subject, { ...next, logins }, facts)
  }

  try {
    for await (const { login, line, share } of readLogins(file, hash)) {
      rows += 1
      firstMs = Math.min(firstMs, login.ts_ms)
      lastMs = login.ts_ms
      progress.at(share, rows)
      try {
        await one(login)
      } catch (error) {
        throw new Failure(`${file}, line ${line}: ${messageOf(error)}`, [], error)
      }
    }
  } finally {
    progress.end()
    states.close()
  }
  if (rows === 0) throw new Failure(`${file} holds no logins.`)
  return {
    sha256: hash.digest('hex'),
    good,
    attacks,
    names,
    rowsOfSubject,
    rows,
    failedRows,
    firstMs,
    lastMs,
  }
}
