import {
  acrSatisfies,
  strongerAcr,
  type Acr,
  type ActionDeclaration,
  type MethodName,
  type ReasonCode,
  type Requirement,
} from '@newel/protocol'
import { isBuiltIn } from '../policy/actions.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import { missingSignals, type Risk } from './risk.ts'
import type { Situation } from './situation.ts'

/** Freshness where nothing says otherwise: that of an area (design, section 3). */
export const defaultMaxAgeSeconds = 900

/** The strictest of all verdicts; `newel:base` asks nothing beyond the sign-in. */
export interface Merged {
  readonly deny: boolean
  readonly acr: Acr
  readonly maxAgeSeconds: number
  /** Methods that every verdict allows; all where `undefined`. */
  readonly methods?: readonly MethodName[]
  /** What the policy's rule for subjects who cannot meet a requirement must not go below. */
  readonly unyielding: Acr
  readonly reasons: readonly ReasonCode[]
}

interface Voice {
  readonly reason: ReasonCode
  readonly asks: 'deny' | Requirement
  /** Comes from outside the policy, so that no rule of the policy softens it. */
  readonly unyielding?: true
}

const atLeast = (acr: Acr, seconds?: number): Requirement =>
  seconds === undefined ? { acr } : { acr, max_age_s: seconds }

/** A freshness alone asks for the least that Newel can date: a confirmed contact. */
const dated = ({ acr, max_age_s }: Requirement): Acr =>
  acr === 'newel:base' && max_age_s !== undefined ? 'newel:contact' : acr

function voices(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  risk: Risk,
): readonly Voice[] {
  const { facts, require, demand, highestAcr } = situation
  const all: Voice[] = []
  const band = policy.requirements[risk.level]
  if (band !== 'allow') all.push({ reason: 'band', asks: band })
  if (action.floor !== undefined) all.push({ reason: 'action_floor', asks: action.floor })
  if (isBuiltIn(situation.action))
    all.push({ reason: 'action_floor', asks: atLeast(highestAcr), unyielding: true })
  if (require.acr !== undefined || require.maxAgeSeconds !== undefined) {
    const asks = atLeast(require.acr ?? 'newel:base', require.maxAgeSeconds)
    all.push({ reason: 'caller_requirement', asks, unyielding: true })
  }
  if (demand !== undefined) all.push({ reason: 'sticky_demand', asks: atLeast(demand.acr ?? 'newel:base') })
  // Somebody may hold the cookie and not the key: the best proof the subject has, and a contact at the very least.
  const taken: ReasonCode[] = []
  if (facts.flags.sessionKeyChanged) taken.push('session_key_changed')
  if (facts.flags.receipt === 'foreign') taken.push('receipt_replayed')
  for (const reason of taken) {
    all.push({ reason, asks: atLeast(strongerAcr(highestAcr, 'newel:contact')), unyielding: true })
  }
  if (policy.missingSignals === 'deny' && missingSignals(situation, policy).length > 0) {
    all.push({ reason: 'signals_missing', asks: 'deny' })
  }
  return all
}

/** Merges what band, action, caller, demands and floors ask. The order means nothing. */
export function mergeRequirements(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  risk: Risk,
): Merged {
  let deny = false
  let acr: Acr = 'newel:base'
  let unyielding: Acr = 'newel:base'
  let age: number | undefined
  let methods: readonly MethodName[] | undefined
  const reasons: ReasonCode[] = []
  for (const { reason, asks, unyielding: firm } of voices(situation, action, policy, risk)) {
    reasons.push(reason)
    if (asks === 'deny') {
      deny = true
      continue
    }
    acr = strongerAcr(acr, dated(asks))
    if (firm === true) unyielding = strongerAcr(unyielding, dated(asks))
    if (asks.max_age_s !== undefined) age = Math.min(age ?? Infinity, asks.max_age_s)
    if (asks.methods !== undefined) {
      const allowed = asks.methods
      methods = methods === undefined ? allowed : methods.filter((method) => allowed.includes(method))
    }
  }
  return {
    deny,
    acr,
    maxAgeSeconds: age ?? defaultMaxAgeSeconds,
    unyielding,
    reasons,
    ...(methods === undefined ? {} : { methods }),
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
