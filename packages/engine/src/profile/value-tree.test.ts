import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countsOf,
  decodeTree,
  emptyTree,
  encodeTree,
  learnPath,
  maskPath,
  type ValueTree,
} from './value-tree.ts'

const learned = (paths: readonly (readonly number[])[], maxLeaves = 8): ValueTree =>
  paths.reduce<ValueTree>((tree, path, day) => learnPath(tree, path, 4, day), emptyTree(3, maxLeaves))

describe('counts', () => {
  const tree = learned([
    [1, 10, 100],
    [1, 10, 101],
    [1, 11, 110],
    [2, 20, 200],
  ])
  it('are of the value among those that share the coarser ones', () => {
    expect(countsOf(tree, [1, 10, 100], 0)).toEqual({ count: 3, total: 4, distinct: 2 })
    expect(countsOf(tree, [1, 10, 100], 1)).toEqual({ count: 2, total: 3, distinct: 2 })
    expect(countsOf(tree, [1, 10, 100], 2)).toEqual({ count: 1, total: 2, distinct: 2 })
  })
  it('are none below a value that was never shown', () => {
    expect(countsOf(tree, [3, 30, 300], 0)).toEqual({ count: 0, total: 4, distinct: 2 })
    expect(countsOf(tree, [3, 30, 300], 1)).toEqual({ count: 0, total: 0, distinct: 0 })
  })
  it('leave out a coarser value that is not known now', () => {
    expect(countsOf(tree, [0, 0, 100], 2)).toEqual({ count: 1, total: 4, distinct: 4 })
  })
  it('leave out a coarser value that was not known then', () => {
    const later = learnPath(learned([[0, 0, 100]]), [1, 10, 100], 4, 1)
    expect(countsOf(later, [1, 10, 100], 2)).toEqual({ count: 2, total: 2, distinct: 1 })
    expect(countsOf(later, [1, 10, 100], 0)).toEqual({ count: 1, total: 1, distinct: 1 })
  })
})

describe('room', () => {
  it('is made by forgetting the finest of the oldest, so that coarser counts stay', () => {
    const tree = learned(
      Array.from({ length: 12 }, (_, i) => [1, 10, 100 + i]),
      4,
    )
    expect(tree.leaves).toHaveLength(4)
    expect(countsOf(tree, [1, 10, 0], 1)).toEqual({ count: 12, total: 12, distinct: 1 })
    expect(countsOf(tree, [1, 10, 111], 2).count).toBe(1)
    expect(countsOf(tree, [1, 10, 100], 2).count).toBe(0)
  })
  it('does not depend on anything but what was learned', () => {
    const token = fc.integer({ min: 1, max: 4 })
    const paths = fc.array(fc.tuple(token, token, token), { maxLength: 60 })
    fc.assert(
      fc.property(paths, (all) => {
        const tree = learned(all, 6)
        expect(tree.leaves.length).toBeLessThanOrEqual(6)
        const total = tree.leaves.reduce((sum, leaf) => sum + leaf.count, 0)
        expect(total).toBeLessThanOrEqual(4 * all.length)
        expect(decodeTree(encodeTree(tree), 3, 6)).toEqual(tree)
      }),
      { seed: 1, numRuns: 300 },
    )
  })
  it('fades what is old: counts are halved above two hundred sessions', () => {
    const old = learned(Array.from({ length: 200 }, () => [1, 10, 100]))
    expect(old.leaves[0]?.count).toBe(800)
    const next = learnPath(old, [2, 20, 200], 4, 200)
    expect(countsOf(next, [1, 10, 100], 0)).toEqual({ count: 100, total: 100.5, distinct: 2 })
  })
})

describe('what may only refresh', () => {
  const tree = learned([[1, 10, 100]])
  it('keeps the values that are there', () => {
    expect(maskPath(tree, [1, 10, 100])).toEqual([1, 10, 100])
    expect(maskPath(tree, [1, 10, 999])).toEqual([1, 10, 0])
    expect(maskPath(tree, [1, 99, 100])).toEqual([1, 0, 0])
    expect(maskPath(tree, [9, 10, 100])).toEqual([0, 0, 0])
  })
})
