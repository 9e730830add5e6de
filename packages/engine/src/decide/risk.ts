import type { ActionDeclaration, Level, ReasonCode } from '@newel/protocol'
import { combine, type Combined } from '../evidence/combine.ts'
import type { Evidence } from '../evidence/groups.ts'
import { toMicroNats, type MicroNats } from '../math/micro-nats.ts'
import type { Model } from '../model/model.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import type { CompiledEntry } from '../rules/lists.ts'
import { signalsNotGiven } from '../signals/given.ts'
import type { Situation } from './situation.ts'

type RiskPolicy = Pick<CompiledPolicy, 'edges' | 'wantedSignals' | 'missingSignals'>

export interface Risk {
  readonly nats: MicroNats
  /** Base and evidence: what the score is made of. */
  readonly logOdds: MicroNats
  /** The same, but not below what cold start, floors and demands say: what the level is made of. */
  readonly effective: MicroNats
  readonly base: MicroNats
  readonly level: Level
  readonly reasons: readonly ReasonCode[]
  /** The evidence that was summed: all but what the allow list removes. */
  readonly counted: readonly Evidence[]
  readonly groups: Combined['groups']
}

/** Wanted signals that a valid envelope neither gave nor stated to be absent. */
export const missingSignals = ({ facts }: Situation, policy: RiskPolicy): readonly string[] =>
  facts.flags.receipt === 'valid'
    ? signalsNotGiven(facts).filter(
        (signal) => policy.wantedSignals.includes(signal) && facts.absent[signal] === undefined,
      )
    : []

/**
 * What is never calmer than unknown, whatever the sum says: each gives the lower edge of medium as the least log-odds.
 * Stakes shift the edges and not this, so that an action with stakes asks more of such a device.
 */
function mediumAtLeast(
  situation: Situation,
  stakes: MicroNats,
  policy: RiskPolicy,
  nats: MicroNats,
): readonly ReasonCode[] {
  const { state, key, facts } = situation
  const reasons: ReasonCode[] = []
  if (state === 'unseen') reasons.push('subject_unseen')
  if (state === 'enrolling' && (key === 'none' || key === 'unknown')) reasons.push('subject_enrolling')
  if (key === 'unknown') reasons.push('device_key_unknown')
  // Of who keeps no key, the rest has to speak for the person: where it does not, nobody was recognised by anything.
  if (state === 'known' && key === 'none' && nats > 0) reasons.push('device_key_unknown')
  // A mailed code can be relayed: what it put on record serves where nothing is at stake.
  if (key === 'weak' && stakes > 0) reasons.push('device_weakly_known')
  if (facts.flags.sessionKeyChanged) reasons.push('session_key_changed')
  if (facts.flags.receipt === 'foreign') reasons.push('receipt_replayed')
  if (facts.client.webdriver === true) reasons.push('webdriver')
  if (situation.evidence.some(({ code }) => code === 'travel_impossible')) reasons.push('travel_impossible')
  if (policy.missingSignals === 'stricter' && missingSignals(situation, policy).length > 0)
    reasons.push('signals_missing')
  return reasons
}

const levelOf = (logOdds: MicroNats, edges: RiskPolicy['edges'], stakes: MicroNats): Level => {
  if (logOdds >= edges.critical - stakes) return 'critical'
  if (logOdds >= edges.high - stakes) return 'high'
  return logOdds >= edges.medium - stakes ? 'medium' : 'low'
}

/** What an entry that allows removes: evidence that alarms. What calms stays, so that no entry makes anything worse. */
const counts = ({ code, micro }: Evidence, removed: ReadonlySet<ReasonCode>): boolean =>
  micro <= 0 || !removed.has(code)

/** Sums the evidence and finds the band; stakes shift the edges, never the score. */
export function assessRisk(
  situation: Situation,
  action: ActionDeclaration,
  policy: RiskPolicy,
  model: Model,
  entries: readonly CompiledEntry[],
): Risk {
  const base = toMicroNats(action.base_nats ?? model.baseNats)
  const stakes = toMicroNats(action.stakes_nats ?? 0)
  const keyProven = situation.key === 'strong' || situation.key === 'weak'
  const removed = new Set(entries.flatMap(({ removes }) => removes))
  const counted =
    removed.size === 0 ? situation.evidence : situation.evidence.filter((finding) => counts(finding, removed))
  const { nats, groups } = combine(counted, model.weights, keyProven)
  const logOdds = base + nats
  const lifted = new Set(entries.flatMap(({ removes, liftsFloors }) => (liftsFloors === true ? removes : [])))
  const floors = mediumAtLeast(situation, stakes, policy, nats).filter((code) => !lifted.has(code))
  const demanded = situation.demand === undefined ? -Infinity : base + toMicroNats(situation.demand.nats)
  const effective = Math.max(logOdds, floors.length > 0 ? policy.edges.medium : -Infinity, demanded)
  const level = levelOf(effective, policy.edges, stakes)
  return { nats, logOdds, effective, base, level, reasons: floors, counted, groups }
}

/** The same with a band that rules name as the least. */
export function raiseRisk(
  risk: Risk,
  least: Exclude<Level, 'low'>,
  action: ActionDeclaration,
  { edges }: RiskPolicy,
): Risk {
  const effective = Math.max(risk.effective, edges[least])
  return { ...risk, effective, level: levelOf(effective, edges, toMicroNats(action.stakes_nats ?? 0)) }
}
