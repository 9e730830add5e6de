import { acrSatisfies } from '@newel/protocol'
import type { CompiledPolicy } from '../policy/types.ts'
import { isSessionOver } from '../profile/history.ts'
import { lastPassedMs, type Profile } from '../profile/profile.ts'
import type { CompiledEntry } from '../rules/lists.ts'
import { askedBy } from './asked.ts'
import { heldAcr } from './held.ts'
import { methodsFor, withVoice, type Merged } from './requirement.ts'
import type { Situation } from './situation.ts'
import type { DecisionInput, SubjectState } from './types.ts'

/** Coins are whole numbers below this, each as likely as another. */
export const coinSides = 1_000_000
/** Who passed a challenge is left alone for so long. */
const quietMs = 86_400_000
/** No decision counts for more than so many of its kind where decisions are weighed by propensity (design, section 5). */
const leastPropensity = 1 / 20

/** What a coin said of a decision that nothing else asks anything of. */
export interface Audit {
  /** Asked by chance. */
  readonly drawn: boolean
  readonly share: number
  /** Probability with which it was decided so, 1/20 at least. */
  readonly propensity: number
  /** All that is asked where it is drawn: what the band above asks. */
  readonly asked: Merged
}

const auditing = ({ auditShare, shadow }: CompiledPolicy): boolean =>
  auditShare > 0 || (shadow !== undefined && shadow.auditShare > 0)

/**
 * The coin of a decision: one for each session that the profile has learned from, whatever the action, the key and what is
 * left out, so that nobody draws again by asking otherwise. There is none within the session that was learned last, for a day
 * after a challenge was passed, and for subjects without a history, of whom more is asked or nothing is to be learned.
 */
export function coinOf(
  { coin, policy }: Pick<DecisionInput, 'coin' | 'policy'>,
  state: SubjectState,
  profile: Profile,
  nowMs: number,
): number | undefined {
  if (coin === undefined || !auditing(policy)) return undefined
  if (state !== 'known' && state !== 'enrolling') return undefined
  if (!isSessionOver(profile.history, nowMs) || nowMs - lastPassedMs(profile) < quietMs) return undefined
  return coin(profile.history.sessions)
}

/**
 * What the coin says; `undefined` where it decides nothing: where anything is asked already, the policy audits nobody or has
 * no requirement for the band above, the subject could not meet that, or the session has met it.
 */
export function auditOf(
  situation: Situation,
  policy: Pick<CompiledPolicy, 'auditShare' | 'requirements'>,
  merged: Merged,
  allowing: readonly CompiledEntry[],
): Audit | undefined {
  const { coin } = situation
  const { auditShare: share, requirements } = policy
  if (coin === undefined || share === 0 || typeof requirements.medium === 'string') return undefined
  if (merged.deny || merged.acr !== 'newel:base') return undefined
  if (allowing.some(({ removes }) => removes.includes('random_audit'))) return undefined
  const asked = withVoice(merged, { reason: 'random_audit', asks: askedBy(requirements.medium) })
  const { acr, maxAgeSeconds, methods } = asked
  if (acr === 'newel:base' || methodsFor(situation, acr, methods).length === 0) return undefined
  if (acrSatisfies(heldAcr(situation, maxAgeSeconds), acr)) return undefined
  const drawn = coin < share * coinSides
  return { drawn, share, propensity: Math.max(drawn ? share : 1 - share, leastPropensity), asked }
}
