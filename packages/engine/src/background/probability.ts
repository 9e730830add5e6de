import type { Background, BackgroundTier, BackgroundTierName } from './background.ts'
import { shippedBackground } from './shipped.ts'

/** A tenant's own counts weigh as much as the shipped ones once so many subject-days stand behind them (design, section 4). */
const shippedStrength = 200

interface Listed {
  readonly values: number
  readonly counts: number
}
/** What the list of a tier adds up to; a snapshot never changes. */
const listedOf = new WeakMap<BackgroundTier, Listed>()

function listed(tier: BackgroundTier): Listed {
  const known = listedOf.get(tier)
  if (known !== undefined) return known
  const counts = Object.values(tier.values)
  const sums = { values: counts.length, counts: counts.reduce((sum, each) => sum + each, 0) }
  listedOf.set(tier, sums)
  return sums
}

/**
 * Probability of a value by Freeman et al. A listed value has its count; what the list leaves out is shared evenly by the
 * values that were counted and not listed, and by those never counted, each group with its own mass.
 */
export function tierProbability(tier: BackgroundTier, value: string): number {
  const { total, distinct, unseen, values } = tier
  const mass = unseen / (total + unseen)
  const count = Object.hasOwn(values, value) ? values[value]! : 0
  if (count > 0) return (count / total) * (1 - mass)
  const sums = listed(tier)
  const rest = total - sums.counts
  const unlisted = distinct - sums.values
  const left = total > 0 && unlisted > 0 ? (rest / total) * (1 - mass) : 0
  return (left + mass) / (Math.max(0, unlisted) + unseen)
}

/** As among the users of one service, who have more in common than the world: see `alike`. */
const atLeastAlike = (tier: BackgroundTier, probability: number): number =>
  tier.alike === undefined ? probability : Math.max(tier.alike, probability)

/**
 * The same, shrunk towards the shipped background. Always above 0 and below 1.
 *
 * @param usual the subject usually shows the value: then it counts as shared by the tier's `alike` at least
 */
export function backgroundProbability(
  background: Background,
  name: BackgroundTierName,
  value: string,
  usual = false,
): number {
  const probability = (tier: BackgroundTier): number =>
    usual ? atLeastAlike(tier, tierProbability(tier, value)) : tierProbability(tier, value)
  const shipped = probability(shippedBackground.tiers[name])
  const tier = background.tiers[name]
  const own = background === shippedBackground ? shipped : probability(tier)
  return (tier.total * own + shippedStrength * shipped) / (tier.total + shippedStrength)
}

const hourTotals = new WeakMap<readonly number[], number>()

function totalOf(hours: readonly number[]): number {
  const known = hourTotals.get(hours)
  if (known !== undefined) return known
  const total = hours.reduce((sum, each) => sum + each, 0)
  hourTotals.set(hours, total)
  return total
}

/** Probability of an hour of the week among others, smoothed by one count for each hour. */
export function hourProbability(background: Background, hour: number): number {
  const share = (hours: readonly number[]): number => ((hours[hour] ?? 0) + 1) / (totalOf(hours) + 168)
  const total = totalOf(background.hours)
  return (
    (total * share(background.hours) + shippedStrength * share(shippedBackground.hours)) /
    (total + shippedStrength)
  )
}
