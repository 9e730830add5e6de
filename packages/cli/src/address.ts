import { isIP } from 'node:net'

/** An address without the noise of its transport: IPv4 inside IPv6 as IPv4, no zone, no port, no brackets. */
export function plainAddress(value: string): string | undefined {
  const text = value.trim()
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1]
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)?.[1]
  const address = (bracketed ?? withPort ?? text)
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
  return isIP(address) === 0 ? undefined : address
}

/**
 * Address of the client. With `hops` trusted proxies in front, each of which appends the address it was called from to
 * `X-Forwarded-For`, it is the entry that the outermost of them wrote: everything to the left of it came from outside.
 * Where the header has fewer entries the request took another way, and the address is unknown.
 */
export function clientAddress(
  socket: string | undefined,
  forwardedFor: string | null,
  hops: number,
): string | undefined {
  if (hops === 0) return socket === undefined ? undefined : plainAddress(socket)
  const entry = (forwardedFor ?? '').split(',').at(-hops)
  return entry === undefined ? undefined : plainAddress(entry)
}
