import type { AssessmentRow, Store } from '@newel/engine'
import { createGuard, fromHeader, type Guard } from '@newel/guard'
import { createNewel, type NetworkLookup, type Policy } from '@newel/server'
import { sqliteStore } from '@newel/stores/sqlite'
import { createMailbox, fixedClock, testDevice, type TestClock, type TestDevice } from '@newel/testkit'
import { base64url } from 'jose'
import { expect } from 'vitest'

const origin = 'https://bank.test'
const secretKey = `sk_bank_${'s'.repeat(40)}`
const publishableKey = `pk_bank_${'p'.repeat(20)}`
/** An application in front of a real Newel on SQLite, whose store the test reads. */
export interface World {
  readonly store: Store
  readonly masterKey: string
  readonly clock: TestClock
  readonly guard: Guard
  /** @param observations by wire name; what they hold may change between two envelopes */
  device(address?: string, observations?: Readonly<Record<string, unknown>>): Promise<TestDevice>
  erase(subject: string): Promise<void>
  records(): Promise<readonly AssessmentRow[]>
}

/** @param policy audits nobody unless it says so: chance makes no tests */
export async function createWorld(
  policy: Policy,
  masterKey = base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
  network?: NetworkLookup,
): Promise<World> {
  const clock = fixedClock(1_800_000_000_000)
  const mailbox = createMailbox()
  const url = `${origin}/newel`
  const store = sqliteStore({ path: ':memory:' })
  const newel = createNewel({
    url,
    store,
    masterKey,
    tenants: [
      {
        id: 'bank',
        name: 'Bank',
        origins: [origin],
        publishableKey,
        secretKeys: [secretKey],
        policy: { audit_share: 0, ...policy },
      },
    ],
    mailer: mailbox,
    ...(network && { network }),
    now: clock.now,
  })
  expect((await newel.fetch(new Request(`${url}/readyz`))).status).toBe(200)
  return {
    store,
    masterKey,
    clock,
    guard: createGuard({ server: newel, secretKey, aud: origin, clientAddress: fromHeader('x-client') }),
    device: (address = '192.0.2.10', observations = {}) =>
      testDevice({ newel, url, publishableKey, origin, now: clock.now, mailbox, address, observations }),
    erase: async (subject) => {
      const headers = { authorization: `Bearer ${secretKey}` }
      const request = new Request(`${url}/v1/subjects/${subject}`, { method: 'DELETE', headers })
      expect(await (await newel.fetch(request)).json()).toEqual({ erased: true })
    },
    records: () => store.listAssessments({ tenant: 'bank', limit: 100 }),
  }
}
