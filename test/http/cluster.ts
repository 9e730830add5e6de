import type { Mail } from '@newel/server'
import { fixedClock, type TestClock } from '@newel/testkit'
import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { backEnd } from './back-end.ts'
import { createDevice } from './device.ts'
import { openPage } from './page.ts'
import type { Stage } from './people.ts'
import { reach, type Reached } from './reach.ts'
import { start, type Started } from './start.ts'
import { bank } from './world.ts'

/** A server in a process of its own, on a database that it shares. */
export interface Member {
  readonly newel: Reached
  /** Clock, mails and an operator's commands. */
  control<T>(name: string, body?: object): Promise<T>
  stop: Started['stop']
}

/** Several servers on one database; calls go to the first, or to the one that work is done at. */
export interface Cluster extends Stage {
  readonly clock: TestClock
  readonly members: readonly [Member, Member]
  /** Does some work whose calls all go to one server, whatever else is done meanwhile. */
  at<T>(member: Member, work: () => Promise<T>): Promise<T>
  /** Moves the clock of all. */
  advance(ms: number): Promise<void>
  mails(): Promise<readonly Mail[]>
  stop(): Promise<void>
}

/** Starts a server from the sources under this very Node; the clock stands where it is told. */
export async function startMember(database: readonly [string, string], nowMs: number): Promise<Member> {
  const script = join(import.meta.dirname, 'process.ts')
  const flags = ['--conditions=newel-source', '--disable-warning=ExperimentalWarning']
  const started = await start([process.execPath, ...flags, script, ...database])
  const member: Member = {
    newel: reach(started.url),
    async control(name, body = {}) {
      const response = await fetch(`${started.url}/test/${name}`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      return response.json()
    },
    stop: (signal) => started.stop(signal),
  }
  await member.control('clock', { now_ms: nowMs })
  return member
}

export async function startCluster(database: readonly [string, string]): Promise<Cluster> {
  const clock = fixedClock()
  const members = await Promise.all([startMember(database, clock.now()), startMember(database, clock.now())])
  const place = new AsyncLocalStorage<Member>()
  const current = (): Member => place.getStore() ?? members[0]
  const newel: Reached = { fetch: (request) => current().newel.fetch(request) }
  const mails = async (): Promise<Mail[]> =>
    (await Promise.all(members.map((member) => member.control<Mail[]>('mails')))).flat()
  return {
    clock,
    members,
    at: (member, work) => place.run(member, work),
    bankEnd: backEnd(newel, bank.secretKeys[0] ?? '', bank.origins[0]),
    page: async (device) =>
      openPage({
        newel,
        device: device ?? (await createDevice()),
        publishableKey: bank.publishableKey,
        origin: bank.origins[0],
        now: clock.now,
      }),
    mails,
    async latestCode(to) {
      // Of the server that is spoken to: codes are sent inside the call that asks for them.
      const sent = await current().control<Mail[]>('mails')
      const text = sent.filter((mail) => mail.to === to).at(-1)?.text ?? ''
      return /^(\d{4}) (\d{4})$/m.exec(text)?.slice(1).join('') ?? ''
    },
    async advance(ms) {
      clock.advance(ms)
      await Promise.all(members.map((member) => member.control('clock', { now_ms: clock.now() })))
    },
    async stop() {
      await Promise.all(members.map((member) => member.stop()))
    },
  }
}
