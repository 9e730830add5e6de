import type { CompiledPolicy, Facts } from '@newel/engine'
import { seededRandom } from '@newel/testkit'
import type { MethodName } from '@newel/protocol'
import { createHash } from 'node:crypto'
import { Failure, messageOf } from '../../failure.ts'
import { freeman, freemanChained } from '../freeman.ts'
import { createLoginMemory } from '../login-memory.ts'
import type { Learned, ModelLogin } from '../login-models.ts'
import { simple } from '../simple.ts'
import { createColumn } from './columns.ts'
import { createCounters } from './counters.ts'
import { createFactMaker, thumbprint } from './facts.ts'
import { attackerKinds, type AttackerKind, type Login } from './login.ts'
import type { Progress } from './progress.ts'
import { readLogins } from './read.ts'
import { after, decideOn } from './serve.ts'
import { createSpill } from './spill.ts'
import { createStates, type SubjectState } from './states.ts'
import {
  createTrials,
  largestShare,
  modelNames,
  type KeyStanding,
  type Run,
  type Trial,
  type Trials,
} from './trial.ts'

export interface RunOptions {
  readonly file: string
  readonly policy: CompiledPolicy
  readonly action: string
  readonly methods: readonly MethodName[]
  /** Good sign-ins of a subject that are learned from: all where the loop is on. */
  readonly learns: number
  /** How often a challenge is passed, 0 to 1. */
  readonly passes: { readonly genuine: number; readonly attacker: number }
  /** Whether the models beside ours are computed. */
  readonly models: boolean
  readonly progress: Progress
  /** Sees each owner's sign-in once it was learned. */
  readonly watch?: (subject: string, state: SubjectState, facts: Facts) => void
}

/** By the models beside ours. */
const scoresOf = (learned: Learned | undefined): Omit<Trial['scores'], 'newel'> => ({
  freeman: learned && freeman(learned),
  'freeman chained': learned && freemanChained(learned),
  simple: learned && simple(learned),
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
  const spill = createSpill()
  const states = createStates(spill)
  const counters = createCounters()
  const hash = createHash('sha256')
  const memory = options.models ? createLoginMemory(spill) : undefined
  const random = seededRandom(seed)
  const trialsOf = (): Trials => createTrials(options.models ? modelNames : ['newel'])
  const good = trialsOf()
  const attacks = Object.fromEntries(attackerKinds.map((kind) => [kind, trialsOf()])) as Record<
    AttackerKind,
    Trials
  >
  const names = new Map<number, string>()
  const rowsOfSubject = createColumn(Uint32Array)
  let rows = 0
  let failedRows = 0
  let firstMs = Infinity
  let lastMs = 0

  const one = async (login: Login): Promise<void> => {
    const { subject, ts_ms: nowMs, attacker } = login
    let state = states.get(subject)
    if (state.rows === 0) rowsOfSubject.push(0)
    state = { ...state, rows: state.rows + 1 }
    rowsOfSubject.set(state.index, state.rows)
    // Who has too large a share of all rows in the end has it at its own last row.
    if (state.rows > largestShare * rows) names.set(state.index, subject)
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
        ...scoresOf(memory?.find(seen)),
      },
    })
    const passed = random.next() < (attacker === undefined ? passes.genuine : passes.attacker)
    // The models beside ours are given the labels that no service has: only the owner's logins train them.
    if (attacker === undefined) memory?.learn(seen)
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
    spill.close()
  }
  if (rows === 0) throw new Failure(`${file} holds no logins.`)
  return {
    sha256: hash.digest('hex'),
    good,
    attacks,
    subjects: states.count,
    names,
    rowsOfSubject: rowsOfSubject.values(),
    rows,
    failedRows,
    firstMs,
    lastMs,
  }
}
