import type { Store } from '@newel/engine'
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { specs, type RouteName, type RouteSpec } from '../../packages/server/src/routes/specs/index.ts'
import { startMember } from './cluster.ts'
import { backEnd } from './back-end.ts'
import { postgresDatabase, sqliteDatabase } from './database.ts'
import { challenged, createPerson, mailedCode, transfer, verifyChallenge } from './people.ts'
import { prepare } from './requests.ts'
import { send } from './send.ts'
import { openWorld, type World } from './serve.ts'
import { bank, newelUrl } from './world.ts'

const routes = Object.keys(specs) as RouteName[]
const specOf = (name: RouteName): RouteSpec => specs[name]
/** Asks nothing of the database. */
const without: readonly RouteName[] = ['livez', 'openapi']

/** A database that can be made to fail in every call, or to answer none. */
function breakable() {
  const state: { now: 'up' | 'down' | 'silent' } = { now: 'up' }
  const between = (store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || name === 'close') return member
        return (...args: unknown[]): unknown => {
          if (state.now === 'down') return Promise.reject(new Error('connect ECONNREFUSED'))
          if (state.now === 'silent') return new Promise(() => undefined)
          return (member as (...all: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  return { state, between }
}

describe('while the database is away', () => {
  const { state, between } = breakable()
  let world: World
  /** On the same database, as far as it can reach it. */
  let cutOff: World
  beforeAll(async () => {
    const database = await sqliteDatabase()
    world = await openWorld(database)
    cutOff = await openWorld(database, { between, limits: { deadlineMs: 200 } })
  })
  afterAll(async () => {
    await cutOff.close()
    await world.close()
  })

  it.each(routes)('%s says so and when to ask again, and never allows', async (name) => {
    const valid = await prepare(world, name, `away-${name}`)
    const body = valid.body && JSON.stringify(valid.body)
    for (const now of ['down', 'silent'] as const) {
      state.now = now
      const answer = await send(cutOff, specOf(name), valid.person, { path: valid.path, body })
      if (without.includes(name)) expect(answer.status).toBe(200)
      else {
        expect([now, answer.status, answer.code]).toEqual([now, 503, 'newel_unavailable'])
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
        expect(answer.text).not.toMatch(/ECONNREFUSED|allow/)
      }
    }
    expect((await send(world, specOf(name), valid.person, { path: valid.path, body })).status).toBe(200)
  })
})

describe('a server that starts before its database', () => {
  it('answers 503 until the database is there, and then as ever', async () => {
    const { state, between } = breakable()
    state.now = 'down'
    const world = await openWorld(await sqliteDatabase(), { between })
    try {
      const question = { action: 'statement.read', subject: { id: 'ada' }, session: 'S'.repeat(43) }
      const early = await world.bankEnd.assess(question)
      expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1'])
      state.now = 'up'
      expect((await world.bankEnd.assess(question)).status).toBe(200)
    } finally {
      await world.close()
    }
  })
})

describe('a connection to Postgres that is cut', () => {
  /** Between the server and Postgres, until it is told to be gone. */
  const sockets = new Set<Socket>()
  let wire: Server

  async function connect(port: number): Promise<number> {
    wire = createServer((socket) => {
      const onward = createConnection(port, '127.0.0.1')
      for (const end of [socket, onward]) {
        sockets.add(end)
        end.on('error', () => undefined).on('close', () => sockets.delete(end))
      }
      socket.pipe(onward).pipe(socket)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => wire.once('listening', resolve))
    return (wire.address() as AddressInfo).port
  }
  async function cut(): Promise<void> {
    const closed = new Promise((resolve) => wire.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  it('gives 503 and nothing else, and loses nothing', async () => {
    const database = await postgresDatabase()
    const url = new URL(database.place[1])
    const behind = Number(url.port)
    const before = await connect(behind)
    url.port = String(before)
    const world = await openWorld(database)
    const member = await startMember(['postgres', url.href], world.clock.now())
    const remote = backEnd(member.newel, bank.secretKeys[0] ?? '', bank.origins[0])
    const question = { action: 'statement.read', subject: { id: 'ada' }, session: 'S'.repeat(43) }
    try {
      expect((await remote.assess(question)).status).toBe(200)
      await cut()
      for (let call = 0; call < 3; call++) {
        const answer = await remote.assess(question)
        expect([answer.status, answer.body]).toEqual([
          503,
          expect.objectContaining({ code: 'newel_unavailable' }),
        ])
        expect(answer.headers.get('retry-after')).toBe('1')
      }
      const alive = await member.newel.fetch(new Request(`${newelUrl}/livez`))
      expect(alive.status).toBe(200)
      const ready = await member.newel.fetch(new Request(`${newelUrl}/readyz`))
      expect(ready.status).toBe(503)

      wire.listen(before, '127.0.0.1')
      await new Promise((resolve) => wire.once('listening', resolve))
      expect((await remote.assess(question)).status).toBe(200)
    } finally {
      await member.stop()
      await cut()
      await world.close()
    }
  })
})

describe('mail that cannot be sent', () => {
  it('is said at once, counts as sent, and the challenge stays open for the next try', async () => {
    const world = await openWorld(await sqliteDatabase())
    try {
      const person = await createPerson(world, 'ada')
      const id = await challenged(world, person, transfer)
      const full = (): Promise<void> => Promise.reject(new Error('550 mailbox of ada@mail.example is full'))
      const { mailbox } = world
      const original = Object.getOwnPropertyDescriptor(mailbox, 'send') ?? {}
      Object.defineProperty(mailbox, 'send', { ...original, value: full })
      const failed = await person.page.call('POST', `/v1/challenges/${id}/start`, {
        op: 'A'.repeat(22),
        method: 'email',
      })
      expect([failed.status, failed.body['code']]).toEqual([503, 'newel_unavailable'])
      expect(JSON.stringify(failed.body)).not.toContain('mailbox')
      Object.defineProperty(mailbox, 'send', original)
      world.clock.advance(31_000)
      const code = await mailedCode(world, person, id)
      expect((await verifyChallenge(person, id, 'email', { code })).status).toBe(200)
    } finally {
      await world.close()
    }
  })
})
