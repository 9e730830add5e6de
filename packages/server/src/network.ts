import ipaddr from 'ipaddr.js'
import { createLru } from './lru.ts'

/** Networks of addresses: each is asked for several times a request, and by many requests. */
const prefixes = createLru<string, string>(4096)

const translated = ipaddr.IPv6.parse('64:ff9b::')

/**
 * IPv4 dotted or IPv6 in the form of RFC 5952. An IPv4-mapped address, and one that a translator made under its well-known
 * prefix 64:ff9b::/96 (RFC 6052 §2.1), is the IPv4 it holds. `undefined` if it is none.
 */
export function normaliseAddress(text: string | undefined): string | undefined {
  if (text === undefined || !ipaddr.isValid(text)) return undefined
  // `isValid` takes octal and one-part IPv4 forms, which different readers take for different addresses.
  if (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined
  const address = ipaddr.process(text)
  if (address instanceof ipaddr.IPv6 && address.match(translated, 96))
    return new ipaddr.IPv4(address.toByteArray().slice(-4)).toString()
  return address.toString()
}

/** The network an address counts as: IPv4 /24, IPv6 /48. */
export function prefixOf(address: string): string {
  const known = prefixes.get(address)
  if (known !== undefined) return known
  const prefix = readPrefix(address)
  prefixes.set(address, prefix)
  return prefix
}

/** What limits count a caller by: an IPv4 address, or the IPv6 /64 that one subscriber has. `undefined` for no address. */
export function subscriberOf(text: string | undefined): string | undefined {
  const address = normaliseAddress(text)
  if (address?.includes(':') !== true) return address
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString()}/64`
}

function readPrefix(address: string): string {
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') {
    return `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/24`).toString()}/24`
  }
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/48`).toString()}/48`
}
