import type { ListEntry } from './parse.ts'

/** What an address, or its operator, is listed with. */
export interface Match {
  readonly weightPercent: number
  /** When the entry was true; `undefined`: as old as its list. */
  readonly updatedAtMs: number | undefined
}

/** A list in a form that is searched: sorted intervals that do not overlap, and operators. */
export interface CompiledList {
  readonly entries: number
  /** @param ip in the form of RFC 5952, or dotted */
  match(ip: string, asn: number | undefined): Match | undefined
}

interface Interval<T> {
  readonly start: T
  readonly end: T
  readonly match: number
}

/** Intervals that may hold one address: published lists have a handful. */
const maxOpen = 1000

/**
 * Overlapping intervals as ones that do not: of those that hold an address, the narrowest counts, and of equals the last one.
 * Widest first at each start, so that a stack of what is open says at any point which is the narrowest.
 *
 * @throws RangeError where more than {@link maxOpen} hold one address
 */
function flatten<T extends number | bigint>(
  intervals: readonly Interval<T>[],
  next: (value: T) => T,
  before: (value: T) => T,
): Interval<T>[] {
  const sorted = [...intervals].sort((a, b) =>
    a.start < b.start ? -1 : a.start > b.start ? 1 : a.end > b.end ? -1 : a.end < b.end ? 1 : 0,
  )
  const flat: Interval<T>[] = []
  const open: Interval<T>[] = []
  let at: T | undefined
  const emit = (start: T, end: T, match: number): void => {
    if (start > end) return
    const last = flat.at(-1)
    if (last !== undefined && last.match === match && next(last.end) === start)
      flat[flat.length - 1] = { ...last, end }
    else flat.push({ start, end, match })
  }
  const close = (until: T | undefined): void => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (until !== undefined && top.end >= until) return
      if (at !== undefined && at <= top.end) {
        emit(at, top.end, top.match)
        at = next(top.end)
      }
      open.pop()
    }
  }
  for (const interval of sorted) {
    close(interval.start)
    const top = open.at(-1)
    if (top !== undefined && at !== undefined) emit(at, before(interval.start), top.match)
    at = interval.start
    if (open.length >= maxOpen) throw new RangeError(`more than ${maxOpen} entries hold one address`)
    // Ranges need not nest: what ends later than the newest one goes on below it.
    let [low, high] = [0, open.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (open[middle]!.end < interval.end) high = middle
      else low = middle + 1
    }
    open.splice(low, 0, interval)
  }
  close(undefined)
  return flat
}

interface Searchable<T> {
  readonly length: number
  readonly [index: number]: T
}

/** Index of the interval that holds a value, or −1. */
function search<T extends number | bigint>(starts: Searchable<T>, ends: Searchable<T>, value: T): number {
  let low = 0
  let high = starts.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (starts[middle]! > value) high = middle - 1
    else if (ends[middle]! < value) low = middle + 1
    else return middle
  }
  return -1
}

/** Different matches once: most lists have one. */
function createMatches(): { index(match: Match): number; readonly all: readonly Match[] } {
  const all: Match[] = []
  const known = new Map<string, number>()
  return {
    all,
    index(match) {
      const key = `${match.weightPercent} ${match.updatedAtMs ?? ''}`
      const index = known.get(key)
      if (index !== undefined) return index
      known.set(key, all.length)
      return all.push(match) - 1
    },
  }
}

/** Dotted IPv4 as 32 bits. */
export const numberOf = (ip: string): number =>
  ip.split('.').reduce((value, part) => value * 256 + Number(part), 0)

/**
 * The first 64 bits of an IPv6 address. Whoever has one address of a /64 has them all (RFC 4291, section 2.5.1), so a list
 * that names one address means its network.
 */
export function networkNumberOf(ip: string): bigint {
  const [head = '', tail] = ip.split('::')
  const parts = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const left = parts(head)
  const right = tail === undefined ? [] : parts(tail)
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return groups.slice(0, 4).reduce((value, group) => value * 0x10000n + BigInt(`0x${group || '0'}`), 0n)
}

/**
 * Typed arrays: nine bytes an IPv4 interval, seventeen an IPv6 one, a few more where matches differ.
 *
 * @throws RangeError where too many entries hold one address
 */
export function compileList(entries: readonly ListEntry[]): CompiledList {
  const matches = createMatches()
  const operators = new Map<number, number>()
  const v4: Interval<number>[] = []
  const v6: Interval<bigint>[] = []
  for (const { what, weightPercent, updatedAtMs } of entries) {
    const match = matches.index({ weightPercent, updatedAtMs })
    if (what.kind === 'asn') operators.set(what.asn, match)
    else if (what.kind === 'ipv4') v4.push({ start: what.start, end: what.end, match })
    else v6.push({ start: what.start, end: what.end, match })
  }
  const flat4 = flatten(
    v4,
    (value) => value + 1,
    (value) => value - 1,
  )
  const flat6 = flatten(
    v6,
    (value) => value + 1n,
    (value) => value - 1n,
  )
  const starts4 = Uint32Array.from(flat4, ({ start }) => start)
  const ends4 = Uint32Array.from(flat4, ({ end }) => end)
  const matches4 = Uint32Array.from(flat4, ({ match }) => match)
  const starts6 = BigUint64Array.from(flat6, ({ start }) => start)
  const ends6 = BigUint64Array.from(flat6, ({ end }) => end)
  const matches6 = Uint32Array.from(flat6, ({ match }) => match)
  return {
    entries: entries.length,
    match(ip, asn) {
      if (ip.includes(':')) {
        const at = search(starts6, ends6, networkNumberOf(ip))
        if (at >= 0) return matches.all[matches6[at]!]
      } else {
        const at = search(starts4, ends4, numberOf(ip))
        if (at >= 0) return matches.all[matches4[at]!]
      }
      const operator = asn === undefined ? undefined : operators.get(asn)
      return operator === undefined ? undefined : matches.all[operator]
    },
  }
}
