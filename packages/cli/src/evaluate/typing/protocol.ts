import { Failure } from '../../failure.ts'
import type { Scores } from '../metrics/eer.ts'
import type { TypingSample, TypingSubject } from './sample.ts'

/** Repetitions `from` to `to`, both included, counted from 1. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Who trains, who is genuine and who is not. Default: Killourhy & Maxion, DSN 2009. */
export interface Protocol {
  readonly train: Range
  readonly genuine: Range
  /** Of every other subject. `first:5` are unpractised impostors, `reps:196-200` practised ones. */
  readonly impostor: Range
}

function parseRange(text: string, flag: string): Range {
  const match = /^(\d{1,6})-(\d{1,6})$/.exec(text)
  const range = { from: Number(match?.[1]), to: Number(match?.[2]) }
  if (match === null || range.from < 1 || range.to < range.from)
    throw new Failure(`--${flag} takes repetitions such as 201-400, counted from 1.`)
  return range
}

export function parseProtocol(flags: {
  readonly train?: string | undefined
  readonly genuine?: string | undefined
  readonly impostor?: string | undefined
}): Protocol {
  const train = flags.train ?? '200'
  if (!/^[1-9]\d{0,5}$/.test(train))
    throw new Failure('--train takes how many repetitions to train on, such as 200.')
  const impostor = flags.impostor ?? 'first:5'
  const first = /^first:([1-9]\d{0,5})$/.exec(impostor)
  if (first === null && !impostor.startsWith('reps:'))
    throw new Failure('--impostor takes first:5 or reps:196-200.')
  return {
    train: { from: 1, to: Number(train) },
    genuine: parseRange(flags.genuine ?? '201-400', 'genuine'),
    impostor:
      first === null
        ? parseRange(impostor.slice('reps:'.length), 'impostor')
        : { from: 1, to: Number(first[1]) },
  }
}

export const within = (samples: readonly TypingSample[], { from, to }: Range): TypingSample[] =>
  samples.filter(({ repetition }) => repetition >= from && repetition <= to)

/** Learns from one subject's samples alone, oldest first, and scores others; higher is more anomalous. */
export type Detector = (training: readonly TypingSample[]) => (sample: TypingSample) => number

export interface SubjectScores extends Scores {
  readonly name: string
}

/**
 * Each subject in turn is the genuine one; the others are impostors.
 *
 * @throws Failure where a subject has not what the protocol asks
 */
export function scoreSubjects(
  subjects: readonly TypingSubject[],
  { train, genuine, impostor }: Protocol,
  detector: Detector,
): SubjectScores[] {
  return subjects.map(({ name, samples }) => {
    const training = within(samples, train)
    const own = within(samples, genuine)
    const others = subjects.flatMap((other) => (other.name === name ? [] : within(other.samples, impostor)))
    if (training.length < train.to - train.from + 1 || own.length === 0 || others.length === 0)
      throw new Failure(`Subject ${name} has fewer repetitions than the protocol asks for.`)
    const score = detector(training)
    return { name, genuine: own.map(score), impostor: others.map(score) }
  })
}
