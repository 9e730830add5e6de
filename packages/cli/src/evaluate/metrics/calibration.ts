import { ascending, sumsOf, z95, type Clustered } from './auc.ts'
import type { Estimate } from './interval.ts'

export interface Calibration {
  /** 1 where a nat of evidence is worth a nat; below 1 the evidence says too much. */
  readonly slope: Estimate
  /** In nats; 0 where the evidence is right on the whole, above 0 where it is too calm. */
  readonly intercept: Estimate
  /** Log loss over that of the base rate alone: 1 says nothing, above 1 does harm. */
  readonly relativeLogLoss: number
  /** Mean squared error of the probabilities; says more about the base rate than about the evidence. */
  readonly brier: number
  /** Mean and observed share of attacks by tenths of the log-odds. */
  readonly reliability: readonly Bin[]
}
export interface Bin {
  readonly count: number
  readonly said: number
  readonly observed: number
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))
/** ln(1 + e^x), without overflow. */
const softplus = (x: number): number => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))

/** Both kinds in columns of one length. */
interface Rows {
  readonly nats: Float64Array
  readonly attack: Uint8Array
  readonly subject: Uint32Array
}

function rowsOf(genuine: Clustered, impostor: Clustered): Rows {
  const n = genuine.scores.length
  const all = n + impostor.scores.length
  const rows = { nats: new Float64Array(all), attack: new Uint8Array(all), subject: new Uint32Array(all) }
  rows.nats.set(genuine.scores)
  rows.nats.set(impostor.scores, n)
  rows.attack.fill(1, n)
  rows.subject.set(genuine.subjects)
  rows.subject.set(impostor.subjects, n)
  return rows
}

type Square = readonly [readonly [number, number], readonly [number, number]]

function inverse([[a, b], [c, d]]: Square): Square {
  const determinant = a * d - b * c
  return [
    [d / determinant, -b / determinant],
    [-c / determinant, a / determinant],
  ]
}
const times = ([[a, b], [c, d]]: Square, [[e, f], [g, h]]: Square): Square => [
  [a * e + b * g, a * f + b * h],
  [c * e + d * g, c * f + d * h],
]

/** Newton steps for `logit p = prior + intercept + slope·nats`; a step that would overshoot is halved. */
function fit({ nats, attack }: Rows, prior: number): { a: number; b: number; information: Square } {
  const lossOf = (a: number, b: number): number => {
    let sum = 0
    for (let i = 0; i < nats.length; i += 1) {
      const x = prior + a + b * nats[i]!
      sum += softplus(x) - attack[i]! * x
    }
    return sum
  }
  let a = 0
  let b = 1
  let information: Square = [
    [1, 0],
    [0, 1],
  ]
  let loss = lossOf(a, b)
  for (let step = 0; step < 50; step += 1) {
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0]
    for (let i = 0; i < nats.length; i += 1) {
      const x = nats[i]!
      const p = sigmoid(prior + a + b * x)
      const w = p * (1 - p)
      g0 += attack[i]! - p
      g1 += (attack[i]! - p) * x
      h00 += w
      h01 += w * x
      h11 += w * x * x
    }
    information = [
      [h00, h01],
      [h01, h11],
    ]
    const back = inverse(information)
    const da = back[0][0] * g0 + back[0][1] * g1
    const db = back[1][0] * g0 + back[1][1] * g1
    if (!Number.isFinite(da) || !Number.isFinite(db)) break
    let scale = 1
    while (scale > 1e-6 && lossOf(a + scale * da, b + scale * db) > loss) scale /= 2
    a += scale * da
    b += scale * db
    const next = lossOf(a, b)
    if (Math.abs(loss - next) < 1e-10 * (1 + loss)) break
    loss = next
  }
  return { a, b, information }
}

/** Standard errors that allow for attempts of one subject hanging together (the sandwich of Liang and Zeger, 1986). */
function sandwich(
  { nats, attack, subject }: Rows,
  prior: number,
  { a, b, information }: ReturnType<typeof fit>,
): Square {
  const rest = (i: number): number => attack[i]! - sigmoid(prior + a + b * nats[i]!)
  const { of: xs, order } = sumsOf(subject, (sum, i) => sum + rest(i))
  const { of: ys } = sumsOf(subject, (sum, i) => sum + rest(i) * nats[i]!)
  let [s00, s01, s11] = [0, 0, 0]
  for (const each of order) {
    const [x, y] = [xs[each]!, ys[each]!]
    s00 += x * x
    s01 += x * y
    s11 += y * y
  }
  const back = inverse(information)
  const meat: Square = [
    [s00, s01],
    [s01, s11],
  ]
  return times(times(back, meat), back)
}

const around = (value: number, variance: number): Estimate => {
  const wide = z95 * Math.sqrt(Math.max(0, variance))
  return { value, low: value - wide, high: value + wide }
}

/**
 * How far log-likelihood ratios in nats are worth what they say. The prior is the share of attacks among the scores, so that
 * the figures speak of the evidence and not of how rare attacks are.
 */
export function calibrationOf(genuine: Clustered, impostor: Clustered): Calibration {
  const rows = rowsOf(genuine, impostor)
  const { nats, attack } = rows
  const attacks = impostor.scores.length / nats.length
  const prior = Math.log(attacks / (1 - attacks))
  const fitted = fit(rows, prior)
  const variance = sandwich(rows, prior, fitted)
  let loss = 0
  let squared = 0
  for (let i = 0; i < nats.length; i += 1) {
    const x = prior + nats[i]!
    loss += softplus(x) - attack[i]! * x
    squared += (sigmoid(x) - attack[i]!) ** 2
  }
  const base = -attacks * Math.log(attacks) - (1 - attacks) * Math.log(1 - attacks)
  return {
    slope: around(fitted.b, variance[1][1]),
    intercept: around(fitted.a, variance[0][0]),
    relativeLogLoss: loss / nats.length / base,
    brier: squared / nats.length,
    reliability: reliabilityOf(genuine, impostor, prior),
  }
}

/** Tenths of all scores in their order, of equal ones the genuine first. */
function reliabilityOf(genuine: Clustered, impostor: Clustered, prior: number): Bin[] {
  const own = ascending(genuine.scores)
  const others = ascending(impostor.scores)
  const all = own.length + others.length
  const bins: Bin[] = []
  let i = 0
  let j = 0
  for (let bin = 1; bin <= 10; bin += 1) {
    const count = Math.floor((bin * all) / 10) - i - j
    if (count === 0) continue
    const before = j
    let said = 0
    for (let left = count; left > 0; left -= 1) {
      const isOwn = i < own.length && !(others[j]! < own[i]!)
      said += sigmoid(prior + (isOwn ? own[i]! : others[j]!))
      if (isOwn) i += 1
      else j += 1
    }
    bins.push({ count, said: said / count, observed: (j - before) / count })
  }
  return bins
}
