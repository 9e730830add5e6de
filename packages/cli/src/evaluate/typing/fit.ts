import type { Calibration } from '@newel/engine'
import { engineRelative } from './engine.ts'
import { scoreSubjects, type Protocol } from './protocol.ts'
import type { TypingSubject } from './sample.ts'

/** Sizes of enrolment that the map knows; between them it is interpolated. The last is a full template. */
export const fittedRows = [5, 10, 20, 40, 80] as const

/** The last so many repetitions before the test train, practised impostors try: what the map has to stand. */
export const fittingProtocol = (rows: number, last: number): Protocol => ({
  train: { from: Math.max(1, last - rows + 1), to: last },
  genuine: { from: last + 1, to: 2 * last },
  impostor: { from: Math.max(1, last - 4), to: last },
})

/** Odd in the order of their names: the first, the third and so on. Everything that was chosen was chosen on them. */
export const oddOf = <T>(subjects: readonly T[]): T[] => subjects.filter((_, i) => i % 2 === 0)
export const evenOf = <T>(subjects: readonly T[]): T[] => subjects.filter((_, i) => i % 2 === 1)

const steps = 50

/** Logistic regression by Newton's method, both kinds weighing the same: the line of least Cllr. */
function fitLine(genuine: readonly number[], impostor: readonly number[]): { offset: number; slope: number } {
  let offset = 0
  let slope = 1
  for (let step = 0; step < steps; step += 1) {
    const gradient = [0, 0] as [number, number]
    const curve = [1e-9, 0, 1e-9] as [number, number, number]
    const add = (x: number, label: number, weight: number): void => {
      const p = 1 / (1 + Math.exp(-(offset + slope * x)))
      const spread = weight * p * (1 - p)
      gradient[0] += weight * (p - label)
      gradient[1] += weight * (p - label) * x
      curve[0] += spread
      curve[1] += spread * x
      curve[2] += spread * x * x
    }
    for (const relative of genuine) add(relative - 1, 0, 1 / genuine.length)
    for (const relative of impostor) add(relative - 1, 1, 1 / impostor.length)
    const determinant = curve[0] * curve[2] - curve[1] * curve[1]
    const down = (curve[2] * gradient[0] - curve[1] * gradient[1]) / determinant
    const across = (curve[0] * gradient[1] - curve[1] * gradient[0]) / determinant
    offset -= down
    slope -= across
    if (Math.abs(down) + Math.abs(across) < 1e-10) break
  }
  return { offset, slope }
}

/**
 * The map from the relative score to a likelihood ratio, fitted on odd subjects with practised impostors, for each
 * size of enrolment: what the engine ships as `shippedCalibration`, rounded to hundredths.
 */
export function fitCalibration(subjects: readonly TypingSubject[], last: number): Calibration[] {
  const odd = new Set(oddOf(subjects).map(({ name }) => name))
  return fittedRows.map((rows) => {
    // Odd subjects alone, impostors included: no even one enters what is measured on them.
    const scores = scoreSubjects(
      subjects.filter(({ name }) => odd.has(name)),
      fittingProtocol(rows === 80 ? last : rows, last),
      engineRelative,
    )
    const { offset, slope } = fitLine(
      scores.flatMap(({ genuine }) => genuine),
      scores.flatMap(({ impostor }) => impostor),
    )
    const hundredths = (value: number): number => Math.round(value * 100) / 100
    return { rows, offset: hundredths(offset), slope: hundredths(slope) }
  })
}
