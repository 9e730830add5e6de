import { levels, type Learned } from './login-models.ts'

/**
 * The SIMPLE model of open sign-on products (compared in "What's in Score for Website Users?", FC 2021): the share of checked
 * features whose value the subject never showed. 0 to 1, in steps of a seventh.
 */
export function simple({ own, values }: Learned): number {
  const unknown = values.filter((shown, i) => own.count((value) => value(i) === shown) === 0)
  return unknown.length / levels.length
}
