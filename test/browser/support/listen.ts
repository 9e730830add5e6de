import { createAdaptorServer } from '@hono/node-server'
import type { HttpBindings } from '@hono/node-server'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Peer {
  readonly address: string | undefined
}
export type Handler = (request: Request, peer: Peer) => Response | Promise<Response>

export interface Listening {
  readonly port: number
  /** Cuts what is open, and waits for the work that had begun. */
  close(): Promise<void>
}

/** Listens on loopback; port 0 is any free one. */
export async function listen(handler: Handler, port = 0): Promise<Listening> {
  const begun = new Set<Promise<Response>>()
  const server = createAdaptorServer({
    fetch: (request, bindings) => {
      const address = (bindings as HttpBindings).incoming.socket.remoteAddress
      const work = Promise.resolve(handler(request, { address }))
      begun.add(work)
      return work.finally(() => begun.delete(work))
    },
  }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      await Promise.allSettled(begun)
    },
  }
}
