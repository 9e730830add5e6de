import { shippedCalibration } from '@newel/engine'
import { command } from '../../command.ts'
import { Failure } from '../../failure.ts'
import { evaluationArgs, requireData, sayEstimate, table, writeJson } from '../report.ts'
import { calibrationRows, detectorRows, loopFigures, takenForPrograms, type LoopFigures } from './figures.ts'
import { fitCalibration } from './fit.ts'
import { parseProtocol } from './protocol.ts'
import { readTyping } from './read.ts'
import type { TypingSubject } from './sample.ts'

/** Repetitions that the loop needs: enrolment, use, and as many again to count. */
const loopRepetitions = 220

function measureLoop(subjects: readonly TypingSubject[]): LoopFigures[] {
  const short = subjects.find(({ samples }) => samples.length < loopRepetitions)
  if (subjects.length < 2 || short !== undefined)
    throw new Failure(`--loop needs two subjects, and ${loopRepetitions} repetitions of each.`)
  return loopFigures(subjects)
}

const sayLoop = (rows: readonly LoopFigures[]): string =>
  table(
    ['loop', 'EER [95 %]', 'challenged', 'let in', 'poisoned by 0', 'by 10', 'by 10, 1 between', 'by 40'],
    rows.map(({ configuration, eer, challenged, accepted, poisoned }) => [
      configuration,
      sayEstimate(eer),
      sayEstimate(challenged, 3),
      sayEstimate(accepted, 3),
      ...(poisoned === undefined
        ? ['–', '–', '–', '–']
        : [poisoned.before, poisoned.none, poisoned.one, poisoned.often].map((each) => sayEstimate(each, 3))),
    ]),
  )

export const evaluateTyping = command({
  name: 'evaluate typing',
  description: 'Error rates of typing a fixed text, on the CMU benchmark or on NDJSON',
  example: 'newel evaluate typing --data typing.ndjson --loop',
  args: {
    ...evaluationArgs,
    train: { type: 'string', description: 'Train on so many first repetitions; default 200', valueHint: 'N' },
    genuine: { type: 'string', description: 'Genuine repetitions; default 201-400', valueHint: 'FROM-TO' },
    impostor: {
      type: 'string',
      description: 'Of each other subject; default first:5',
      valueHint: 'first:K|reps:FROM-TO',
    },
    loop: {
      type: 'boolean',
      description: 'Also enrol, log in, be attacked and learn, repetition by repetition',
    },
    fit: {
      type: 'boolean',
      description: 'Also fit the map from score to likelihood ratio anew, on odd subjects',
    },
  },
  run: async ({ data: file, json, train, genuine, impostor, loop, fit }) => {
    const { subjects, sha256 } = readTyping(requireData(file))
    const protocol = parseProtocol({ train, genuine, impostor })
    const detectors = detectorRows(subjects, protocol)
    const calibration = calibrationRows(subjects, protocol)
    const programs = takenForPrograms(subjects)
    const loops = loop === true ? measureLoop(subjects) : undefined
    const fitted = fit === true ? fitCalibration(subjects, protocol.train.to) : undefined
    writeJson(json, {
      sha256,
      protocol,
      detectors,
      calibration,
      programs,
      ...(loops && { loop: loops }),
      ...(fitted && { fitted, shipped: shippedCalibration }),
    })
    const parts = [
      table(
        ['detector', 'subjects', 'EER [95 %]', 'sd', 'zero-miss FA'],
        detectors.map(({ detector, subjects: some, eer, eerDeviation, zeroMiss }) => [
          detector,
          some,
          sayEstimate(eer),
          eerDeviation.toFixed(4),
          zeroMiss.toFixed(3),
        ]),
      ),
      table(
        ['likelihood ratio', 'Cllr [95 %]', 'Cllr − minCllr [95 %]'],
        calibration.map(({ subjects: some, cllr, excess }) => [
          `${some} subjects`,
          sayEstimate(cllr, 3),
          sayEstimate(excess, 3),
        ]),
      ),
      `${programs.samples} samples, taken for a program's: ${programs.jitterless} without jitter, ${programs.replays} as replays`,
      ...(loops === undefined ? [] : [sayLoop(loops)]),
      ...(fitted === undefined
        ? []
        : [
            table(
              ['fitted for samples', 'offset', 'slope', 'shipped'],
              fitted.map(({ rows, offset, slope }, i) => [
                String(rows),
                offset.toFixed(2),
                slope.toFixed(2),
                `${shippedCalibration[i]?.offset.toFixed(2)} ${shippedCalibration[i]?.slope.toFixed(2)}`,
              ]),
            ),
          ]),
    ]
    process.stdout.write(`${parts.join('\n\n')}\n`)
  },
})
