import { mkdtemp, chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNewel } from '@newel/server'
import type { Options, StoreName } from '../lib/arguments.ts'
import { createCleanup, type Cleanup } from '../lib/cleanup.ts'
import { median } from '../lib/statistics.ts'
import { acquaint, usualRequest } from './acquaint.ts'
import { openDatabase, type Database } from './database.ts'
import { bodiesFor, load, type Load } from './load.ts'
import type { Kind } from './messages.ts'
import { assessmentBody, browserHeaders, visit, type Person, type Visit } from './person.ts'
import { startServer, type BenchServer } from './server.ts'
import { complain, masterKey, newelUrl, tenant } from './setting.ts'
import { store as storeRows, storeFloor } from './stored.ts'

export interface Measured extends Load {
  /** CPU time of the server's process for one request. */
  readonly cpuMs: number
}

export interface Stage {
  readonly store: StoreName
  readonly rows: number
  readonly floor: Measured
  readonly newel: Measured
  /** How many times the floor's requests a second Newel's are: median over the pairs. */
  readonly ratio: number
  /** CPU time of Newel's process over that of the floor's: median over the pairs. */
  readonly cpuRatio: number
  /** Of one request, as the store counts them. */
  readonly roundTrips: { readonly reads: number; readonly writes: number; readonly statements: number }
  /** Rows that one request leaves, by table. */
  readonly rowsWritten: Readonly<Record<string, number>>
}

const expected: Record<Kind, string> = { floor: '"token":', newel: '"decision":"allow"' }

type Progress = (text: string) => void

export async function measureStage(
  store: StoreName,
  rows: number,
  people: readonly Person[],
  options: Options,
  outer: Cleanup,
  progress: Progress,
): Promise<Stage> {
  const cleanup = createCleanup()
  outer.add(() => cleanup.run())
  try {
    const folder = await mkdtemp(join(tmpdir(), 'newel-bench-'))
    cleanup.add(() => rm(folder, { recursive: true, force: true }))
    // Postgres may run as another user, who has to reach the folder inside.
    await chmod(folder, 0o755)
    const database = await openDatabase(store, folder, cleanup)
    progress('people')
    await prepare(database, people)
    progress('rows')
    await storeRows(database, rows, Date.now())
    await storeFloor(database, rows, people)
    await database.settle()
    return await measure(store, rows, database, people, options, cleanup, progress)
  } finally {
    await cleanup.run()
  }
}

/** The schema, the tenant and the people, through Newel itself. */
async function prepare(database: Database, people: readonly Person[]): Promise<void> {
  const store = database.openStore()
  const newel = createNewel({ url: newelUrl, store, masterKey, tenants: [tenant], logger: complain })
  for (const person of people) await acquaint(newel, store, person)
  const [first] = people
  if (first !== undefined) await usualRequest(newel, first)
  await newel.tick()
  await store.close()
}

async function measure(
  store: StoreName,
  rows: number,
  database: Database,
  people: readonly Person[],
  options: Options,
  cleanup: Cleanup,
  progress: Progress,
): Promise<Stage> {
  const { connection } = database
  const floor = await startServer({ kind: 'floor', connection }, options.profile, cleanup)
  const newel = await startServer({ kind: 'newel', connection }, options.profile, cleanup)
  progress('visits')
  const visits = await open(newel, people)

  const run = async (server: BenchServer, requests: number): Promise<Measured> => {
    const bodies = await bodiesOf(visits, bodiesFor(requests, options.connections))
    const before = await server.usage()
    const measured = await load({
      port: server.port,
      bodies,
      requests,
      connections: options.connections,
      expected: expected[server.kind],
    })
    const after = await server.usage()
    return { ...measured, cpuMs: (after.cpuMs - before.cpuMs) / requests }
  }

  progress('warm-up')
  for (const server of [floor, newel]) await run(server, options.requests)
  while ((await newel.tick()).folded > 0);
  const counted = await count(database, newel, () => run(newel, 500))

  const floors: Measured[] = []
  const newels: Measured[] = []
  for (let pair = 0; pair < options.pairs; pair++) {
    progress(`pair ${pair + 1} of ${options.pairs}`)
    // Either goes first in turn, so that a machine that slows down or warms up favours neither.
    if (pair % 2 === 0) floors.push(await run(floor, options.requests))
    newels.push(await run(newel, options.requests))
    if (pair % 2 === 1) floors.push(await run(floor, options.requests))
  }
  const ratios = floors.map((each, index) => {
    const other = newels[index] as Measured
    return {
      speed: each.requestsPerSecond / other.requestsPerSecond,
      cpu: other.cpuMs / each.cpuMs,
    }
  })
  return {
    store,
    rows,
    floor: medians(floors),
    newel: medians(newels),
    ratio: median(ratios.map(({ speed }) => speed)),
    cpuRatio: median(ratios.map(({ cpu }) => cpu)),
    ...counted,
  }
}

const medians = (all: readonly Measured[]): Measured => ({
  requestsPerSecond: median(all.map(({ requestsPerSecond }) => requestsPerSecond)),
  p50Ms: median(all.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
  cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
})

/** Everybody opens a page; receipts live five minutes, and a stage takes less. */
async function open(newel: BenchServer, people: readonly Person[]): Promise<readonly Visit[]> {
  const send = async (path: string, body: object, address: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${newel.port}${path}`, {
      method: 'POST',
      headers: { ...browserHeaders, 'x-forwarded-for': address },
      body: JSON.stringify(body),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`)
    return answer
  }
  const visits: Visit[] = []
  for (const person of people) visits.push(await visit(person, send))
  return visits
}

/** Bodies of usual requests, each by another person than the one before. */
async function bodiesOf(visits: readonly Visit[], count: number): Promise<readonly string[]> {
  const bodies: string[] = []
  for (let index = 0; index < count; index++) {
    bodies.push(await assessmentBody(visits[index % visits.length] as Visit))
  }
  return bodies
}

async function count(
  database: Database,
  newel: BenchServer,
  work: () => Promise<unknown>,
): Promise<Pick<Stage, 'roundTrips' | 'rowsWritten'>> {
  const requests = 500
  const [rowsBefore, before] = [await database.counts(), await newel.usage()]
  await work()
  const [rowsAfter, after] = [await database.counts(), await newel.usage()]
  const written = [...rowsAfter]
    .map(([table, rows]) => [table, (rows - (rowsBefore.get(table) ?? 0)) / requests] as const)
    .filter(([, rows]) => rows !== 0)
  return {
    roundTrips: {
      reads: (after.reads - before.reads) / requests,
      writes: (after.writes - before.writes) / requests,
      statements: (after.statements - before.statements) / requests,
    },
    rowsWritten: Object.fromEntries(written),
  }
}
