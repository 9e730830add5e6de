import type { Detector } from './protocol.ts'
import type { TypingSample } from './sample.ts'

/** Hold, down-down and up-down times, as the published features. */
export const publishedFeatures = ({ holdMs, downDownMs }: TypingSample): number[] => [
  ...holdMs,
  ...downDownMs,
  ...downDownMs.map((ms, i) => ms - holdMs[i]!),
]

/**
 * Manhattan (scaled) of the published table: Σ |x − mean| / mean absolute deviation. It stands here as the proof that the
 * protocol is the published one.
 */
export const scaledManhattan: Detector = (training) => {
  const rows = training.map(publishedFeatures)
  const means = rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length)
  const scales = means.map(
    (mean, j) => rows.reduce((sum, row) => sum + Math.abs(row[j]! - mean), 0) / rows.length,
  )
  return (sample) =>
    publishedFeatures(sample).reduce(
      (sum, x, j) => sum + Math.abs(x - means[j]!) / Math.max(scales[j]!, 1e-9),
      0,
    )
}
