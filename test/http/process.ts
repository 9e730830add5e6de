// Newel on Node from its sources, as a process of its own: process.ts <sqlite | postgres> <file | url>
import { serve } from '@hono/node-server'
import { postgresStore } from '@newel/stores/postgres'
import { sqliteStore } from '@newel/stores/sqlite'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { createHost } from './host.ts'

const [kind, place = ''] = process.argv.slice(2)

function openStore() {
  if (kind === 'sqlite') return sqliteStore({ path: place })
  const pool = new pg.Pool({ connectionString: place })
  // A database that goes away is found by the next call; it must not end the process.
  pool.on('error', () => undefined)
  return postgresStore({ pool })
}

const handler = createHost(openStore(), `Node ${process.versions.node}`)

serve(
  {
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, { incoming }) => handler(request, { address: incoming.socket.remoteAddress }),
  },
  ({ port }: AddressInfo) => console.log(`listening on ${port}`),
)
