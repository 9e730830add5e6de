// Newel on Bun, as a process of its own: bun.js <file of the database>
import { sqliteStore } from '@newel/stores/sqlite'
import { createHost } from '../../http/host.ts'

interface BunServer {
  readonly port: number
  requestIP(request: Request): { readonly address: string } | null
}
/** What of Bun is used here. */
interface BunLike {
  readonly argv: readonly string[]
  readonly version: string
  serve(options: {
    hostname: string
    port: number
    fetch: (request: Request, server: BunServer) => Promise<Response>
  }): BunServer
}
const { Bun: bun } = globalThis as unknown as { Bun: BunLike }

const handler = createHost(sqliteStore({ path: bun.argv[2] ?? '' }), `Bun ${bun.version}`)

const { port } = bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, server) => handler(request, { address: server.requestIP(request)?.address }),
})
console.log(`listening on ${port}`)
