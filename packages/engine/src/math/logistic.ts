import { exp } from './exp.ts'
import { ln } from './ln.ts'

/** 1 / (1 + e^−x): log-odds to probability, without overflow. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x))
  const e = exp(x)
  return e / (1 + e)
}

/** ln(share + (1 − share) · e^x): a likelihood ratio where `share` of the others look like the subject. 0 ≤ share ≤ 1. */
export function lnMixed(share: number, x: number): number {
  // Above 36 the first summand is lost in rounding anyway, and e^x might overflow.
  if (x > 36 && share < 1) return x + ln(1 - share)
  return ln(share + (1 - share) * exp(x))
}
