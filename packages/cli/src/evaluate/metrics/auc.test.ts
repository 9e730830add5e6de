import { seededRandom } from '@newel/testkit'
import { describe, expect, it } from 'vitest'
import { clusteredAuc, clusteredRate } from './auc.ts'
import { areaUnderRoc } from './eer.ts'

const random = seededRandom(5)
/** Subjects with a level of their own, so that their scores hang together. */
function drawn(subjects: number, each: number, shift: number) {
  const scores: number[] = []
  const who: number[] = []
  for (let subject = 0; subject < subjects; subject += 1) {
    const level = random.next()
    for (let i = 0; i < each; i += 1) {
      scores.push(Math.round(20 * (level + random.next() + shift)) / 20)
      who.push(subject)
    }
  }
  return { scores, subjects: who }
}

describe('the clustered area under the ROC', () => {
  it('is the area, ties by half', () => {
    const genuine = drawn(30, 4, 0)
    const impostor = drawn(30, 2, 0.3)
    expect(clusteredAuc(genuine, impostor).value).toBeCloseTo(
      areaUnderRoc({ genuine: genuine.scores, impostor: impostor.scores }),
      12,
    )
  })
  it('has an interval that holds the truth about 95 times of 100', () => {
    const truth = clusteredAuc(drawn(4000, 5, 0), drawn(4000, 2, 0.4)).value
    let held = 0
    for (let run = 0; run < 200; run += 1) {
      const { low, high } = clusteredAuc(drawn(200, 5, 0), drawn(200, 2, 0.4))
      if (low <= truth && truth <= high) held += 1
    }
    expect(held).toBeGreaterThan(180)
    expect(held).toBeLessThan(199)
  })
  it('is wider where the same scores come from fewer subjects', () => {
    const genuine = drawn(20, 20, 0)
    const impostor = drawn(20, 20, 0.4)
    const alone = (from: typeof genuine) => ({ ...from, subjects: from.scores.map((_, i) => i) })
    const width = (a: typeof genuine, b: typeof genuine): number => {
      const { low, high } = clusteredAuc(a, b)
      return high - low
    }
    expect(width(genuine, impostor)).toBeGreaterThan(1.5 * width(alone(genuine), alone(impostor)))
  })
  it('needs both kinds', () => {
    expect(() => clusteredAuc({ scores: [], subjects: [] }, drawn(2, 2, 0))).toThrow(RangeError)
  })
})

describe('a clustered rate', () => {
  it('is hits over attempts, and knows nothing of nobody', () => {
    expect(clusteredRate([1, 0, 2], [4, 0, 4]).value).toBeCloseTo(3 / 8, 12)
    expect(clusteredRate([], []).value).toBeNaN()
  })
  it('of one subject says nothing about others', () => {
    expect(clusteredRate([1], [10])).toEqual({ value: 0.1, low: 0, high: 1 })
  })
})
