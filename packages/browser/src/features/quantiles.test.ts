import { expect, it } from 'vitest'
import { quantiles } from './quantiles.ts'

it('interpolates between neighbours, whatever the order', () => {
  expect(quantiles([40, 0, 20, 10, 30], [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])).toEqual([
    0, 4, 10, 20, 30, 36, 40,
  ])
  expect(quantiles([7], [0.25, 0.75])).toEqual([7, 7])
})

it('gives whole numbers within bounds, and nothing for nothing', () => {
  expect(quantiles([-5, 1e9], [0, 1])).toEqual([0, 60_000])
  expect(quantiles([3, 1e9], [0, 1], 512)).toEqual([3, 512])
  expect(quantiles([1, 2, 3], [-1, 2])).toEqual([1, 3])
  expect(quantiles([], [0.5])).toEqual([])
})
