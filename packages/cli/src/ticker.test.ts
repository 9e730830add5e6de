import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startTicker } from './ticker.ts'

const nothing = { delivered: 0, folded: 0, purged: 0 }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('runs again after each pause, one run at a time', async () => {
  let running = 0
  let most = 0
  const tick = vi.fn(async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 5000))
    running--
    return nothing
  })
  const ticker = startTicker({ tick }, 2, () => undefined)
  await vi.advanceTimersByTimeAsync(17_000)
  expect(tick).toHaveBeenCalledTimes(3)
  expect(most).toBe(1)
  const stopped = ticker.stop()
  await vi.advanceTimersByTimeAsync(20_000)
  await stopped
})

it('reports a run that fails and goes on', async () => {
  const said: string[] = []
  const tick = vi.fn(async () => {
    throw new Error('the database is away')
  })
  const ticker = startTicker({ tick }, 1, (message) => said.push(message))
  await vi.advanceTimersByTimeAsync(2500)
  expect(said).toEqual(['the database is away', 'the database is away'])
  await ticker.stop()
})

it('runs once more when it stops, and never after', async () => {
  const tick = vi.fn(async () => nothing)
  const ticker = startTicker({ tick }, 60, () => undefined)
  await ticker.stop()
  expect(tick).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(tick).toHaveBeenCalledTimes(1)
})
