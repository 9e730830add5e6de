/** A network: its first address as a whole number, and how many bits of it count. */
export interface Network {
  readonly family: 4 | 6
  readonly start: bigint
  readonly bits: number
}

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))

function addressOf4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n)
}

/** RFC 4291 §2.2, without the forms that end in an IPv4 address. */
function addressOf6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0]!)
  const tail = groupsOf(halves[1] ?? '')
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
}

/** Reads a network in CIDR notation; `undefined` for anything else, bits set behind its length included. */
export function parseCidr(text: string): Network | undefined {
  const [address = '', length = '', ...more] = text.split('/')
  if (more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined
  const family = address.includes(':') ? 6 : 4
  const width = family === 6 ? 128 : 32
  const bits = Number(length)
  const start = family === 6 ? addressOf6(address) : addressOf4(address)
  if (start === undefined || bits > width) return undefined
  return (start >> BigInt(width - bits)) << BigInt(width - bits) === start
    ? { family, start, bits }
    : undefined
}

/** Whether all of a network lies within another. */
export function contains(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false
  const rest = BigInt((outer.family === 6 ? 128 : 32) - outer.bits)
  return outer.start >> rest === inner.start >> rest
}
