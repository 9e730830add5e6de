import { normaliseAddress } from '../../network.ts'
import { networkNumberOf, numberOf } from './compile.ts'

export type Listed =
  | { readonly kind: 'asn'; readonly asn: number }
  | { readonly kind: 'ipv4'; readonly start: number; readonly end: number }
  /** Of /64 networks. */
  | { readonly kind: 'ipv6'; readonly start: bigint; readonly end: bigint }

export interface ListEntry {
  readonly what: Listed
  readonly weightPercent: number
  readonly updatedAtMs: number | undefined
}

export interface ParsedList {
  readonly entries: readonly ListEntry[]
  /** Lines that say nothing that can be read, by their number from 1; the first ten. */
  readonly unread: readonly number[]
  readonly unreadCount: number
}

/** More lines than this are refused: the list would not fit beside the others. */
export const maxEntries = 2_000_000
/** One line in so many may be odd; where more are, the file is no list. */
const oddLines = 50

const v4Bits = 32
const v6Bits = 64

function networkOf(address: string, length: number): Listed | undefined {
  if (address.includes(':')) {
    if (length > 128) return undefined
    const number = networkNumberOf(address)
    const size = 1n << BigInt(Math.max(0, v6Bits - length))
    const start = number - (number % size)
    return { kind: 'ipv6', start, end: start + size - 1n }
  }
  if (length > v4Bits) return undefined
  const number = numberOf(address)
  const size = 2 ** (v4Bits - length)
  const start = number - (number % size)
  return { kind: 'ipv4', start, end: start + size - 1 }
}

/** Most lines of most lists: an IPv4 address or network in its plain form. */
const plainV4 = /^((?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3})(?:\/(\d{1,2}))?$/

/** An address, a network, a range, or an operator such as `AS64500`. */
export function readListed(text: string): Listed | undefined {
  const v4 = plainV4.exec(text)
  if (v4 !== null) {
    const fits = v4[1]!.split('.').every((part) => Number(part) <= 255)
    return fits ? networkOf(v4[1]!, v4[2] === undefined ? v4Bits : Number(v4[2])) : undefined
  }
  const asn = /^AS(\d{1,10})$/i.exec(text)?.[1]
  if (asn !== undefined) return Number(asn) <= 0xffffffff ? { kind: 'asn', asn: Number(asn) } : undefined
  const [first = '', last, ...more] = text.split('-').map((part) => part.trim())
  if (more.length > 0) return undefined
  if (last !== undefined) {
    const [from, to] = [normaliseAddress(first), normaliseAddress(last)]
    if (from === undefined || to === undefined || from.includes(':') !== to.includes(':')) return undefined
    if (from.includes(':')) {
      const [start, end] = [networkNumberOf(from), networkNumberOf(to)]
      return start <= end ? { kind: 'ipv6', start, end } : undefined
    }
    const [start, end] = [numberOf(from), numberOf(to)]
    return start <= end ? { kind: 'ipv4', start, end } : undefined
  }
  const [address = '', length, ...rest] = first.split('/')
  const plain = normaliseAddress(address)
  if (plain === undefined || rest.length > 0) return undefined
  if (length === undefined) return networkOf(plain, plain.includes(':') ? 128 : v4Bits)
  return /^\d{1,3}$/.test(length) ? networkOf(plain, Number(length)) : undefined
}

const columns = {
  network: ['network', 'cidr', 'ip', 'address', 'prefix', 'range', 'asn'],
  weight: ['weight', 'confidence', 'score'],
  updated: ['updated', 'updated_at', 'last_seen', 'date'],
} as const

interface Layout {
  readonly network: number
  readonly weight: number
  readonly updated: number
}

/** A header of CSV, where the line is one. */
function layoutOf(line: string): Layout | undefined {
  const names = line
    .toLowerCase()
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, ''))
  const at = (known: readonly string[]): number => names.findIndex((name) => known.includes(name))
  const network = at(columns.network)
  return network < 0 ? undefined : { network, weight: at(columns.weight), updated: at(columns.updated) }
}

const plainLine: Layout = { network: 0, weight: -1, updated: -1 }

function readLine(line: string, layout: Layout): ListEntry | undefined {
  const fields = line.split(',').map((field) => field.trim().replace(/^"|"$/g, ''))
  const what = readListed(fields[layout.network] ?? '')
  if (what === undefined) return undefined
  const weight = fields[layout.weight] ?? ''
  const updated = fields[layout.updated] ?? ''
  const share = weight === '' ? 1 : Number(weight)
  const atMs = updated === '' ? undefined : Date.parse(updated)
  if (!(share >= 0 && share <= 1) || (atMs !== undefined && Number.isNaN(atMs))) return undefined
  return { what, weightPercent: Math.round(share * 100), updatedAtMs: atMs }
}

/**
 * A list as they are published: one address, CIDR network, range or `AS` number a line, with comments after `#` or `;`; or CSV
 * with a header that names `network` (or `cidr`, `ip`, …), and may name `weight` (0 to 1) and `updated` (ISO 8601).
 *
 * @throws RangeError where it has too many lines, or too many that cannot be read
 */
export function parseList(text: string): ParsedList {
  const entries: ListEntry[] = []
  const unread: number[] = []
  let unreadCount = 0
  let layout: Layout | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/[#;].*$/, '').trim()
    if (line === '') continue
    if (layout === undefined) {
      const header = layoutOf(line)
      layout = header ?? plainLine
      if (header !== undefined) continue
    }
    const entry = readLine(line, layout)
    if (entry === undefined) {
      unreadCount += 1
      if (unread.length < 10) unread.push(index + 1)
    } else if (entries.push(entry) > maxEntries) {
      throw new RangeError(`more than ${maxEntries} entries`)
    }
  }
  if (unreadCount * oddLines > entries.length + unreadCount)
    throw new RangeError(`${unreadCount} lines are no addresses, such as line ${unread.join(', ')}`)
  return { entries, unread, unreadCount }
}
