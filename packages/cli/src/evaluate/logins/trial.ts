import type { AttackerKind } from './login.ts'
import { createColumn } from './columns.ts'

/** How the live policy answered. */
export const verdicts = ['allow', 'challenge', 'deny'] as const
export type Verdict = (typeof verdicts)[number]

/** How the device key of a sign-in stands with its subject: on record; another than those on record; or none is on record. */
export const keyStandings = ['recorded', 'other', 'none'] as const
export type KeyStanding = (typeof keyStandings)[number]

/** Models that are compared in one run, ours first. */
export const modelNames = ['newel', 'freeman', 'freeman chained', 'simple'] as const
export type ModelName = (typeof modelNames)[number]

export interface Trial {
  readonly subject: number
  /** Good sign-ins of the subject, this one included; for an attack, those before it. */
  readonly nth: number
  readonly verdict: Verdict
  readonly key: KeyStanding
  readonly atMs: number
  /** Higher is more like somebody else; `undefined` before the first login was learned. */
  readonly scores: Readonly<Record<ModelName, number | undefined>>
}

/** Sign-ins with the right password, in order of time: a few bytes each. */
export interface Trials {
  add(trial: Trial): void
  readonly length: number
  readonly subject: () => ArrayLike<number>
  readonly nth: () => ArrayLike<number>
  readonly verdict: () => ArrayLike<number>
  readonly key: () => ArrayLike<number>
  /** Months since 1970. */
  readonly month: () => ArrayLike<number> & Iterable<number>
  /** Of a model that this was made for; NaN where there was nothing to compare with. */
  readonly score: (model: ModelName) => ArrayLike<number>
}

export const monthOf = (ms: number): number => {
  const date = new Date(ms)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}
export const monthName = (month: number): string =>
  `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`

export function createTrials(models: readonly ModelName[]): Trials {
  const subject = createColumn(Uint32Array)
  const nth = createColumn(Uint32Array)
  const verdict = createColumn(Uint8Array)
  const key = createColumn(Uint8Array)
  const month = createColumn(Uint32Array)
  const scores = new Map(models.map((model) => [model, createColumn(Float32Array)]))
  return {
    add(trial) {
      subject.push(trial.subject)
      nth.push(trial.nth)
      verdict.push(verdicts.indexOf(trial.verdict))
      key.push(keyStandings.indexOf(trial.key))
      month.push(monthOf(trial.atMs))
      for (const [model, column] of scores) column.push(trial.scores[model] ?? NaN)
    },
    get length() {
      return subject.length
    },
    subject: () => subject.values(),
    nth: () => nth.values(),
    verdict: () => verdict.values(),
    key: () => key.values(),
    month: () => month.values(),
    score: (model) => scores.get(model)!.values(),
  }
}

/** Ids with a larger share of the rows are no person: they stand apart. */
export const largestShare = 0.01

/** All that a run over a file recorded. */
export interface Run {
  /** Of the file. */
  readonly sha256: string
  readonly good: Trials
  readonly attacks: Readonly<Record<AttackerKind, Trials>>
  readonly subjects: number
  /** Names of subjects, of those at least whose share of the rows is above {@link largestShare}. */
  readonly names: ReadonlyMap<number, string>
  /** By subject. */
  readonly rowsOfSubject: ArrayLike<number>
  readonly rows: number
  readonly failedRows: number
  readonly firstMs: number
  readonly lastMs: number
}
