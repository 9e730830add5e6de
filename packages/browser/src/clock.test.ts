import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createClock } from './clock.ts'

const serverMs = 1_800_000_000_000

beforeEach(
  () => void vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date', 'performance', 'setTimeout'] }),
)
afterEach(() => void vi.useRealTimers())

it('knows nothing before the server has spoken', () => {
  expect(createClock().now()).toBeUndefined()
})

it('counts on from the server’s time, whatever the wall clock says', () => {
  const clock = createClock()
  clock.set(serverMs)
  vi.advanceTimersByTime(90_000)
  expect(clock.now()).toBe(serverMs + 90_000)
})

it('asks again when the wall clock and the monotonic one part, as after sleep', () => {
  const clock = createClock()
  clock.set(serverMs)
  vi.setSystemTime(Date.now() + 180_000)
  expect(clock.now()).toBeUndefined()
  clock.set(serverMs + 180_000)
  expect(clock.now()).toBe(serverMs + 180_000)
})
