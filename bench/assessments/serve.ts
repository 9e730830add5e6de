// A server of the run, in a process of its own: floor or Newel, behind the same adapter.
import { serve, type HttpBindings } from '@hono/node-server'
import type { Store } from '@newel/engine'
import { createNewel, type Newel } from '@newel/server'
import { postgresStore } from '@newel/stores/postgres'
import { sqliteStore } from '@newel/stores/sqlite'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import type { Connection } from './database.ts'
import { createFloor } from './floor.ts'
import type { Question, Start, Usage } from './messages.ts'
import { complain, masterKey, newelUrl, tenant } from './setting.ts'

const trips = { reads: 0, writes: 0, statements: 0 }

function openStore(connection: Connection): Store {
  const onRoundTrip = ({ kind, statements }: { kind: 'read' | 'write'; statements: number }): void => {
    trips[kind === 'read' ? 'reads' : 'writes'] += 1
    trips.statements += statements
  }
  if (connection.store === 'sqlite') return sqliteStore({ path: connection.path, onRoundTrip })
  const pool = new pg.Pool({ connectionString: connection.url })
  pool.on('error', () => undefined)
  return postgresStore({ pool, onRoundTrip })
}

const say = (message: unknown): void => {
  process.send?.(message)
}

const usage = (): Usage => {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, ...trips }
}

async function start({ kind, connection }: Start): Promise<void> {
  let newel: Newel | undefined
  let fetch: (request: Request, address: string | undefined) => Promise<Response>
  if (kind === 'newel') {
    const created = createNewel({
      url: newelUrl,
      store: openStore(connection),
      masterKey,
      tenants: [tenant],
      logger: complain,
    })
    newel = created
    fetch = (request, address) => created.fetch(request, { address })
  } else {
    fetch = await createFloor(connection)
  }
  const server = serve({
    hostname: '127.0.0.1',
    port: 0,
    // The load generator is the one proxy in front of this server: it says where a browser connects from.
    fetch: (request, env) =>
      fetch(
        request,
        request.headers.get('x-forwarded-for') ?? (env as HttpBindings).incoming.socket.remoteAddress,
      ),
  })
  server.once('listening', () => say({ port: (server.address() as AddressInfo).port }))
  process.on('message', (question: Question) => {
    void answer(question, newel)
  })
}

async function answer(question: Question, newel: Newel | undefined): Promise<void> {
  switch (question) {
    case 'usage':
      say(usage())
      return
    case 'tick':
      say(await newel?.tick(Date.now(), { items: 1000 }))
      return
    case 'stop':
      process.exit()
  }
}

process.once('message', (message: Start) => {
  void start(message)
})
// Without the one who asked, there is nothing to serve.
process.once('disconnect', () => process.exit())
