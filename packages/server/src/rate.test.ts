import { expect, it } from 'vitest'
import { createRate } from './rate.ts'

const now = 1_800_000_000_000

it('lets as many go at once as a minute has, and then one each time its share of the minute has passed', () => {
  const rate = createRate(4)
  for (let call = 0; call < 4; call++) expect(rate.take('a', now)).toBeUndefined()
  expect(rate.take('a', now)).toBe(now + 15_000)
  expect(rate.take('a', now + 14_999)).toBe(now + 15_000)
  expect(rate.take('a', now + 15_000)).toBeUndefined()
  expect(rate.take('a', now + 15_000)).toBe(now + 30_000)
})

it('gives no more than a minute has to who was quiet for longer', () => {
  const rate = createRate(2)
  rate.take('a', now)
  const later = now + 86_400_000
  expect([rate.take('a', later), rate.take('a', later), rate.take('a', later)]).toEqual([
    undefined,
    undefined,
    later + 30_000,
  ])
})

it('counts each key for itself', () => {
  const rate = createRate(1)
  expect([rate.take('a', now), rate.take('b', now)]).toEqual([undefined, undefined])
  expect(rate.take('a', now)).toBeDefined()
})

it('does not make who is refused wait longer for having asked', () => {
  const rate = createRate(1)
  rate.take('a', now)
  for (let call = 0; call < 100; call++) rate.take('a', now + 1)
  expect(rate.take('a', now + 60_000)).toBeUndefined()
})
