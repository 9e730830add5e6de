import { featureCount, featuresOf, featureTables, mostSteps, type Codes } from './codes.ts'
import type { Rows } from './rows.ts'

/** Samples that are compared with, oldest first. */
export type Template = Pick<Rows, 'keys' | 'codes' | 'starts' | 'waits'>

/** Fewer samples say nothing. */
export const minRows = 5
/** Neighbours whose distances are averaged. */
const neighbours = 5
/** A single feature never counts for more than so many of its scales: people stumble at one key. */
const cap = 2.6
/** Up-down times follow from the others, and count for less. */
const upWeight = 0.7
/** What a row of the template is farther for each row that is younger: a rhythm drifts with practice. */
const agePenalty = 0.005
/** Share of the verified rows in the score (docs/engine.md). */
const verifiedShare = 0.7
/** Scales of hold, down-down and up-down features that people have, and how many rows they weigh. */
const usual = [0.13, 0.1, 0.16] as const
const usualRows = 3
/** Of the mean change between neighbours, the scale: so that both ways to see it agree where nothing drifts. */
const stepScale = 0.95

export interface Distances {
  /** Mixed of both, per feature. `undefined` below {@link minRows}. */
  readonly score: number | undefined
  /** From the verified rows alone. `undefined` where there are fewer than {@link minRows}. */
  readonly verified: number | undefined
}

/** Scales of the changes between neighbours, shrunk towards what is usual. */
function shrink(changes: Float64Array, pairs: number, keys: number, width: number): void {
  for (let j = 0; j < width; j += 1) {
    const kind = usual[j < keys ? 0 : j < 2 * keys - 1 ? 1 : 2]
    changes[j] = (stepScale * changes[j]! + usualRows * kind) / (pairs + usualRows)
  }
}

/** Overwritten by each use, and never read before. */
let scratch = new Float64Array(0)

/**
 * How much each feature changes from one row to the next, in the narrower of two views, all rows and the verified ones: unlike a
 * deviation from the mean, that is not widened by a rhythm which drifts, and one pass finds it.
 */
function scalesOf({ keys, codes, starts, waits }: Template, verifiedToo: boolean): Float64Array {
  const width = featureCount(keys)
  const rows = waits.length
  if (scratch.length < rows * width) scratch = new Float64Array(rows * width)
  const features = featuresOf(codes, starts, keys, scratch)
  const all = new Float64Array(width)
  const verified = verifiedToo ? new Float64Array(width) : undefined
  let pairs = 0
  let before = verified !== undefined && waits[0] === 0 ? 0 : -1
  for (let row = 1; row < rows; row += 1) {
    const from = row * width
    // Most verified rows follow on another, and change from it by the same.
    const counts = verified !== undefined && waits[row] === 0
    const shared = counts && before === row - 1
    for (let j = 0; j < width; j += 1) {
      const step = Math.abs(features[from + j]! - features[from - width + j]!)
      all[j]! += step
      if (shared) verified[j]! += step
    }
    if (!counts) continue
    if (before >= 0) {
      pairs += 1
      if (!shared)
        for (let j = 0; j < width; j += 1)
          verified[j]! += Math.abs(features[from + j]! - features[before * width + j]!)
    }
    before = row
  }
  shrink(all, rows - 1, keys, width)
  if (verified !== undefined) {
    shrink(verified, pairs, keys, width)
    for (let j = 0; j < width; j += 1) all[j] = Math.min(all[j]!, verified[j]!)
  }
  return all
}

function factorsOf(template: Template, verifiedToo: boolean): Float64Array {
  const scales = scalesOf(template, verifiedToo)
  for (let j = 0; j < scales.length; j += 1) scales[j] = 1 / scales[j]!
  return scales
}

/** One over the scales of templates that were compared with: a profile that is kept in memory is compared with again. */
const knownFactors = new WeakMap<Template, Float64Array>()

/** Keeps the smallest few of the numbers it is shown; what is not below the worst of them changes nothing. */
function smallest(): { add(value: number): void; worst(): number; mean(): number } {
  const kept = new Float64Array(neighbours).fill(Infinity)
  let count = 0
  return {
    add(value) {
      count += 1
      if (value >= kept[neighbours - 1]!) return
      let at = neighbours - 1
      for (; at > 0 && kept[at - 1]! > value; at -= 1) kept[at] = kept[at - 1]!
      kept[at] = value
    },
    worst: () => kept[neighbours - 1]!,
    mean() {
      const found = Math.min(count, neighbours)
      let sum = 0
      for (let i = 0; i < found; i += 1) sum += kept[i]!
      return sum / found
    },
  }
}

/**
 * How unlike a sample is to a template: capped, scaled L1 distance to the nearest rows, older ones farther, per feature. Mixed
 * of the distance to the verified rows and to all, so that what only waits moves it by little; and scales are never wider
 * than those of the verified rows.
 */
export function distancesTo(template: Template, sample: Codes): Distances {
  const { keys, codes, starts, waits } = template
  const rows = waits.length
  if (rows < minRows) return { score: undefined, verified: undefined }
  let verifiedRows = 0
  for (let row = 0; row < rows; row += 1) if (waits[row] === 0) verifiedRows += 1
  const hasVerified = verifiedRows >= minRows

  const factors = knownFactors.get(template) ?? factorsOf(template, hasVerified && verifiedRows < rows)
  knownFactors.set(template, factors)
  const scaled = featuresOf(sample, [0], keys)
  for (let j = 0; j < scaled.length; j += 1) scaled[j]! *= factors[j]!

  // Read code by code, since most rows turn out too far before all of their features are looked at.
  const { hold, down, up, holdSteps, downSteps } = featureTables()
  const pairs = keys - 1
  const plain = keys + pairs
  const weight = plain + upWeight * pairs
  const nearest = smallest()
  const nearestVerified = smallest()
  for (let row = rows - 1; row >= 0; row -= 1) {
    const from = starts[row]!
    const counts = waits[row] === 0
    const age = agePenalty * (rows - 1 - row)
    const most = counts ? Math.max(nearest.worst(), nearestVerified.worst()) : nearest.worst()
    let sum = 0
    // Not by Math.min, which also tells zeros and NaN apart and takes a quarter longer.
    for (let j = 0; j < keys; j += 1) {
      const apart = Math.abs(scaled[j]! - hold[codes[from + j]!]! * factors[j]!)
      sum += apart < cap ? apart : cap
    }
    if (sum / weight + age >= most) continue
    for (let j = keys; j < plain; j += 1) {
      const apart = Math.abs(scaled[j]! - down[codes[from + j]!]! * factors[j]!)
      sum += apart < cap ? apart : cap
    }
    if (sum / weight + age >= most) continue
    let ups = 0
    for (let i = 0; i < pairs; i += 1) {
      const steps = downSteps[codes[from + keys + i]!]! - holdSteps[codes[from + i]!]!
      const apart = Math.abs(scaled[plain + i]! - up[mostSteps + steps]! * factors[plain + i]!)
      ups += apart < cap ? apart : cap
    }
    const distance = (sum + upWeight * ups) / weight + age
    nearest.add(distance)
    if (counts) nearestVerified.add(distance)
  }
  const all = nearest.mean()
  if (!hasVerified) return { score: all, verified: undefined }
  const verified = nearestVerified.mean()
  return { score: verifiedShare * verified + (1 - verifiedShare) * all, verified }
}
