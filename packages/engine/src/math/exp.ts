import { powerOfTwo } from './bits.ts'
import { ln2High, ln2Low } from './constants.ts'

const inverseLn2 = 1.4426950408889634

/**
 * e^x, the same bits on every runtime; ∞ above 709.78, 0 below −745.13.
 *
 * With k the integer nearest to x / ln 2 and r = x − k·ln 2, |r| < 0.347: fourteen terms of Taylor's series.
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019411) return 0
  const k = Math.round(x * inverseLn2)
  const r = x - k * ln2High - k * ln2Low
  let series = 0
  for (let n = 14; n >= 2; n -= 1) series = (r / n) * (1 + series)
  const m = 1 + r * (1 + series)
  // In two steps, so that neither factor leaves the range of normal numbers.
  const half = Math.floor(k / 2)
  return m * powerOfTwo(half) * powerOfTwo(k - half)
}
