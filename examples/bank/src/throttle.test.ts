import { expect, it } from 'vitest'
import { createThrottle } from './throttle.ts'

const now = 1_800_000_000_000

it('lets a few tries go at once, then waits twice as long each time, a minute at most', () => {
  const throttle = createThrottle(3)
  for (let count = 0; count < 3; count++) expect(throttle.begin('maya', now)).toBeUndefined()
  let at = now
  const waits = []
  for (let count = 0; count < 8; count++) {
    const again = throttle.begin('maya', at) ?? at
    waits.push((again - at) / 1000)
    at = again
    expect(throttle.begin('maya', at)).toBeUndefined()
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
})

it('counts each key for itself, and forgets after a quiet hour', () => {
  const throttle = createThrottle(1)
  throttle.begin('maya', now)
  expect(throttle.begin('tom', now)).toBeUndefined()
  expect(throttle.begin('maya', now)).toBe(now + 1000)
  expect(throttle.begin('maya', now + 3_600_000)).toBeUndefined()
  expect(throttle.begin('maya', now + 3_600_000)).toBe(now + 3_601_000)
})

it('takes a right try for no guess, and of an account those before it neither', () => {
  const throttle = createThrottle(2)
  for (let count = 0; count < 9; count++) {
    expect(throttle.begin('an address', now)).toBeUndefined()
    throttle.passed('an address', false)
  }
  throttle.begin('another', now)
  throttle.begin('another', now)
  expect(throttle.begin('another', now + 1000)).toBeUndefined()
  throttle.passed('another', false)
  expect(throttle.begin('another', now + 1000)).toBeUndefined()
  expect(throttle.begin('another', now + 1000)).toBeDefined()
  throttle.begin('maya', now)
  throttle.begin('maya', now)
  throttle.passed('maya', true)
  expect(throttle.begin('maya', now)).toBeUndefined()
})
