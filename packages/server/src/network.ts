import ipaddr from 'ipaddr.js'
import { createLru } from './lru.ts'

/** An address in the forms that it is known by. */
export interface Address {
  /** IPv4 dotted, or IPv6 in the form of RFC 5952. */
  readonly plain: string
  /** The network that it counts as: IPv4 /24, IPv6 /48. */
  readonly network: string
  /** What limits count a caller by: an IPv4 address, or the IPv6 /64 that one subscriber has. */
  readonly subscriber: string
}

/** Addresses as they were written: each is asked for several times a request, and by many requests. */
const read = createLru<string, Address>(4096)

/** Longer than any way to write one. */
const maxLength = 64

const translated = ipaddr.IPv6.parse('64:ff9b::')

/**
 * Reads an address. An IPv4-mapped one, and one that a translator made under its well-known prefix 64:ff9b::/96 (RFC 6052
 * §2.1), is the IPv4 it holds. `undefined` if it is none.
 */
export function readAddress(text: string | undefined): Address | undefined {
  if (text === undefined || text.length > maxLength) return undefined
  const known = read.get(text)
  if (known !== undefined) return known
  const address = parse(text)
  if (address === undefined) return undefined
  const plain = address.toString()
  const forms =
    address instanceof ipaddr.IPv6
      ? { plain, network: networkOf(plain, 48), subscriber: networkOf(plain, 64) }
      : {
          plain,
          network: `${ipaddr.IPv4.networkAddressFromCIDR(`${plain}/24`).toString()}/24`,
          subscriber: plain,
        }
  read.set(text, forms)
  return forms
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!ipaddr.isValid(text)) return undefined
  // `isValid` takes octal and one-part IPv4 forms, which different readers take for different addresses.
  if (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined
  const address = ipaddr.process(text)
  return address instanceof ipaddr.IPv6 && address.match(translated, 96)
    ? new ipaddr.IPv4(address.toByteArray().slice(-4))
    : address
}

const networkOf = (plain: string, bits: number): string =>
  `${ipaddr.IPv6.networkAddressFromCIDR(`${plain}/${bits}`).toString()}/${bits}`

/** The plain form of an address, remembering nothing: for lists of a million. */
export const normaliseAddress = (text: string | undefined): string | undefined =>
  text === undefined || text.length > maxLength ? undefined : parse(text)?.toString()

export const subscriberOf = (text: string | undefined): string | undefined => readAddress(text)?.subscriber

/** The network that an address counts as. @throws TypeError where it is none */
export function prefixOf(address: string): string {
  const known = readAddress(address)
  if (known === undefined) throw new TypeError('this is no address')
  return known.network
}
