import type { Acr, Decision, Level, MethodName, Reason } from '@newel/protocol'
import type { Background } from '../background/background.ts'
import type { Assurance, AvailableMethod, Demand, Facts, Grant, OutcomeEvent, Question } from '../facts.ts'
import type { Model } from '../model/model.ts'
import type { ReadProfile } from '../profile/read.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import type { RuleVerdict } from '../rules/rules.ts'

/** `anonymous`: no subject yet. The others: design, section 4, cold start. */
export type SubjectState = 'anonymous' | 'new' | 'unseen' | 'enrolling' | 'known'

export interface SubjectInput {
  readonly id: string
  readonly createdInThisSession: boolean
  readonly sinceMs?: number | undefined
  /** As it is stored, or read before by `readProfile`: the decision is the same. */
  readonly profile?: Uint8Array | ReadProfile | undefined
  readonly profileVersion?: number | undefined
  /** Due events that the profile has not folded, oldest first; folded in memory here. */
  readonly events: readonly OutcomeEvent[]
}

export interface DecisionInput {
  readonly question: Question
  readonly facts: Facts
  readonly subject?: SubjectInput | undefined
  /** Not revoked. */
  readonly grants: readonly Grant[]
  /** Unmet ones of the subject, of any scope. Expired ones are passed over. */
  readonly demands: readonly Demand[]
  /** Hash of the application's session. */
  readonly session?: string | undefined
  /** Of this subject, session and key. */
  readonly assurance: readonly Assurance[]
  readonly methods: readonly AvailableMethod[]
  /** Highest acr the subject has, removed authenticators in their hold included. Default: the highest of `methods`. */
  readonly highestAcr?: Acr | undefined
  /**
   * The randomness of audits: of a number of completed sessions of this subject a whole number, uniform in 0 to 999 999. The same
   * for the same number, and not to be told from the others without a secret. Default: nobody is audited.
   */
  readonly coin?: ((completed: number) => number) | undefined
  readonly policy: CompiledPolicy
  readonly policyVersion: string
  readonly model: Model
  readonly modelVersion: string
  readonly background: Background
  readonly backgroundVersion: string
}

export type DecisionProblem =
  'insufficient_user_authentication' | 'signals_required' | 'denied' | 'unmet_authentication_requirements'

/** What a challenge has to satisfy. */
export interface Required {
  readonly acr: Acr
  readonly maxAgeSeconds: number
  /** Those of the subject's methods that satisfy it, strongest first; never empty. */
  readonly methods: readonly MethodName[]
}

export interface Verdicts {
  readonly decision: Decision
  /** Why not, where the decision is no `allow`. */
  readonly problem?: DecisionProblem
  readonly level: Level
  /** Probability of attack, 0 to 1. */
  readonly score: number
  /** Sum of the evidence, before the base rate. */
  readonly nats: number
  readonly calibration: Model['calibration']
  /** Evidence first, in order of its comparator; then states, floors and policy. */
  readonly reasons: readonly Reason[]
  /** With a challenge that can be opened. */
  readonly required?: Required
  /** With `allow`, what the session holds; else what is asked. */
  readonly acr: Acr
  /** To be kept for 24 hours. */
  readonly demand?: Demand
  readonly state: SubjectState
  /** What every rule of the policy said, in its order. */
  readonly rules: readonly RuleVerdict[]
  /** What the policy in the shadow of this one would have decided, were it enforced; absent where there is none. */
  readonly shadow?: ShadowVerdict
  /** Where a coin decided: whether it asked, and the probability of what it said, 1/20 at least. */
  readonly audit?: { readonly drawn: boolean; readonly propensity: number }
}

export type ShadowVerdict = Pick<Verdicts, 'decision' | 'problem' | 'level' | 'acr' | 'rules'>

export interface DecisionOutput extends Verdicts {
  /** JSON, 8 192 bytes at most: facts, evidence and versions, from which {@link Verdicts} recompute. */
  readonly record: string
}
