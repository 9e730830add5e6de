import type { Background, BackgroundTier, BackgroundTierName } from './background.ts'
import { shippedBackground } from './shipped.ts'

/** A tenant's own counts weigh as much as the shipped ones once so many subject-days stand behind them (design, section 4). */
const shippedStrength = 200

/**
 * Probability of a value by Freeman et al. A listed value has its count; what the list leaves out is shared evenly by the
 * values that were counted and not listed, and by those never counted, each group with its own mass.
 */
export function tierProbability({ total, distinct, unseen, values }: BackgroundTier, value: string): number {
  const mass = unseen / (total + unseen)
  const count = Object.hasOwn(values, value) ? values[value]! : 0
  if (count > 0) return (count / total) * (1 - mass)
  const listed = Object.values(values)
  const rest = total - listed.reduce((sum, each) => sum + each, 0)
  const unlisted = distinct - listed.length
  const left = total > 0 && unlisted > 0 ? (rest / total) * (1 - mass) : 0
  return (left + mass) / (Math.max(0, unlisted) + unseen)
}

/** The same, shrunk towards the shipped background. Always above 0 and below 1. */
export function backgroundProbability(
  background: Background,
  name: BackgroundTierName,
  value: string,
): number {
  const shipped = tierProbability(shippedBackground.tiers[name], value)
  const { total } = background.tiers[name]
  const own = tierProbability(background.tiers[name], value)
  return (total * own + shippedStrength * shipped) / (total + shippedStrength)
}

/** Probability of an hour of the week among others, smoothed by one count for each hour. */
export function hourProbability(background: Background, hour: number): number {
  const share = (hours: readonly number[]): number => {
    const total = hours.reduce((sum, each) => sum + each, 0)
    return ((hours[hour] ?? 0) + 1) / (total + 168)
  }
  const total = background.hours.reduce((sum, each) => sum + each, 0)
  return (
    (total * share(background.hours) + shippedStrength * share(shippedBackground.hours)) /
    (total + shippedStrength)
  )
}
