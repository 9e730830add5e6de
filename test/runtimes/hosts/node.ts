// Newel on Node, as a process of its own: node.js <file of the database>
import { serve } from '@hono/node-server'
import { sqliteStore } from '@newel/stores/sqlite'
import type { AddressInfo } from 'node:net'
import { createHost } from '../../http/host.ts'

const handler = createHost(sqliteStore({ path: process.argv[2] ?? '' }), `Node ${process.versions.node}`)

serve(
  {
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, { incoming }) => handler(request, { address: incoming.socket.remoteAddress }),
  },
  ({ port }: AddressInfo) => console.log(`listening on ${port}`),
)
