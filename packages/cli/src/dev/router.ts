import type { Handler } from '../http.ts'

export interface Mounts {
  /** `http://localhost:3000`. */
  readonly origin: string
  readonly newel: Handler
  readonly app: Handler
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * One port for all: Newel under `/newel` and at the probes, the application at the rest. Only names of this machine are
 * served: behind another one stands a page that rebinds its DNS to read the captured mails.
 */
export const route =
  ({ origin, newel, app }: Mounts): Handler =>
  (request, connection) => {
    const url = new URL(request.url)
    const home = new URL(origin)
    if (!loopback.has(url.hostname) || url.port !== home.port) {
      return new Response(`This is a development server; open ${origin}\n`, { status: 421 })
    }
    // One machine, one address: whether a browser came by IPv4 or IPv6 says nothing about it.
    const peer = { ...connection, address: connection.address === '::1' ? '127.0.0.1' : connection.address }
    if (url.pathname === '/newel' || url.pathname.startsWith('/newel/')) return newel(request, peer)
    if (url.pathname === '/readyz' || url.pathname === '/livez') {
      return newel(new Request(`${origin}/newel${url.pathname}`, { method: request.method }), peer)
    }
    // Cookies, passkeys and the allow-list of origins all want the one name.
    if (url.hostname !== home.hostname && (request.method === 'GET' || request.method === 'HEAD')) {
      return Response.redirect(`${origin}${url.pathname}${url.search}`, 307)
    }
    return app(request, peer)
  }
