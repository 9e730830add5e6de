import { isJitterless, isReplayOf } from '@newel/engine'
import { cllr, minCllr, type Ratios } from '../metrics/cllr.ts'
import { equalErrorRate, zeroMissFalseAlarm } from '../metrics/eer.ts'
import { clusterInterval, deviation, mean, type Estimate } from '../metrics/interval.ts'
import { codesOf, engineDetector, engineNats } from './engine.ts'
import { evenOf, oddOf } from './fit.ts'
import { bareLoop, runLoop, shippedLoop } from './loop.ts'
import { attackersOf, isPoisoned } from './poison.ts'
import { scoreSubjects, type Protocol, type SubjectScores } from './protocol.ts'
import { quantise, type TypingSubject } from './sample.ts'
import { scaledManhattan } from './scaled-manhattan.ts'

export interface DetectorRow {
  readonly detector: string
  readonly subjects: string
  readonly eer: Estimate
  readonly eerDeviation: number
  readonly zeroMiss: number
}

const row = (detector: string, subjects: string, scores: readonly SubjectScores[]): DetectorRow => {
  const eers = scores.map(equalErrorRate)
  return {
    detector,
    subjects,
    eer: clusterInterval(eers, mean),
    eerDeviation: deviation(eers),
    zeroMiss: mean(scores.map(zeroMissFalseAlarm)),
  }
}

/** A clock of 60 Hz, as a hardened browser has it. */
const coarseMs = 16.7

/** The published best, which proves the protocol, and the engine's comparator; all of it one-class. */
export function detectorRows(subjects: readonly TypingSubject[], protocol: Protocol): DetectorRow[] {
  const coarse = subjects.map(({ name, samples }) => ({
    name,
    samples: samples.map((sample) => quantise(sample, coarseMs)),
  }))
  const engine = scoreSubjects(subjects, protocol, engineDetector)
  return [
    row('scaled Manhattan', 'all', scoreSubjects(subjects, protocol, scaledManhattan)),
    row('engine', 'all', engine),
    row('engine', 'odd', oddOf(engine)),
    row('engine', 'even', evenOf(engine)),
    row(`engine, clock of ${coarseMs} ms`, 'all', scoreSubjects(coarse, protocol, engineDetector)),
  ]
}

export interface CalibrationRow {
  readonly subjects: string
  readonly cllr: Estimate
  /** Cllr − minCllr: what the map costs. */
  readonly excess: Estimate
}

const pooled = (scores: readonly SubjectScores[]): Ratios => ({
  genuine: scores.flatMap(({ genuine }) => genuine),
  impostor: scores.flatMap(({ impostor }) => impostor),
})
/** Pooling violators sorts all scores anew for each draw. */
const excessDraws = 200

/** The shipped map from score to likelihood ratio. It was fitted on odd subjects, so that even ones judge it. */
export function calibrationRows(subjects: readonly TypingSubject[], protocol: Protocol): CalibrationRow[] {
  const scores = scoreSubjects(subjects, protocol, engineNats)
  const measure = (name: string, some: readonly SubjectScores[]): CalibrationRow => ({
    subjects: name,
    cllr: clusterInterval(some, (drawn) => cllr(pooled(drawn)), excessDraws),
    excess: clusterInterval(
      some,
      (drawn) => {
        const ratios = pooled(drawn)
        return cllr(ratios) - minCllr(ratios)
      },
      excessDraws,
    ),
  })
  return [measure('odd', oddOf(scores)), measure('even', evenOf(scores))]
}

export interface LoopFigures {
  readonly configuration: string
  readonly eer: Estimate
  readonly challenged: Estimate
  readonly accepted: Estimate
  /** Share of pairs of victim and attacker. */
  readonly poisoned?: {
    /** Without any injection: those who type alike. */
    readonly before: Estimate
    /** Within ten injections, by genuine logins between two of them. */
    readonly none: Estimate
    readonly one: Estimate
    /** Within forty, none between. */
    readonly often: Estimate
  }
}

/** The loop in the shipped configuration, every figure of one run; then the row of the bench, without audits and anchors. */
export function loopFigures(subjects: readonly TypingSubject[]): LoopFigures[] {
  const shipped = subjects.map((_, at) => runLoop(subjects, at, shippedLoop))
  const poisoned = (injections: number, between: number): Estimate =>
    clusterInterval(
      shipped.map((run, at) =>
        mean(
          attackersOf(at, subjects.length).map((attacker) =>
            Number(
              isPoisoned(run, subjects[attacker]!, { injections, between, seed: 3000 + at }, shippedLoop),
            ),
          ),
        ),
      ),
      mean,
    )
  const results = shipped.map(({ result }) => result)
  const bare = subjects.map((_, at) => runLoop(subjects, at, bareLoop).result)
  const figures = (some: typeof results) => ({
    eer: clusterInterval(some.map(equalErrorRate), mean),
    challenged: clusterInterval(
      some.map(({ challenged }) => challenged),
      mean,
    ),
    accepted: clusterInterval(
      some.map(({ accepted }) => accepted),
      mean,
    ),
  })
  return [
    {
      configuration: 'as shipped',
      ...figures(results),
      poisoned: {
        before: poisoned(0, 0),
        none: poisoned(10, 0),
        one: poisoned(10, 1),
        often: poisoned(40, 0),
      },
    },
    { configuration: 'without audits and anchors', ...figures(bare) },
  ]
}

export interface Programs {
  readonly samples: number
  /** All holds alike, or all down-down times. */
  readonly jitterless: number
  /** The same times as in one of the samples that a template would hold, to a step of their codes. */
  readonly replays: number
}

/** As many of the latest samples as a template holds of a short text, and more. */
const remembered = 100

/** How many samples of people the engine takes for those of programs. */
export function takenForPrograms(subjects: readonly TypingSubject[]): Programs {
  const found = { samples: 0, jitterless: 0, replays: 0 }
  for (const { samples } of subjects) {
    const typed = samples.map(codesOf)
    found.samples += typed.length
    found.jitterless += typed.filter(isJitterless).length
    found.replays += typed.filter((codes, i) =>
      typed.slice(Math.max(0, i - remembered), i).some((earlier) => isReplayOf(codes, earlier)),
    ).length
  }
  return found
}
