import { command, type Command } from '../../command.ts'
import { Failure } from '../../failure.ts'
import { clusteredAuc } from '../metrics/auc.ts'
import { cllr } from '../metrics/cllr.ts'
import { areaUnderRoc, equalErrorRate, type Scores } from '../metrics/eer.ts'
import { clusterInterval, mean, type Estimate } from '../metrics/interval.ts'
import { evaluationArgs, requireData, sayEstimate, table, writeJson } from '../report.ts'
import { freeText, pointer, readSessions, type HabitKind } from './sessions.ts'
import { bySubject, trials, type Trial } from './trials.ts'

interface Row {
  readonly people: string
  readonly subjects: number
  /** Mean over the subjects. */
  readonly eer: Estimate
  readonly auc: Estimate
  readonly pooledEer: number
  readonly pooledAuc: Estimate
  /** Bits; 1 says nothing (Brümmer & du Preez, 2006). */
  readonly cllr: number
  /** Mean of the inverse ratio over impostors: above 1, they are calmed more than it is honest. */
  readonly impostorCalm: number
}

const clustered = (measured: readonly Trial[], of: (scores: Scores) => readonly number[]) => ({
  scores: measured.flatMap(({ scores }) => of(scores)),
  subjects: measured.flatMap(({ scores }, i) => of(scores).map(() => i)),
})

/** @throws Failure where too few subjects have enough sessions */
export function measureHabits(people: string, measured: readonly Trial[]): Row {
  if (measured.length < 2)
    throw new Failure('Too few subjects have more sessions than --train says.', [
      'Four subjects or more are needed, each with sessions beyond the training.',
    ])
  const genuine = clustered(measured, (scores) => scores.genuine)
  const impostor = clustered(measured, (scores) => scores.impostor)
  const scores = measured.map((trial) => trial.scores)
  return {
    people,
    subjects: measured.length,
    eer: clusterInterval(scores.map(equalErrorRate), mean),
    auc: clusterInterval(scores.map(areaUnderRoc), mean),
    pooledEer: equalErrorRate({ genuine: genuine.scores, impostor: impostor.scores }),
    pooledAuc: clusteredAuc(genuine, impostor),
    cllr: cllr({ genuine: genuine.scores, impostor: impostor.scores }),
    impostorCalm: mean(impostor.scores.map((nats) => Math.exp(-nats))),
  }
}

const defaultTrain = 5

function trainOf(text: string | undefined): number {
  const value = text === undefined ? defaultTrain : Number(text)
  if (!Number.isSafeInteger(value) || value < 2 || value > 10)
    throw new Failure(
      `--train is a whole number from 2 to 10, the most that a profile keeps, not ${text ?? ''}.`,
    )
  return value
}

const habitCommand = (kind: HabitKind, description: string): Command =>
  command({
    name: `evaluate ${kind.name}`,
    description,
    example: `newel evaluate ${kind.name} --data ${kind.name}.ndjson`,
    args: {
      ...evaluationArgs,
      train: { type: 'string', description: 'Train on so many first sessions; default 5', valueHint: 'N' },
    },
    run: async ({ data: file, json, train: text }) => {
      const train = trainOf(text)
      const { sessions, silent, sha256 } = readSessions(requireData(file), kind)
      const subjects = bySubject(sessions)
      const rows = [
        measureHabits('one-class', trials(subjects, kind.dimensions, train, false)),
        measureHabits('with background users', trials(subjects, kind.dimensions, train, true)),
      ]
      writeJson(json, { sha256, train, sessions: sessions.length, silent, rows })
      process.stdout.write(
        `${sessions.length} sessions of ${subjects.length} subjects; ${silent} had too little to tell.\n${table(
          [
            '',
            'subjects',
            'EER [95 %]',
            'AUC [95 %]',
            'pooled EER',
            'pooled AUC [95 %]',
            'Cllr',
            'impostors calmed',
          ],
          rows.map((row) => [
            row.people,
            String(row.subjects),
            sayEstimate(row.eer),
            sayEstimate(row.auc),
            row.pooledEer.toFixed(4),
            sayEstimate(row.pooledAuc),
            row.cllr.toFixed(3),
            row.impostorCalm.toFixed(2),
          ]),
        )}\n`,
      )
    },
  })

export const evaluateFreeText = habitCommand(freeText, 'Error rates of free text, on NDJSON of key presses')
export const evaluatePointer = habitCommand(pointer, 'Error rates of pointer movements, on NDJSON of events')
