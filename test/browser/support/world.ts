import { compilePolicy, recompute, shippedModel, type Store } from '@newel/engine'
import { createApp, tenant as bankTenant } from '@newel/example-bank'
import type { NewelServer } from '@newel/guard'
import { createNewel, type Limits, type TenantDeclaration } from '@newel/server'
import { sqliteStore } from '@newel/stores/sqlite'
import { createMailbox, fixedClock, type Mailbox, type TestClock } from '@newel/testkit'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach } from 'vitest'
import { openDatabase } from '../../../examples/bank/src/ledger/database.ts'
import { hashPassword } from '../../../examples/bank/src/ledger/passwords.ts'
import { seed } from '../../../examples/bank/src/ledger/seed.ts'
import { listen, type Handler, type Listening } from './listen.ts'
import { sdkFolder } from './sdk.ts'

export const keys = {
  id: 'demo',
  publishableKey: `pk_demo_${'p'.repeat(24)}`,
  secretKey: `sk_demo_${'s'.repeat(40)}`,
}
export const masterKey = 'bWFzdGVyLWtleS1vZi10aGUtdGVzdHMtMzItYnl0ZSE'

export interface Booking {
  readonly party: string
  /** Cents; negative: money went out. */
  readonly amount: number
}

export interface Decision {
  readonly action: string
  readonly decision: 'allow' | 'challenge' | 'deny'
  readonly level: string
  readonly acr: string
  readonly reasons: readonly string[]
}

