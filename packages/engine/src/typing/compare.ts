import { featureCount, featuresOf, type Codes } from './codes.ts'

/** Samples that are compared with, oldest first: each `2·keys − 1` codes. */
export interface Template {
  readonly keys: number
  readonly codes: Codes
  /** One for each row: 0 where it is verified. */
  readonly waits: Uint8Array
}

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

/**
 * How much each feature changes from one row to the next, shrunk towards what is usual: unlike a deviation from the mean, that
 * is not widened by a rhythm which drifts, and one pass finds it.
 */
function scalesOf(
  features: Float64Array,
  keys: number,
  waits: Uint8Array,
  verifiedOnly: boolean,
): Float64Array {
  const width = featureCount(keys)
  const scales = new Float64Array(width)
  let pairs = 0
  let before = -1
  for (let row = 0; row < waits.length; row += 1) {
    if (verifiedOnly && waits[row] !== 0) continue
    if (before >= 0) {
      pairs += 1
      for (let j = 0, at = row * width, last = before * width; j < width; j += 1, at += 1, last += 1) {
        const step = features[at]! - features[last]!
        scales[j]! += step < 0 ? -step : step
      }
    }
    before = row
  }
  for (let j = 0; j < width; j += 1) {
    const kind = usual[j < keys ? 0 : j < 2 * keys - 1 ? 1 : 2]
    scales[j] = (stepScale * scales[j]! + usualRows * kind) / (pairs + usualRows)
  }
  return scales
}

/** Keeps the smallest few of the numbers it is shown. */
function smallest(): { add(value: number): void; mean(): number } {
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
    mean() {
      const found = Math.min(count, neighbours)
      let sum = 0
      for (let i = 0; i < found; i += 1) sum += kept[i]!
      return sum / found
    },
  }
}

/** Overwritten by each comparison, and never read before. */
let scratch = new Float64Array(0)

/**
 * How unlike a sample is to a template: capped, scaled L1 distance to the nearest rows, older ones farther, per feature. Mixed
 * of the distance to the verified rows and to all, so that what only waits moves it by little; and scales are never wider
 * than those of the verified rows.
 */
export function distancesTo({ keys, codes, waits }: Template, sample: Codes): Distances {
  const rows = waits.length
  if (rows < minRows) return { score: undefined, verified: undefined }
  const width = featureCount(keys)
  if (scratch.length < rows * width) scratch = new Float64Array(rows * width)
  const features = featuresOf(codes, rows, keys, scratch)
  const probe = featuresOf(sample, 1, keys)
  let verifiedRows = 0
  for (let row = 0; row < rows; row += 1) if (waits[row] === 0) verifiedRows += 1
  const hasVerified = verifiedRows >= minRows

  const factors = scalesOf(features, keys, waits, false)
  if (hasVerified && verifiedRows < rows) {
    const own = scalesOf(features, keys, waits, true)
    for (let j = 0; j < width; j += 1) factors[j] = Math.min(factors[j]!, own[j]!)
  }
  for (let j = 0; j < width; j += 1) factors[j] = 1 / factors[j]!

  const plain = 2 * keys - 1
  const weight = plain + upWeight * (keys - 1)
  const scaled = probe.map((value, j) => value * factors[j]!)
  const nearest = smallest()
  const nearestVerified = smallest()
  for (let row = rows - 1; row >= 0; row -= 1) {
    const from = row * width
    let sum = 0
    let ups = 0
    for (let j = 0; j < plain; j += 1)
      sum += Math.min(cap, Math.abs(scaled[j]! - features[from + j]! * factors[j]!))
    for (let j = plain; j < width; j += 1)
      ups += Math.min(cap, Math.abs(scaled[j]! - features[from + j]! * factors[j]!))
    const distance = (sum + upWeight * ups) / weight + agePenalty * (rows - 1 - row)
    nearest.add(distance)
    if (waits[row] === 0) nearestVerified.add(distance)
  }
  const all = nearest.mean()
  if (!hasVerified) return { score: all, verified: undefined }
  const verified = nearestVerified.mean()
  return { score: verifiedShare * verified + (1 - verifiedShare) * all, verified }
}
