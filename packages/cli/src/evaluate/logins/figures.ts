import { ascending, clusteredAuc, clusteredRate, mapped, type Clustered } from '../metrics/auc.ts'
import { calibrationOf, type Calibration } from '../metrics/calibration.ts'
import { cllr, minCllr } from '../metrics/cllr.ts'
import { quantile, type Estimate } from '../metrics/interval.ts'
import { asksOf, type Asks } from './asks.ts'
import { createColumn } from './columns.ts'
import { attackerKinds, type AttackerKind } from './login.ts'
import {
  largestShare,
  modelNames,
  monthName,
  verdicts,
  type ModelName,
  type Run,
  type Trials,
} from './trial.ts'

export const rates = [0.98, 0.99, 0.995] as const
export const horizons = [4, 12, 39] as const

/** Good sign-ins as the live policy answered them: shares of 0 to 1. */
export interface LiveRow {
  readonly attempts: number
  readonly asked: Estimate
  readonly denied: Estimate
}
export interface Horizon {
  readonly logins: number
  /** Subjects with at least so many good sign-ins. */
  readonly subjects: number
  /** Share asked among the first so many sign-ins of a subject, over subjects. */
  readonly median: number
  readonly p90: number
  /** The same over all of those sign-ins. */
  readonly perLogin: Estimate
}
export interface Posterior {
  readonly model: ModelName
  readonly attacker: AttackerKind
  readonly truePositiveRate: number
  readonly threshold: number
  readonly caught: number
  readonly horizons: readonly Horizon[]
  /** Share asked among second and third sign-ins, where little is known yet. */
  readonly second: Estimate
}
export interface Figures {
  readonly sha256: string
  readonly rows: number
  readonly failedRows: number
  readonly subjects: number
  readonly from: string
  readonly to: string
  readonly apart: readonly { readonly subject: string; readonly rows: number; readonly share: number }[]
  readonly live: {
    readonly all: LiveRow
    readonly first: LiveRow
    readonly second: LiveRow
    readonly later: LiveRow
    readonly apart: LiveRow
    readonly months: readonly (LiveRow & { readonly month: string })[]
    readonly attackers: readonly {
      readonly attacker: AttackerKind
      readonly attempts: number
      /** Neither asked nor refused. */
      readonly letIn: Estimate
      readonly denied: Estimate
    }[]
  }
  readonly auc: readonly {
    readonly model: ModelName
    readonly attacker: AttackerKind
    readonly area: Estimate
  }[]
  readonly posterior: readonly Posterior[]
  /** Of our model at the first of the rates, after the second of the horizons. */
  readonly asks: readonly Asks[]
  readonly calibration: readonly (Calibration & {
    readonly attacker: AttackerKind | 'all'
    readonly cllr: number
    readonly minCllr: number
  })[]
}

const isHuman =
  ({ rowsOfSubject, rows }: Run): ((subject: number) => boolean) =>
  (subject) =>
    rowsOfSubject[subject]! <= largestShare * rows

/** Rate of what `hit` says among the trials that `among` says, clustered by subject. */
function rate(
  trials: Trials,
  subjects: number,
  among: (i: number) => boolean,
  hit: (i: number) => boolean,
): Estimate {
  const hits = new Uint32Array(subjects)
  const totals = new Uint32Array(subjects)
  const who = trials.subject()
  for (let i = 0; i < trials.length; i += 1) {
    if (!among(i)) continue
    totals[who[i]!]! += 1
    if (hit(i)) hits[who[i]!]! += 1
  }
  return clusteredRate(hits, totals)
}

function liveRow(run: Run, trials: Trials, among: (i: number) => boolean): LiveRow {
  const verdict = trials.verdict()
  const { subjects } = run
  let attempts = 0
  for (let i = 0; i < trials.length; i += 1) if (among(i)) attempts += 1
  return {
    attempts,
    asked: rate(trials, subjects, among, (i) => verdicts[verdict[i]!] === 'challenge'),
    denied: rate(trials, subjects, among, (i) => verdicts[verdict[i]!] === 'deny'),
  }
}

function live(run: Run): Figures['live'] {
  const { good } = run
  const human = isHuman(run)
  const subject = good.subject()
  const nth = good.nth()
  const month = good.month()
  const of = (test: (i: number) => boolean) => liveRow(run, good, (i) => human(subject[i]!) && test(i))
  const months = [...new Set(month)].sort((a, b) => a - b)
  return {
    all: of(() => true),
    first: of((i) => nth[i] === 1),
    second: of((i) => nth[i]! === 2 || nth[i]! === 3),
    later: of((i) => nth[i]! > 3),
    apart: liveRow(run, good, (i) => !human(subject[i]!)),
    months: months.map((each) => ({ month: monthName(each), ...of((i) => month[i] === each) })),
    attackers: attackerKinds.flatMap((attacker) => {
      const trials = run.attacks[attacker]
      if (trials.length === 0) return []
      const verdict = trials.verdict()
      const of = (wanted: number) =>
        rate(
          trials,
          run.subjects,
          () => true,
          (i) => verdict[i] === wanted,
        )
      return [{ attacker, attempts: trials.length, letIn: of(0), denied: of(2) }]
    }),
  }
}

/** Scores that there are, with their subjects: what a model was asked after the subject's first sign-in. */
function scored(trials: Trials, model: ModelName, keep: (subject: number) => boolean): Clustered {
  const all = trials.score(model)
  const who = trials.subject()
  const scores = createColumn(Float32Array)
  const subjects = createColumn(Uint32Array)
  for (let i = 0; i < trials.length; i += 1) {
    if (Number.isNaN(all[i]!) || !keep(who[i]!)) continue
    scores.push(all[i]!)
    subjects.push(who[i]!)
  }
  return { scores: scores.values(), subjects: subjects.values() }
}

