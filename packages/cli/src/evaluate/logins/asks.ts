import type { AttackerKind } from './login.ts'
import { keyStandings, type KeyStanding, type Run } from './trial.ts'

/** Sign-ins of one kind, and how many of them a threshold asks. */
export interface Asked {
  readonly signIns: number
  readonly asked: number
}

/** What the sign-ins are that a posterior threshold asks, and the attacks that it misses, by the standing of the key. */
export interface Asks {
  readonly attacker: AttackerKind
  readonly threshold: number
  /** Among so many sign-ins of each subject that has as many. */
  readonly logins: number
  readonly first: Asked
  /** The others of them. */
  readonly later: Readonly<Record<KeyStanding, Asked>>
  readonly attacks: Readonly<Record<KeyStanding, { readonly attempts: number; readonly missed: number }>>
}

const byStanding = <T>(make: (standing: KeyStanding) => T): Readonly<Record<KeyStanding, T>> =>
  Object.fromEntries(keyStandings.map((standing) => [standing, make(standing)])) as Record<KeyStanding, T>

/**
 * @param threshold of our model, which asks what lies on it or above; a first sign-in is asked
 * @param totals good sign-ins of each subject that counts
 */
export function asksOf(
  run: Run,
  attacker: AttackerKind,
  threshold: number,
  logins: number,
  totals: ArrayLike<number>,
): Asks {
  const { good } = run
  const attacks = run.attacks[attacker]
  const subject = good.subject()
  const nth = good.nth()
  const score = good.score('newel')
  const key = good.key()
  const among = (test: (i: number) => boolean): Asked => {
    let [signIns, asked] = [0, 0]
    for (let i = 0; i < good.length; i += 1) {
      if (totals[subject[i]!]! < logins || nth[i]! > logins || !test(i)) continue
      signIns += 1
      if (nth[i] === 1 || score[i]! >= threshold) asked += 1
    }
    return { signIns, asked }
  }
  const victim = attacks.subject()
  const tried = attacks.score('newel')
  const standing = attacks.key()
  return {
    attacker,
    threshold,
    logins,
    first: among((i) => nth[i] === 1),
    later: byStanding((each) => among((i) => nth[i]! > 1 && keyStandings[key[i]!] === each)),
    attacks: byStanding((each) => {
      let [attempts, missed] = [0, 0]
      for (let i = 0; i < attacks.length; i += 1) {
        if (keyStandings[standing[i]!] !== each || Number.isNaN(tried[i]!) || totals[victim[i]!] === 0)
          continue
        attempts += 1
        if (tried[i]! < threshold) missed += 1
      }
      return { attempts, missed }
    }),
  }
}
