import { createAdaptorServer } from '@hono/node-server'
import type { HttpBindings } from '@hono/node-server'
import type { Connection } from '@newel/server'
import type { Server } from 'node:http'
import { clientAddress } from './address.ts'
import { Failure, messageOf } from './failure.ts'

/** What answers requests. */
export type Handler = (request: Request, connection: Connection) => Response | Promise<Response>

export interface Listening {
  readonly port: number
  /**
   * Takes no more connections, lets requests in flight end for 10 s, then cuts what is left, and waits for
   * work that goes on after answers.
   */
  close(): Promise<void>
}

const graceMs = 10_000

interface Setting {
  readonly handler: Handler
  readonly trustedProxies: number
  readonly unreadForward: () => void
  /** What goes on after an answer. */
  readonly later: Set<Promise<unknown>>
}

function create({ handler, trustedProxies, unreadForward, later }: Setting, hostname: string): Server {
  const waitUntil = (work: Promise<unknown>): void => {
    later.add(work)
    void work.finally(() => later.delete(work)).catch(() => undefined)
  }
  return createAdaptorServer({
    hostname,
    fetch: (request, bindings) => {
      const { remoteAddress } = (bindings as HttpBindings).incoming.socket
      const forwardedFor = request.headers.get('x-forwarded-for')
      if (trustedProxies === 0 && forwardedFor !== null) unreadForward()
      const address = clientAddress(remoteAddress, forwardedFor, trustedProxies)
      return handler(request, { address, waitUntil })
    },
    serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 },
  }) as Server
}

const bind = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })

const end = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    // A connection whose request ends now would be kept alive for the next one, which nobody takes.
    const idle = setInterval(() => {
      server.closeIdleConnections()
    }, 50)
    const cut = setTimeout(() => {
      server.closeAllConnections()
    }, graceMs)
    server.close(() => {
      clearInterval(idle)
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/**
 * Listens on one port of each host; a second host shares the first one's port. Hosts after the first may be missing on
 * this machine (no IPv6), but not taken.
 * @throws Failure, with code and what to do, where a port cannot be had
 */
export async function listen(
  handler: Handler,
  {
    hosts,
    port,
    trustedProxies = 0,
    onUnreadForward,
  }: {
    hosts: readonly string[]
    port: number
    trustedProxies?: number
    /** Told once, when `X-Forwarded-For` arrives and no proxy is trusted. */
    onUnreadForward?: () => void
  },
): Promise<Listening> {
  let told = false
  const unreadForward = (): void => {
    if (!told) onUnreadForward?.()
    told = true
  }
  const setting: Setting = { handler, trustedProxies, unreadForward, later: new Set() }
  const servers: Server[] = []
  let bound = port
  try {
    for (const [index, host] of hosts.entries()) {
      const server = create(setting, host)
      try {
        await bind(server, host, bound)
      } catch (error) {
        if (index > 0 && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error) ?? '')) continue
        throw error
      }
      servers.push(server)
      bound = portOf(server)
    }
  } catch (error) {
    await Promise.all(servers.map(end))
    throw listenFailure(error, hosts[0] ?? '', port)
  }
  return {
    port: bound,
    close: async () => {
      await Promise.all(servers.map(end))
      await Promise.allSettled(setting.later)
    },
  }
}

function listenFailure(error: unknown, host: string, port: number): Failure {
  const why: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken: stop what listens there, or choose another with --port.`,
    EACCES: `Port ${port} needs rights that this process does not have: choose one above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${host}: check the host to listen on.`,
  }
  const code = codeOf(error) ?? ''
  return new Failure(why[code] ?? `Cannot listen on ${host}:${port}: ${messageOf(error)}`, [], error)
}

/** The same on the first port from `port` on that is free, twenty at most. */
export async function listenFrom(
  handler: Handler,
  hosts: readonly string[],
  port: number,
): Promise<Listening> {
  for (let candidate = port; ; candidate++) {
    try {
      return await listen(handler, { hosts, port: candidate })
    } catch (error) {
      const taken = error instanceof Failure && codeOf(error.cause) === 'EADDRINUSE'
      if (!taken || candidate >= port + 20 || candidate >= 65_535) throw error
    }
  }
}
