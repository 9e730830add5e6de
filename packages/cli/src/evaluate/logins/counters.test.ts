import { expect, it } from 'vitest'
import { createCounters, type Attempt } from './counters.ts'

const hourMs = 3_600_000
const startMs = Date.UTC(2026, 0, 5)
const by = (subject: string): Attempt => ({
  subject,
  device: undefined,
  prefix: '192.0.2',
  client: '192.0 x',
  operator: 64_500,
})
const at = (hours: number): number => startMs + hours * hourMs

it('an account that fails again and again is one account, in the next two hours as well', () => {
  const counters = createCounters()
  for (const hours of [0, 1, 2, 3]) counters.fail(by('a'), at(hours))
  expect(counters.read(by('a'), at(3)).crowds?.prefix).toEqual([1, 0])
})
it('accounts of the two hours before fade, and are gone after these', () => {
  const counters = createCounters()
  for (const subject of ['a', 'b', 'c']) counters.fail(by(subject), at(0))
  counters.start(by('d'), at(0))
  counters.fail(by('a'), at(2.5))
  expect(counters.read(by('a'), at(3)).crowds?.operator).toEqual([1 + 2 / 2, 1 / 2])
  expect(counters.read(by('a'), at(6)).crowds).toBeUndefined()
})
it('a count halves within an hour', () => {
  const counters = createCounters()
  counters.fail(by('a'), at(0))
  counters.fail(by('b'), at(1))
  const { subjectFailures, prefixFailures } = counters.read(by('a'), at(2))
  expect(subjectFailures).toBe(1 / 4)
  expect(prefixFailures).toBe(1 / 4 + 1 / 2)
})
it('a count that was kept over a day and a half of others is still what it was', () => {
  const counters = createCounters()
  counters.fail(by('a'), at(0))
  for (let hours = 1; hours <= 37; hours += 1) counters.fail(by(`other ${hours}`), at(hours))
  expect(counters.read(by('a'), at(38)).subjectFailures).toBe(2 ** -38)
})
it('what nothing was added to for three days is forgotten, so that a long file needs no more than a short one', () => {
  const counters = createCounters()
  counters.fail(by('a'), at(0))
  for (let hours = 1; hours <= 75; hours += 1) counters.fail(by(`other ${hours}`), at(hours))
  expect(counters.read(by('a'), at(75)).subjectFailures).toBe(0)
})
