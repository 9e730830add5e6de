import { serve } from '@hono/node-server'
import type { Store } from '@newel/engine'
import { createNewel, type Limits } from '@newel/server'
import { createMailbox, fixedClock, type Mailbox, type TestClock } from '@newel/testkit'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { backEnd, type BackEnd } from './back-end.ts'
import type { Database } from './database.ts'
import { createDevice } from './device.ts'
import { openPage } from './page.ts'
import type { Stage } from './people.ts'
import { reach, type Reached } from './reach.ts'
import { bank, masterKey, newelUrl, shop } from './world.ts'

/** A whole Newel behind a port of loopback, with two tenants and a clock that the test moves. */
export interface World extends Stage {
  /** Origin that it listens on. */
  readonly listening: string
  readonly newel: Reached
  readonly store: Store
  readonly database: Database
  readonly clock: TestClock
  readonly mailbox: Mailbox
  readonly shopEnd: BackEnd
  /** What was logged at level `error`. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

export interface WorldOptions {
  readonly limits?: Partial<Limits>
  /** Stands between Newel and its database. */
  readonly between?: (store: Store) => Store
}

export async function openWorld(database: Database, options: WorldOptions = {}): Promise<World> {
  const clock = fixedClock()
  const mailbox = createMailbox()
  const { between = (each) => each } = options
  const store = between(database.open())
  const errors: string[] = []
  const newel = createNewel({
    url: newelUrl,
    store,
    masterKey,
    tenants: [bank, shop],
    mailer: mailbox,
    now: clock.now,
    logger: {
      log(level, event, fields) {
        if (level === 'error') errors.push(`${event} ${JSON.stringify(fields)}`)
      },
    },
    // A busy machine is no database that is down.
    limits: { deadlineMs: 60_000, ...options.limits },
  })
  const server = serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, { incoming }) => newel.fetch(request, { address: incoming.socket.remoteAddress }),
  }) as Server
  await new Promise((resolve) => server.once('listening', resolve))
  const listening = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const reached = reach(listening)
  // The first request sees to schema, tenants and keys; what comes then is compared with what stands by then.
  await reached.fetch(new Request(`${newelUrl}/readyz`))
  return {
    listening,
    newel: reached,
    store,
    database,
    clock,
    mailbox,
    bankEnd: backEnd(reached, bank.secretKeys[0] ?? '', bank.origins[0]),
    shopEnd: backEnd(reached, shop.secretKeys[0] ?? '', shop.origins[0]),
    errors,
    page: async (device) =>
      openPage({
        newel: reached,
        device: device ?? (await createDevice()),
        publishableKey: bank.publishableKey,
        origin: bank.origins[0],
        now: clock.now,
      }),
    latestCode: async (to) => mailbox.latestCode(to),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
      await database.close()
    },
  }
}
