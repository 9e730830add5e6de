import type { Acr, ActionDeclaration, Decision, ReasonCode } from '@newel/protocol'
import { deliberate, type Judgement } from '../decide/judge.ts'
import type { Situation } from '../decide/situation.ts'
import type { Model } from '../model/model.ts'
import type { CompiledPolicy } from '../policy/types.ts'

/** All that a judgement is made of. */
export interface Grounds {
  readonly situation: Situation
  readonly action: ActionDeclaration
  readonly policy: CompiledPolicy
  readonly model: Model
}

/** What would have been decided, had one thing been otherwise. */
export interface Change {
  /** The reason that would be gone, or what would have to be given. */
  readonly without?: string
  readonly with?: 'signals' | 'proof'
  readonly decision: Decision
  /** What would have been asked, or held. */
  readonly acr: Acr
}

const judged = ({ situation, action, policy, model }: Grounds): Judgement =>
  deliberate(situation, action, policy, model)

/** The same, had a reason of the evidence or a floor of Newel not counted. */
const withoutReason = (grounds: Grounds, code: ReasonCode): Grounds => {
  const entry = {
    id: '',
    kind: 'allow' as const,
    match: {},
    untilMs: Infinity,
    removes: [code],
    liftsFloors: true as const,
    source: { id: '', match: {}, author: '', reason: '', expires: '' },
  }
  return { ...grounds, policy: { ...grounds.policy, entries: [...grounds.policy.entries, entry] } }
}

function withoutFlag({ situation, ...grounds }: Grounds, code: string): Grounds {
  const { flags } = situation.facts
  const changed =
    code === 'session_key_changed'
      ? { ...flags, sessionKeyChanged: false }
      : { ...flags, receipt: flags.receipt === 'foreign' ? ('absent' as const) : flags.receipt }
  return { ...grounds, situation: { ...situation, facts: { ...situation.facts, flags: changed } } }
}

/** The same without what spoke under a reason; nothing where that cannot be taken away. */
function without(grounds: Grounds, reason: string): Grounds | undefined {
  const { situation, action, policy } = grounds
  if (reason.startsWith('rule:')) {
    const id = reason.slice(5)
    return { ...grounds, policy: { ...policy, rules: policy.rules.filter((rule) => rule.id !== id) } }
  }
  if (reason.startsWith('list:')) {
    const id = reason.slice(5)
    return { ...grounds, policy: { ...policy, entries: policy.entries.filter((entry) => entry.id !== id) } }
  }
  switch (reason) {
    case 'caller_requirement':
      return { ...grounds, situation: { ...situation, require: {} } }
    case 'sticky_demand': {
      const { demand: _demand, ...free } = situation
      return { ...grounds, situation: free }
    }
    case 'random_audit': {
      const { coin: _coin, ...undrawn } = situation
      return { ...grounds, situation: undrawn }
    }
    case 'action_floor': {
      const { floor: _floor, ...bare } = action
      return { ...grounds, action: bare }
    }
    case 'session_key_changed':
    case 'receipt_replayed':
      return withoutFlag(grounds, reason)
    default:
      return undefined
  }
}

/** Each thing without which, or with which, the decision would have been another, or would have asked for another acr. */
export function changesOf(grounds: Grounds, now: Judgement): readonly Change[] {
  const changes: Change[] = []
  const consider = (what: Pick<Change, 'without' | 'with'>, other: Grounds): void => {
    const { found } = judged(other)
    if (found.decision === now.found.decision && found.acr === now.found.acr) return
    changes.push({ ...what, decision: found.decision, acr: found.acr })
  }
  const codes = new Set<ReasonCode>([
    ...now.risk.counted.filter(({ micro }) => micro > 0).map(({ code }) => code),
    ...now.risk.reasons,
  ])
  for (const reason of new Set(now.merged.voices.map((voice) => voice.reason))) {
    const other = without(grounds, reason)
    if (other === undefined) continue
    codes.delete(reason as ReasonCode)
    consider({ without: reason }, other)
  }
  for (const code of codes) consider({ without: code }, withoutReason(grounds, code))
  const { situation } = grounds
  const { facts } = situation
  if (now.found.problem === 'signals_required') {
    const device = { ...facts.device, jkt: facts.device.jkt ?? '', proven: true }
    const flags = { ...facts.flags, receipt: 'valid' as const, proof: 'valid' as const }
    consider(
      { with: 'signals' },
      { ...grounds, situation: { ...situation, facts: { ...facts, device, flags } } },
    )
  }
  if (now.found.problem === 'insufficient_user_authentication') {
    const fresh = { acr: now.found.acr, authTimeMs: facts.nowMs }
    consider(
      { with: 'proof' },
      { ...grounds, situation: { ...situation, assurance: [...situation.assurance, fresh] } },
    )
  }
  return changes
}
