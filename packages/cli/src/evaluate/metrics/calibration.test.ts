import { seededRandom } from '@newel/testkit'
import { describe, expect, it } from 'vitest'
import { calibrationOf } from './calibration.ts'

/** Scores that are right as likelihood ratios: kind drawn evenly, nats from two normals a variance apart. */
function honest(count: number, scale = 1, shift = 0) {
  const random = seededRandom(11)
  const kinds = [0, 1].map(() => ({ scores: [] as number[], subjects: [] as number[] }))
  for (let i = 0; i < count; i += 1) {
    const attack = random.below(2)
    let normal = -6
    for (let k = 0; k < 12; k += 1) normal += random.next()
    // Two normals of variance 4 with means ±2 have exactly x as their log ratio.
    const nats = (attack === 1 ? 2 : -2) + 2 * normal
    kinds[attack]!.scores.push(scale * nats + shift)
    kinds[attack]!.subjects.push(i % 500)
  }
  return [kinds[0]!, kinds[1]!] as const
}

describe('calibration', () => {
  it('of ratios that are right is slope 1, intercept 0, within the intervals', () => {
    const { slope, intercept, relativeLogLoss } = calibrationOf(...honest(20_000))
    expect(slope.low).toBeLessThan(1)
    expect(slope.high).toBeGreaterThan(1)
    expect(intercept.low).toBeLessThan(0)
    expect(intercept.high).toBeGreaterThan(0)
    expect(slope.high - slope.low).toBeLessThan(0.1)
    expect(relativeLogLoss).toBeLessThan(0.6)
  })
  it('finds evidence that says twice too much', () => {
    expect(calibrationOf(...honest(20_000, 2)).slope.value).toBeCloseTo(0.5, 1)
  })
  it('finds evidence that is two nats too calm', () => {
    expect(calibrationOf(...honest(20_000, 1, -2)).intercept.value).toBeCloseTo(2, 1)
  })
  it('costs more than the base rate where it is confident and wrong', () => {
    const [genuine, impostor] = honest(2000)
    expect(calibrationOf(impostor, genuine).relativeLogLoss).toBeGreaterThan(1)
  })
  it('shows what was said and observed in ten parts', () => {
    const { reliability } = calibrationOf(...honest(20_000))
    expect(reliability).toHaveLength(10)
    for (const { said, observed } of reliability) expect(Math.abs(said - observed)).toBeLessThan(0.05)
  })
})
