import { createHistories, createInterner, levels } from './login-models.ts'
import type { LoginModel, ModelLogin } from './login-models.ts'

/**
 * The SIMPLE model of open sign-on products (compared in "What's in Score for Website Users?", FC 2021): the share of checked
 * features whose value the subject never showed. 0 to 1, in steps of a seventh.
 */
export function createSimple(): LoginModel {
  const intern = levels.map(createInterner)
  const histories = createHistories(levels.length)
  const valuesOf = (login: ModelLogin): number[] =>
    levels.map((level, i) => intern[i]!(String(login[level] ?? '')))
  return {
    score(login) {
      if (histories.total(login.subject) === 0) return undefined
      const unknown = valuesOf(login).filter(
        (shown, i) => histories.count(login.subject, (value) => value(i) === shown) === 0,
      )
      return unknown.length / levels.length
    },
    learn: (login) => {
      histories.add(login.subject, valuesOf(login))
    },
  }
}
