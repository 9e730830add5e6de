import { exp } from './exp.ts'
import { ln } from './ln.ts'

/**
 * x^y for x ≥ 0, the same bits on every runtime. Its relative error grows with |y · ln x| (about so many ulp), so it is
 * for decay and scaling, not for exact powers.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (x < 0) return NaN
  return exp(y * ln(x))
}
