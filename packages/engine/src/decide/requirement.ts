import {
  acrSatisfies,
  strongerAcr,
  type Acr,
  type ActionDeclaration,
  type MethodName,
  type ReasonCode,
} from '@newel/protocol'
import { isBuiltIn } from '../policy/actions.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import type { CompiledEntry } from '../rules/lists.ts'
import { speaks, type RuleVerdict } from '../rules/rules.ts'
import { askedBy, denied, defaultMaxAgeSeconds, nothingAsked, stricter, type Asked } from './asked.ts'
import { missingSignals, type Risk } from './risk.ts'
import type { Situation } from './situation.ts'

/** A reason of the list, or the rule or entry of the policy that gave one. */
export type GivenReason = ReasonCode | `rule:${string}` | `list:${string}`

/** The strictest of all verdicts. */
export interface Merged extends Asked {
  /** What the policy's rule for subjects who cannot meet a requirement must not go below: acr and methods. */
  readonly unyielding: Pick<Asked, 'acr' | 'methods'>
  readonly voices: readonly Voice[]
}

/** What one verdict asks, under the reason that the decision gives. */
export interface Voice {
  readonly reason: GivenReason
  readonly asks: Asked
  /** A floor, or from outside the policy: `unmet` does not soften it. */
  readonly unyielding?: true
}

/** What the policy's own rules and lists said of a request. */
export interface PolicySaid {
  readonly verdicts: readonly RuleVerdict[]
  readonly entries: readonly CompiledEntry[]
}

function policyVoices(
  { rules }: Pick<CompiledPolicy, 'rules'>,
  { verdicts, entries }: PolicySaid,
): readonly Voice[] {
  const all: Voice[] = verdicts.flatMap((verdict, index) => {
    const rule = rules[index]
    if (rule === undefined || !speaks(verdict)) return []
    return [{ reason: `rule:${verdict.id}` as const, asks: askedBy(rule.then), unyielding: true as const }]
  })
  if (verdicts.some((verdict) => speaks(verdict) && verdict.said === 'failed'))
    all.push({ reason: 'rule_failed', asks: nothingAsked })
  for (const { id, kind } of entries)
    all.push({ reason: `list:${id}`, asks: kind === 'deny' ? denied : nothingAsked })
  return all
}

function voices(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  risk: Risk,
  said: PolicySaid,
): readonly Voice[] {
  const { facts, require, demand, highestAcr } = situation
  const all: Voice[] = []
  const band = policy.requirements[risk.level]
  if (band !== 'allow') all.push({ reason: 'band', asks: askedBy(band) })
  if (action.floor !== undefined) all.push({ reason: 'action_floor', asks: askedBy(action.floor) })
  if (isBuiltIn(situation.action))
    all.push({ reason: 'action_floor', asks: askedBy({ acr: highestAcr }), unyielding: true })
  if (require.acr !== undefined || require.maxAgeSeconds !== undefined) {
    const { acr, maxAgeSeconds } = require
    const asks = askedBy({
      ...(acr === undefined ? {} : { acr }),
      ...(maxAgeSeconds === undefined ? {} : { max_age_s: maxAgeSeconds }),
    })
    all.push({ reason: 'caller_requirement', asks, unyielding: true })
  }
  if (demand !== undefined)
    all.push({ reason: 'sticky_demand', asks: askedBy({ acr: demand.acr ?? 'newel:base' }) })
  // Somebody may hold the cookie and not the key: the best proof the subject has, and a contact at the very least.
  const taken: ReasonCode[] = []
  if (facts.flags.sessionKeyChanged) taken.push('session_key_changed')
  if (facts.flags.receipt === 'foreign') taken.push('receipt_replayed')
  for (const reason of taken) {
    const asks = askedBy({ acr: strongerAcr(highestAcr, 'newel:contact') })
    all.push({ reason, asks, unyielding: true })
  }
  if (policy.missingSignals === 'deny' && missingSignals(situation, policy).length > 0) {
    all.push({ reason: 'signals_missing', asks: denied })
  }
  return [...all, ...policyVoices(policy, said)]
}

/** Merges what band, action, caller, demands, floors, rules and lists ask. The order means nothing. */
export function mergeRequirements(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  risk: Risk,
  said: PolicySaid,
): Merged {
  return mergeVoices(voices(situation, action, policy, risk, said))
}

/** The same with one verdict more. */
export const withVoice = ({ voices: all }: Merged, voice: Voice): Merged => mergeVoices([...all, voice])

function mergeVoices(all: readonly Voice[]): Merged {
  const asked = all.reduce((most, { asks }) => stricter(most, asks), nothingAsked)
  return {
    ...asked,
    maxAgeSeconds: asked.maxAgeSeconds === Infinity ? defaultMaxAgeSeconds : asked.maxAgeSeconds,
    unyielding: all
      .filter(({ unyielding }) => unyielding === true)
      .reduce((most, { asks }) => stricter(most, asks), nothingAsked),
    voices: all,
  }
}

/** The subject's methods that reach an acr now, strongest first. */
export function methodsFor(
  situation: Situation,
  acr: Acr,
  allowed: readonly MethodName[] | undefined,
): MethodName[] {
  const able = situation.methods.filter(
    (available) =>
      acrSatisfies(available.acr, acr) && (allowed === undefined || allowed.includes(available.method)),
  )
  const ordered = [...able].sort((a, b) =>
    a.acr === b.acr ? (a.method < b.method ? -1 : 1) : acrSatisfies(a.acr, b.acr) ? -1 : 1,
  )
  return [...new Set(ordered.map(({ method }) => method))]
}
