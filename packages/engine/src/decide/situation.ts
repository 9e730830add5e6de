import type { Acr, Params } from '@newel/protocol'
import type { Evidence } from '../evidence/groups.ts'
import type { Assurance, AvailableMethod, Facts, Question } from '../facts.ts'
import type { Answers } from '../rules/params.ts'
import type { SubjectState } from './types.ts'

/**
 * How the device key of the request stands with the subject. `strong`: on record by `newel:otp` or better, and proven.
 * `weak`: on record by less, and proven. `unknown`: none of these, though the subject has
 * keys on record. `none`: the subject has no key on record.
 */
export type KeyStanding = 'strong' | 'weak' | 'unknown' | 'none'

/** What the demands of this scope still ask. */
export interface StandingDemand {
  /** Of the same action. */
  readonly acr?: Acr
  /** Of any action: least evidence to count with. */
  readonly nats: number
}

/** All that a verdict is made of, apart from policy and model: what an assessment's record holds. */
export interface Situation {
  readonly action: string
  /** The account's id, for the policy's lists. */
  readonly subject?: string
  readonly require: NonNullable<Question['require']>
  readonly facts: Facts
  readonly session?: string
  readonly state: SubjectState
  readonly key: KeyStanding
  /** The key passed a challenge for this subject before. */
  readonly granted: boolean
  readonly evidence: readonly Evidence[]
  readonly demand?: StandingDemand
  readonly assurance: readonly Assurance[]
  readonly methods: readonly AvailableMethod[]
  readonly highestAcr: Acr
  /** Decides whether a decision that nothing else asks anything of is audited: see `coinOf`. */
  readonly coin?: number
  /** Of the question. No record holds them: there the answers of the rules that read them stand instead. */
  readonly params?: Params
  readonly answers?: Answers
  /** Of the policy in shadow. */
  readonly shadowAnswers?: Answers
}

/** Receipt and proof are live: the request comes from the device key that observed. */
export const isProven = ({ flags, device }: Facts): boolean =>
  flags.receipt === 'valid' && flags.proof === 'valid' && device.jkt !== undefined && device.proven