export interface Received {
  readonly path: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The bank and its Newel, on ports of loopback, with one SQLite file each. */
export interface World {
  /** Origin of the pages. */
  readonly origin: string
  readonly mailbox: Mailbox
  readonly clock: TestClock
  /** Writing requests to the bank's back end as they arrived. */
  readonly received: readonly Received[]
  /** The network loses the answer to the next writing request, and sends the request again as it was. */
  repeatNext(): void
  /** What Maya's account shows since the test began, oldest first. */
  bookings(): readonly Booking[]
  /** What Newel decided, oldest first. */
  decisions(): Promise<readonly Decision[]>
  /** Stops Newel, where it is a server of its own. */
  stopNewel(): Promise<void>
  /** Ends all as a crash does, and starts it again on the same ports and files. */
  restart(): Promise<void>
}

export interface WorldOptions {
  /** Page, back end and Newel on three origins, the guard asking Newel over HTTP. Default: one of them for all. */
  readonly apart?: boolean
  readonly limits?: Partial<Limits>
  /** Stands between the guard and Newel. */
  readonly between?: (newel: { fetch(request: Request): Promise<Response> }) => NewelServer
}

const maya = 'cust-4f81'

/** Two servers that start need each other's port. */
async function bind(port: number | undefined): Promise<Listening & { answer: Handler }> {
  const bound: { answer: Handler } = { answer: () => new Response('Starting.\n', { status: 503 }) }
  const listening = await listen((request, peer) => bound.answer(request, peer), port)
  return Object.assign(bound, listening)
}

/** The bank's customers, with passwords that take no second to check. */
async function seedBank(folder: string, nowMs: number): Promise<void> {
  const db = openDatabase(join(folder, 'bank.db'))
  await seed(db, nowMs, (password) => hashPassword(password, 10))
  db.close()
}

async function readDecisions(store: Store): Promise<Decision[]> {
  const row = await store.readTenant(keys.id)
  const compiled = compilePolicy(JSON.parse(row?.policy ?? '{}'))
  if (!compiled.ok) throw new Error('the policy does not compile')
  const { policy } = compiled
  const rows = await store.listAssessments({ tenant: keys.id, limit: 50 })
  return [...rows].reverse().map(({ action, decision, level, record }) => {
    const { acr, reasons } = recompute(record, { policy, model: shippedModel })
    return { action, decision, level, acr, reasons: reasons.map(({ code }) => code) }
  })
}

interface Lasting {
  readonly folder: string
  readonly clock: TestClock
  readonly mailbox: Mailbox
  readonly received: Received[]
  readonly network: { repeats: boolean }
}

async function read(request: Request): Promise<Received> {
  const { url } = request
  return {
    path: new URL(url).pathname,
    url,
    headers: Object.fromEntries(request.headers),
    body: await request.clone().text(),
  }
}

async function start(
  { folder, clock, mailbox, received, network }: Lasting,
  options: WorldOptions,
  ports: readonly number[],
) {
  const { apart = false, limits, between = (newel) => newel } = options
  const [page, backEnd, alone] = await Promise.all([
    bind(ports[0]),
    ...(apart ? [bind(ports[1]), bind(ports[2])] : []),
  ])
  const origins = {
    page: `http://${apart ? 'bank.localhost' : 'localhost'}:${page.port}`,
    backEnd: backEnd && `http://api.bank.localhost:${backEnd.port}`,
    newel: alone && `http://newel.localhost:${alone.port}`,
  }
  const url = `${origins.newel ?? origins.page}/newel`
  const store = sqliteStore({ path: join(folder, 'newel.db') })
  const declared: TenantDeclaration = {
    ...bankTenant,
    id: keys.id,
    origins: [origins.page],
    publishableKey: keys.publishableKey,
    secretKeys: [keys.secretKey],
    holdHours: 0,
  }
  const newel = createNewel({
    url,
    store,
    masterKey,
    mailer: mailbox,
    now: clock.now,
    tenants: [declared],
    ...(limits && { limits }),
  })
  const remote = alone && new URL(`http://127.0.0.1:${alone.port}/newel`)
  const bank = await createApp(
    {
      newel: remote ?? between(newel),
      url,
      origin: origins.page,
      tenant: keys,
      sdkFolder: sdkFolder(),
      dataFolder: folder,
      mailbox: { list: () => [] },
      decisions: async () => [],
      learned: async () => undefined,
    },
    { ...(origins.backEnd !== undefined && { backEnd: origins.backEnd }), now: clock.now },
  )
  page.answer = async (request, peer) => {
    if (!apart && new URL(request.url).pathname.startsWith('/newel/')) return newel.fetch(request, peer)
    if (request.method === 'POST') {
      const arrived = await read(request)
      received.push(arrived)
      if (network.repeats) {
        network.repeats = false
        await bank.fetch(request.clone(), peer)
      }
    }
    return bank.fetch(request, peer)
  }
  if (backEnd) backEnd.answer = page.answer
  if (alone) alone.answer = (request, peer) => newel.fetch(request, peer)
  const listening = [page, backEnd, alone].filter((each) => each !== undefined)
  return {
    origin: origins.page,
    store,
    ports: listening.map(({ port }) => port),
    stopNewel: async () => alone?.close(),
    stop: async () => {
      await Promise.all(listening.map((each) => each.close()))
      bank.close()
      await newel.tick()
      await store.close()
    },
  }
}

/** Opens worlds that close after their test. */
export function useWorlds(): (options?: WorldOptions) => Promise<World> {
  const open: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of open.splice(0)) await close()
  })
  return async (options = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'newel-browser-'))
    const fixed = fixedClock()
    // Moves by a millisecond a reading, so that what happened later is later.
    const now = () => {
      fixed.advance(1)
      return fixed.now()
    }
    const clock = { ...fixed, now }
    const mailbox = createMailbox()
    const begin = clock.now()
    await seedBank(folder, clock.now())
    const lasting = { folder, clock, mailbox, received: [], network: { repeats: false } }
    let running = await start(lasting, options, [])
    open.push(async () => {
      await running.stop()
      rmSync(folder, { recursive: true })
    })
    return {
      origin: running.origin,
      mailbox,
      clock,
      received: lasting.received,
      repeatNext() {
        lasting.network.repeats = true
      },
      bookings() {
        const db = new DatabaseSync(join(folder, 'bank.db'), { readOnly: true })
        try {
          return db
            .prepare('select party, amount from booking where account = ? and at_ms >= ? order by id')
            .all(maya, begin)
            .map(({ party, amount }) => ({ party: String(party), amount: Number(amount) }))
        } finally {
          db.close()
        }
      },
      decisions: () => readDecisions(running.store),
      stopNewel: () => running.stopNewel(),
      async restart() {
        await running.stop()
        running = await start(lasting, options, running.ports)
      },
    }
  }
}
