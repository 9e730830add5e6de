import { highWord, withHighWord } from './bits.ts'
import { ln2High, ln2Low } from './constants.ts'

const twoTo54 = 18014398509481984
const smallestNormal = 2.2250738585072014e-308
const squareRootOfTwo = 1.4142135623730951

/**
 * Natural logarithm, the same bits on every runtime. ln 0 is −∞, that of a negative number NaN.
 *
 * With x = 2^k · m and m in (√½, √2], ln m = 2 · artanh(s), s = (m − 1) / (m + 1), |s| < 0.172: the eleventh term of the
 * series is below half a unit in the last place.
 */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return Infinity
  const subnormal = x < smallestNormal
  const normal = subnormal ? x * twoTo54 : x
  const high = highWord(normal)
  let k = (high >>> 20) - 1023 - (subnormal ? 54 : 0)
  let m = withHighWord(normal, (high & 0xfffff) | 0x3ff00000)
  if (m > squareRootOfTwo) {
    m = m / 2
    k += 1
  }
  const f = m - 1
  const s = f / (2 + f)
  const z = s * s
  // Written out: quotients of constants are computed once, and those of a loop each time.
  let series = z * (1 / 23)
  series = z * (1 / 21 + series)
  series = z * (1 / 19 + series)
  series = z * (1 / 17 + series)
  series = z * (1 / 15 + series)
  series = z * (1 / 13 + series)
  series = z * (1 / 11 + series)
  series = z * (1 / 9 + series)
  series = z * (1 / 7 + series)
  series = z * (1 / 5 + series)
  series = z * (1 / 3 + series)
  // f − s·f/… keeps the digits that 2·s alone would round away for m near 1: 2s = f − s·f.
  return k * ln2High + (f - s * (f - 2 * series) + k * ln2Low)
}
