/**
 * The shipped map from a score to a likelihood ratio, by how many samples stand behind it: `nats = offset + slope · (x − 1)`
 * with `x` as {@link relativeScore} has it. Printed by `newel evaluate typing --fit`.
 */
export interface Calibration {
  readonly rows: number
  readonly offset: number
  readonly slope: number
}
export const shippedCalibration: readonly Calibration[] = [
  { rows: 5, offset: -4.36, slope: 10.27 },
  { rows: 10, offset: -1.88, slope: 10.48 },
  { rows: 20, offset: -0.9, slope: 11.02 },
  { rows: 40, offset: -0.74, slope: 11.35 },
  { rows: 80, offset: -0.71, slope: 12.37 },
]

/** Fifty-one people support no claim beyond ln 51 = 3.9; what can be copied is trusted less than that. */
const mostCalm = -3
const mostAlarm = 3.9
/** Features of the text that the map was fitted on; what is shorter says less. */
const fittedFeatures = 31

/** What thresholds usually are. */
const usualThreshold = 1.2

/** A score in relation to the geometric mean of the subject's own threshold and a usual one: half as strict for each as its own says. */
export const relativeScore = (score: number, threshold: number): number =>
  score / Math.sqrt(threshold * usualThreshold)

/** Monotone in `relative`, between −3 and 3.9 nats. @param rows samples behind the score, 5 or more */
export function typingNats(relative: number, rows: number, features: number): number {
  const next = shippedCalibration.findIndex((each) => each.rows > rows)
  const above = shippedCalibration[next < 0 ? shippedCalibration.length - 1 : next]!
  const below = next <= 0 ? above : shippedCalibration[next - 1]!
  const part = next <= 0 ? 0 : (rows - below.rows) / (above.rows - below.rows)
  const offset = below.offset + part * (above.offset - below.offset)
  const slope = below.slope + part * (above.slope - below.slope)
  const nats = Math.min(1, features / fittedFeatures) * (offset + slope * (relative - 1))
  return Math.min(mostAlarm, Math.max(mostCalm, nats))
}
