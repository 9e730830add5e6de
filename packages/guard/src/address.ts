import { GuardError } from './error.ts'
import type { GuardRequest } from './request.ts'

/** Finds the address that a request came from, or nothing. Never guesses. */
export type ClientAddress = ((request: GuardRequest) => string | undefined) | 'unknown'

/** Longest textual form of an address: IPv6 with an embedded IPv4 (RFC 4291 §2.2). */
const maxLength = 45
const ipv4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
const ipv6 = /^(?=.*:.*:)[0-9a-f:]+(?:\d{1,3}(?:\.\d{1,3}){3})?$/i

/** The address in `text` without brackets, port and zone; nothing where there is none. */
function readAddress(text: string): string | undefined {
  const bare =
    /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ??
    (/^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text)
  const address = bare.split('%', 1)[0] ?? ''
  return address.length <= maxLength && (ipv4.test(address) || ipv6.test(address)) ? address : undefined
}

/** The peer of the connection: right where browsers connect to the application itself, with no proxy between. */
export const fromSocket = (): ClientAddress => (request) =>
  request.peer === undefined ? undefined : readAddress(request.peer)

/**
 * The last `hops`-th entry of `X-Forwarded-For`: what the outermost of the operator's own proxies saw. Entries further
 * left come from the browser and are ignored; a list that is too short says nothing.
 * @param options.hops number of trusted proxies that append to the header, 1 to 16
 * @throws GuardError where `hops` is no such number
 */
export function fromForwarded(options: { readonly hops: number }): ClientAddress {
  const { hops } = options
  if (!Number.isInteger(hops) || hops < 1 || hops > 16) {
    throw new GuardError(
      'invalid_configuration',
      'fromForwarded: hops is the number of your own proxies, 1 to 16',
    )
  }
  return (request) => {
    const entry = request.headers.get('x-forwarded-for')?.split(',').at(-hops)
    return entry === undefined ? undefined : readAddress(entry.trim())
  }
}

/**
 * One header that a trusted proxy sets, replacing what the browser sent, such as `CF-Connecting-IP`.
 * @throws GuardError where `name` is no header name
 */
export function fromHeader(name: string): ClientAddress {
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw new GuardError(
      'invalid_configuration',
      'fromHeader: expected the name of a header, such as CF-Connecting-IP',
    )
  }
  return (request) => readAddress((request.headers.get(name) ?? '').trim())
}
