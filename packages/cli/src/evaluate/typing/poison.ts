import { rowsOf, type Codes } from '@newel/engine'
import { codesOf } from './engine.ts'
import type { Account, LoopRun, LoopSettings } from './loop.ts'
import { within } from './protocol.ts'
import type { TypingSubject } from './sample.ts'

/** So many practised repetitions of the attacker, before those that count, are what he types naturally. */
const natural = 20
/** The subject's own rows from which the attacker sets out, the newest first. */
const starts = 8
const halvings = 8

/** Two attackers for each victim, spread over the subjects. */
export const attackersOf = (at: number, count: number): number[] => [(at + 7) % count, (at + 23) % count]

const middle = (rows: readonly Codes[]): Codes =>
  rows[0]!.map((_, j) => Math.round(rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length))
const towards = (from: Codes, to: Codes, share: number): Codes =>
  from.map((code, j) => Math.round(code + share * (to[j]! - code)))
const distance = (a: Codes, b: Codes): number => a.reduce((sum, code, j) => sum + Math.abs(code - b[j]!), 0)

/** White box: he knows template and threshold, and takes the accepted sample that is nearest to what he types himself. */
function crafted(account: Account, target: Codes): Codes | undefined {
  let best: Codes | undefined
  for (const { codes } of rowsOf(account.slot()).slice(-starts)) {
    if (account.ratio(codes) > 1) continue
    let reached = 0
    let refused = 1
    if (account.ratio(target) <= 1) reached = 1
    for (let i = 0; i < halvings && reached < 1; i += 1) {
      const share = (reached + refused) / 2
      if (account.ratio(towards(codes, target, share)) <= 1) reached = share
      else refused = share
    }
    const found = towards(codes, target, reached)
    if (best === undefined || distance(found, target) < distance(best, target)) best = found
  }
  return best
}

/**
 * Whether an attacker who is let in with crafted samples ends up being taken for the subject: half of what he types naturally is
 * accepted, after so many injections at most.
 *
 * @param between genuine logins after each injection
 */
export function isPoisoned(
  { midway, rest }: LoopRun,
  attacker: TypingSubject,
  {
    injections,
    between,
    seed,
  }: { readonly injections: number; readonly between: number; readonly seed: number },
  { passes, countedFrom }: LoopSettings,
): boolean {
  const account = midway.fork(seed)
  const typed = within(attacker.samples, { from: countedFrom - natural, to: countedFrom - 1 }).map(codesOf)
  const target = middle(typed)
  const succeeds = (): boolean =>
    2 * typed.filter((codes) => account.ratio(codes) <= 1).length >= typed.length
  let next = 0
  for (let i = 0; i < injections; i += 1) {
    if (succeeds()) return true
    const sample = crafted(account, target)
    const at = rest[next]
    if (sample === undefined || at === undefined) return false
    account.login(sample, at.nowMs - 60_000 + i, passes.impostor)
    for (let login = 0; login < between && next < rest.length; login += 1, next += 1)
      account.login(rest[next]!.codes, rest[next]!.nowMs, passes.genuine)
  }
  return succeeds()
}
