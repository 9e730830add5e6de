import { memoryStore } from '@newel/stores'
import { createNewel, defaultPolicy, type Connection, type Newel } from '@newel/server'
import type { Policy } from '@newel/protocol'
import { base64url } from 'jose'
import { defaultStartMs, fixedClock, type TestClock } from './clock.ts'
import { testDevice, type TestDevice, type TestDeviceOptions } from './device.ts'
import { forceOutcomes, type NextOutcome } from './forced.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import { refuseProduction } from './production.ts'

export interface TestNewelOptions {
  /**
   * The application's own, so that actions and params are checked; without its audits, since chance makes no tests. Default:
   * Newel's default, which declares no actions.
   */
  readonly policy?: Policy
  /** Where the clock stands, in milliseconds since 1970. Default 2027-01-04T09:00Z. */
  readonly now?: number
  /** Origin of the application's pages, https or localhost. Default `https://app.test`. */
  readonly origin?: string
  /** Hold of a replaced contact and of a new authenticator, in hours. Default 0. */
  readonly holdHours?: number
}

/** A whole Newel in this process, for the tests of an application. */
export interface TestNewel {
  /** What the guard asks: `createGuard({ server: newel, secretKey: newel.secretKey, aud: newel.origin, … })`. */
  fetch(request: Request, connection?: Connection): Promise<Response>
  readonly secretKey: string
  readonly publishableKey: string
  readonly origin: string
  /** Public base: `{origin}/newel`. */
  readonly url: string
  readonly clock: TestClock
  /** Codes and notices that were sent. */
  readonly mailbox: Mailbox
  /**
   * Decides the next assessment that nothing was decided for yet; `unavailable` the next call of any kind.
   * @throws TypeError for any other outcome
   */
  next(outcome: NextOutcome): void
  /** A browser of somebody who reads the mailbox. */
  device(
    options?: Partial<Pick<TestDeviceOptions, 'authenticator' | 'address' | 'userAgent' | 'observations'>>,
  ): Promise<TestDevice>
  /** Does now what is due: notices, folds, retention. */
  tick: Newel['tick']
}

/** Not secret: both stand in this file, which is why production is refused. */
const secretKey = `sk_test_${'newel-testkit-'.repeat(3)}`
const publishableKey = `pk_test_${'newel-testkit-'.repeat(2)}`

/**
 * Starts a real Newel on a store in memory, with a clock that the test moves.
 * @throws Error where `NODE_ENV` is `production`; TypeError where the policy has mistakes
 */
export function createTestNewel(options: TestNewelOptions = {}): TestNewel {
  refuseProduction()
  const { policy = defaultPolicy, origin = 'https://app.test', holdHours = 0 } = options
  const clock = fixedClock(options.now ?? defaultStartMs)
  const mailbox = createMailbox()
  const url = `${origin}/newel`
  const newel = createNewel({
    url,
    store: memoryStore(),
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      {
        id: 'test',
        name: 'Test',
        origins: [origin],
        publishableKey,
        secretKeys: [secretKey],
        holdHours,
        policy: { ...policy, audit_share: 0 },
      },
    ],
    mailer: mailbox,
    now: clock.now,
  })
  const forced = forceOutcomes((request) => newel.fetch(request), clock)
  return {
    // Calls of the browser's side say where they come from; those of a guard are the ones to decide.
    fetch: (request, connection) =>
      connection === undefined ? forced.fetch(request) : newel.fetch(request, connection),
    secretKey,
    publishableKey,
    origin,
    url,
    clock,
    mailbox,
    next: forced.next,
    device: (more = {}) =>
      testDevice({ newel, url, publishableKey, origin, now: clock.now, mailbox, ...more }),
    tick: (nowMs, budget) => newel.tick(nowMs, budget),
  }
}
