/** Scores of one subject; higher is more like somebody else. */
export interface Scores {
  readonly genuine: readonly number[]
  readonly impostor: readonly number[]
}

/** One threshold: what is above it is refused. Shares of 0 to 1. */
export interface RocPoint {
  readonly threshold: number
  /** Impostors at or below the threshold. */
  readonly miss: number
  /** Genuine attempts above it. */
  readonly falseAlarm: number
}

const ascending = (values: readonly number[]): Float64Array => Float64Array.from(values).sort()

/** Every threshold at which a rate changes, from one that refuses all to one that refuses nothing. */
export function roc({ genuine, impostor }: Scores): RocPoint[] {
  if (genuine.length === 0 || impostor.length === 0) throw new RangeError('both kinds of scores are needed')
  const own = ascending(genuine)
  const others = ascending(impostor)
  const points: RocPoint[] = [{ threshold: -Infinity, miss: 0, falseAlarm: 1 }]
  let i = 0
  let j = 0
  while (i < own.length || j < others.length) {
    const threshold = Math.min(own[i] ?? Infinity, others[j] ?? Infinity)
    while (i < own.length && own[i]! <= threshold) i += 1
    while (j < others.length && others[j]! <= threshold) j += 1
    points.push({ threshold, miss: j / others.length, falseAlarm: 1 - i / own.length })
  }
  return points
}

/**
 * Equal error rate, 0 to 1: where miss and false alarm meet on the straight line between the two points of the ROC around
 * the crossing (Killourhy & Maxion, DSN 2009).
 */
export function equalErrorRate(scores: Scores): number {
  const points = roc(scores)
  const at = points.findIndex(({ miss, falseAlarm }) => miss >= falseAlarm)
  const [before, after] = [points[at - 1]!, points[at]!]
  const gap = before.falseAlarm - before.miss
  const rest = after.miss - after.falseAlarm
  return before.miss + (gap / (gap + rest)) * (after.miss - before.miss)
}

/** False alarms at the threshold that catches every impostor, 0 to 1. */
export const zeroMissFalseAlarm = (scores: Scores): number =>
  Math.min(...roc(scores).flatMap(({ miss, falseAlarm }) => (miss === 0 ? [falseAlarm] : [])))

/** Area under the ROC, 0 to 1: how often an impostor scores above a genuine attempt; a tie counts half. */
export function areaUnderRoc(scores: Scores): number {
  const points = roc(scores)
  let area = 0
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1]!, points[i]!]
    area += ((a.falseAlarm - b.falseAlarm) * (1 - a.miss + 1 - b.miss)) / 2
  }
  return area
}