function together(parts: readonly Clustered[]): Clustered {
  const scores = createColumn(Float32Array)
  const subjects = createColumn(Uint32Array)
  for (const part of parts) {
    for (let i = 0; i < part.scores.length; i += 1) {
      scores.push(part.scores[i]!)
      subjects.push(part.subjects[i]!)
    }
  }
  return { scores: scores.values(), subjects: subjects.values() }
}

function horizon(run: Run, logins: number, asked: (i: number) => boolean, totals: Uint32Array): Horizon {
  const hits = new Uint32Array(run.subjects)
  const counted = new Uint32Array(run.subjects)
  const subject = run.good.subject()
  const nth = run.good.nth()
  for (let i = 0; i < run.good.length; i += 1) {
    const who = subject[i]!
    if (totals[who]! < logins || nth[i]! > logins) continue
    counted[who]! += 1
    if (asked(i)) hits[who]! += 1
  }
  const asks = createColumn(Uint32Array)
  for (let who = 0; who < counted.length; who += 1) if (counted[who]! > 0) asks.push(hits[who]!)
  const shares = mapped(asks.values().sort(), (count) => count / logins)
  return {
    logins,
    subjects: shares.length,
    median: shares.length === 0 ? NaN : quantile(shares, 0.5),
    p90: shares.length === 0 ? NaN : quantile(shares, 0.9),
    perLogin: clusteredRate(hits, counted),
  }
}

/** Good sign-ins of each subject; none of those that stand apart. */
function signInsOf(run: Run): Uint32Array {
  const human = isHuman(run)
  const subject = run.good.subject()
  const nth = run.good.nth()
  const totals = new Uint32Array(run.subjects)
  for (let i = 0; i < run.good.length; i += 1)
    if (human(subject[i]!)) totals[subject[i]!] = Math.max(totals[subject[i]!]!, nth[i]!)
  return totals
}

/**
 * Thresholds that only hindsight knows: the score above which a share of one kind of attacker lies. A subject's first sign-in, of
 * which no model knows anything, counts as asked.
 */
function posterior(run: Run, model: ModelName, attacker: AttackerKind): Posterior[] {
  const human = isHuman(run)
  const { scores } = scored(run.attacks[attacker], model, human)
  if (scores.length === 0) return []
  const sorted = ascending(scores)
  const subject = run.good.subject()
  const nth = run.good.nth()
  const own = run.good.score(model)
  const totals = signInsOf(run)
  return rates.map((truePositiveRate) => {
    const threshold = sorted[Math.floor((1 - truePositiveRate) * sorted.length + 1e-9)]!
    const asked = (i: number): boolean => Number.isNaN(own[i]!) || own[i]! >= threshold
    return {
      model,
      attacker,
      truePositiveRate,
      threshold,
      caught: sorted.filter((score) => score >= threshold).length / sorted.length,
      horizons: horizons.map((logins) => horizon(run, logins, asked, totals)),
      second: rate(
        run.good,
        run.subjects,
        (i) => human(subject[i]!) && (nth[i] === 2 || nth[i] === 3),
        asked,
      ),
    }
  })
}

/** Everything that a run says. */
export function figuresOf(run: Run, models: readonly ModelName[] = modelNames): Figures {
  const human = isHuman(run)
  const present = attackerKinds.filter((attacker) => run.attacks[attacker].length > 0)
  const pairs = models.flatMap((model) => present.map((attacker) => ({ model, attacker })))
  const names = [...run.names].sort(([a], [b]) => a - b)
  const apart = names.flatMap(([index, subject]) => {
    const rows = run.rowsOfSubject[index]!
    return human(index) ? [] : [{ subject, rows, share: rows / run.rows }]
  })
  const rows = pairs.flatMap(({ model, attacker }) => posterior(run, model, attacker))
  return {
    sha256: run.sha256,
    rows: run.rows,
    failedRows: run.failedRows,
    subjects: run.subjects,
    from: new Date(run.firstMs).toISOString(),
    to: new Date(run.lastMs).toISOString(),
    apart,
    live: live(run),
    auc: pairs.flatMap(({ model, attacker }) => {
      const genuine = scored(run.good, model, human)
      const impostor = scored(run.attacks[attacker], model, human)
      if (genuine.scores.length === 0 || impostor.scores.length === 0) return []
      return [{ model, attacker, area: clusteredAuc(genuine, impostor) }]
    }),
    posterior: rows,
    asks: rows
      .filter(({ model, truePositiveRate }) => model === 'newel' && truePositiveRate === rates[0])
      .map(({ attacker, threshold }) => asksOf(run, attacker, threshold, horizons[1], signInsOf(run))),
    calibration: [...present, 'all' as const].flatMap((attacker) => {
      const genuine = scored(run.good, 'newel', human)
      const kinds = attacker === 'all' ? present : [attacker]
      const impostor = together(kinds.map((kind) => scored(run.attacks[kind], 'newel', human)))
      if (genuine.scores.length === 0 || impostor.scores.length === 0) return []
      const ratios = { genuine: genuine.scores, impostor: impostor.scores }
      return [{ attacker, ...calibrationOf(genuine, impostor), cllr: cllr(ratios), minCllr: minCllr(ratios) }]
    }),
  }
}
