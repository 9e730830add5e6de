import { command } from '../../command.ts'
import { evaluationArgs, requireData, sayEstimate, table, writeJson } from '../report.ts'
import { equalErrorRate, zeroMissFalseAlarm } from '../metrics/eer.ts'
import { clusterInterval, deviation, mean, type Estimate } from '../metrics/interval.ts'
import { parseProtocol, scoreSubjects, type Detector, type Protocol } from './protocol.ts'
import { readTyping } from './read.ts'
import type { TypingSubject } from './sample.ts'
import { scaledManhattan } from './scaled-manhattan.ts'

interface Row {
  readonly detector: string
  readonly subjects: number
  readonly eer: Estimate
  readonly eerDeviation: number
  readonly zeroMiss: number
}

function measure(
  detector: string,
  subjects: readonly TypingSubject[],
  protocol: Protocol,
  score: Detector,
): Row {
  const scores = scoreSubjects(subjects, protocol, score)
  const eers = scores.map(equalErrorRate)
  return {
    detector,
    subjects: subjects.length,
    eer: clusterInterval(eers, mean),
    eerDeviation: deviation(eers),
    zeroMiss: mean(scores.map(zeroMissFalseAlarm)),
  }
}

export const evaluateTyping = command({
  name: 'evaluate typing',
  description: 'Error rates of typing a fixed text, on the CMU benchmark or on NDJSON',
  args: {
    ...evaluationArgs,
    train: { type: 'string', description: 'Train on so many first repetitions; default 200', valueHint: 'N' },
    genuine: { type: 'string', description: 'Genuine repetitions; default 201-400', valueHint: 'FROM-TO' },
    impostor: {
      type: 'string',
      description: 'Of each other subject; default first:5',
      valueHint: 'first:K|reps:FROM-TO',
    },
  },
  run: async ({ data: file, json, train, genuine, impostor }) => {
    const { subjects, sha256 } = readTyping(requireData(file))
    const protocol = parseProtocol({ train, genuine, impostor })
    const rows = [measure('scaled Manhattan', subjects, protocol, scaledManhattan)]
    writeJson(json, { sha256, protocol, rows })
    process.stdout.write(
      `${table(
        ['detector', 'subjects', 'EER [95 %]', 'sd', 'zero-miss FA'],
        rows.map(({ detector, subjects: count, eer, eerDeviation, zeroMiss }) => [
          detector,
          String(count),
          sayEstimate(eer),
          eerDeviation.toFixed(4),
          zeroMiss.toFixed(3),
        ]),
      )}\n`,
    )
  },
})
