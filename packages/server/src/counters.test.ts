import type { CounterRow } from '@newel/engine'
import { expect, it } from 'vitest'
import { countersOf, type CounterKeys } from './counters.ts'
import type { Services } from './services.ts'

const keys: CounterKeys = {
  prefix: 'prefix:a',
  client: 'client:b',
  operator: undefined,
  device: 'device:c',
  fingerprint: undefined,
  subject: 'subject:maya',
  actions: 'actions:maya',
  sessions: 'sessions:maya',
  timeouts: 'timeouts:maya',
}
const row = (key: string, value: number, failed = 0, passed = 0): CounterRow => ({
  key,
  value,
  failed,
  passed,
  atMs: 0,
})
const services = {
  tally: { waiting: (_tenant: string, key: string) => (key === 'actions:maya' ? 2 : 0) },
} as unknown as Services

it('gives what was read, with what waits here, and nothing of keys that are not known', () => {
  const rows = [row('subject:maya', 1.5), row('actions:maya', 3), row('undefined', 9, 9, 9)]
  expect(countersOf(services, 'bank', rows, keys)).toEqual({
    subjectFailures: 1.5,
    deviceFailures: 0,
    prefixFailures: 0,
    sensitiveActions: 5,
    sessionStarts: 0,
    sessionTimeouts: 0,
  })
})

it('names the places where somebody failed or signed in', () => {
  const rows = [row('prefix:a', 40, 0, 12), row('client:b', 0, 3, 0), row('device:c', 2)]
  expect(countersOf(services, 'bank', rows, keys).crowds).toEqual({ prefix: [0, 12], client: [3, 0] })
})
