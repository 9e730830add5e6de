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
  /** Lines that were passed over, by their number from 1; the first ten. */
  readonly unread: readonly number[]
  readonly unreadCount: number
}

/** More lines than this are refused: the list would not fit beside the others. */
const maxEntries = 2_000_000
/** One line in so many may be odd; where more are, the file is no list. */
const oddLines = 50
/** Of a line without its comment. What is longer is none. */
const maxLineCharacters = 512

const v4Bits = 32
const v6Bits = 64
/** Wider networks are bogons, or slips of who keeps the list, which would name a good part of all people. */
const widest = { ipv4: 8, ipv6: 16 } as const

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

/** Whether a fetched list may name so much at once. */
const isTooWide = (what: Listed): boolean =>
  what.kind === 'ipv4'
    ? what.end - what.start >= 2 ** (v4Bits - widest.ipv4)
    : what.kind === 'ipv6' && what.end - what.start >= 1n << BigInt(v6Bits - widest.ipv6)

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

const tooOdd = (count: number, numbers: readonly number[]): RangeError =>
  new RangeError(
    `${count} lines are no addresses, or networks wider than /${widest.ipv4} (IPv6: /${widest.ipv6}), such as line ${numbers.join(', ')}`,
  )

/** Lines by number from 1, one at a time: a list of empty lines is not worth an array of them. */
function* linesOf(text: string): Generator<readonly [number: number, line: string]> {
  let start = 0
  for (let number = 1; start <= text.length; number += 1) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    yield [number, text.slice(start, end)]
    start = end + 1
  }
}

/** A line without its comment. The pattern is one character, so that a line does not choose how long the search takes. */
function uncommented(line: string): string {
  const at = line.search(/[#;]/)
  return (at < 0 ? line : line.slice(0, at)).trim()
}

/**
 * A list as they are published: one address, CIDR network, range or `AS` number a line, with comments after `#` or `;`; or CSV
 * with a header that names `network` (or `cidr`, `ip`, …), and may name `weight` (0 to 1) and `updated` (ISO 8601). Lines end
 * with LF or CRLF, and have at most 512 characters beside the comment.
 *
 * A network wider than /8 (IPv6: /16) is passed over like a line that cannot be read: it would name a good part of all addresses.
 *
 * @throws RangeError where it has too many lines, or too many that are passed over
 */
export function parseList(text: string): ParsedList {
  const entries: ListEntry[] = []
  const unread: number[] = []
  let unreadCount = 0
  let layout: Layout | undefined
  for (const [number, raw] of linesOf(text)) {
    const line = uncommented(raw)
    if (line === '') continue
    const isLong = line.length > maxLineCharacters
    if (layout === undefined && !isLong) {
      const header = layoutOf(line)
      layout = header ?? plainLine
      if (header !== undefined) continue
    }
    const entry = isLong ? undefined : readLine(line, layout ?? plainLine)
    // Lists of bogons name what nobody comes from, such as 224.0.0.0/3: no reason to go without the rest.
    if (entry === undefined || isTooWide(entry.what)) {
      unreadCount += 1
      if (unread.length < 10) unread.push(number)
      // More than a list of the most entries may have: the rest need not be read.
      if (unreadCount > maxEntries / oddLines) throw tooOdd(unreadCount, unread)
      continue
    }
    if (entries.push(entry) > maxEntries) throw new RangeError(`more than ${maxEntries} entries`)
  }
  if (unreadCount * oddLines > entries.length + unreadCount) throw tooOdd(unreadCount, unread)
  return { entries, unread, unreadCount }
}
