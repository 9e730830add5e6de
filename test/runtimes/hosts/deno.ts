// Newel on Deno, as a process of its own: deno.js <file of the database>
import { sqliteStore } from '@newel/stores/sqlite'
import { createHost } from '../../http/host.ts'

/** What of Deno is used here. */
interface DenoLike {
  readonly args: readonly string[]
  readonly version: { readonly deno: string }
  serve(
    options: { hostname: string; port: number; onListen: (address: { port: number }) => void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Promise<Response>,
  ): unknown
}
const { Deno: deno } = globalThis as unknown as { Deno: DenoLike }

const handler = createHost(sqliteStore({ path: deno.args[0] ?? '' }), `Deno ${deno.version.deno}`)

deno.serve(
  { hostname: '127.0.0.1', port: 0, onListen: ({ port }) => console.log(`listening on ${port}`) },
  (request, { remoteAddr }) => handler(request, { address: remoteAddr.hostname }),
)
