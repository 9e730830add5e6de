import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createVisit } from './visit.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date'] }))
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  sessionStorage.clear()
})

const later = (minutes: number): void => void vi.setSystemTime(Date.now() + minutes * 60_000)

it('is sixteen random bytes in base64url', () => {
  expect(createVisit().current()).toMatch(/^[A-Za-z0-9_-]{22}$/)
})

it('outlives a reload of the page', () => {
  expect(createVisit().current()).toBe(createVisit().current())
})

it('is kept alive by use and renewed after more than thirty idle minutes', () => {
  const visit = createVisit()
  const first = visit.current()
  later(29)
  expect(visit.current()).toBe(first)
  later(29)
  expect(visit.current()).toBe(first)
  later(31)
  expect(visit.current()).not.toBe(first)
})

it('is another after renewal', () => {
  const visit = createVisit()
  const first = visit.current()
  visit.renew()
  expect(visit.current()).not.toBe(first)
})

it('does not take over what it did not write', () => {
  sessionStorage.setItem('newel.visit', 'x'.repeat(4096))
  expect(createVisit().current()).toMatch(/^[A-Za-z0-9_-]{22}$/)
})

it('lives in memory where storage is forbidden', () => {
  const refuse = (): never => {
    throw new DOMException('denied', 'SecurityError')
  }
  vi.stubGlobal('sessionStorage', { getItem: refuse, setItem: refuse })
  const visit = createVisit()
  const first = visit.current()
  expect(visit.current()).toBe(first)
  expect(createVisit().current()).not.toBe(first)
})
