import type { ListHit, ListKind } from '@newel/engine'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { compileList, type CompiledList } from './compile.ts'
import { parseList } from './parse.ts'

/** A list of addresses that the operator names; its licence is the operator's to keep. */
export interface NetworkListFile {
  /** 1 to 24 letters, digits, hyphens, dots and underlines; stands in records and reasons. */
  readonly id: string
  readonly kind: ListKind
  /** Path of a text or CSV file: see `parseList`. */
  readonly file: string
  /** How much it is to be trusted, 0 to 1. Default 1. A weight of an entry multiplies it. */
  readonly weight?: number
}

export interface NetworkList {
  readonly id: string
  readonly kind: ListKind
  /** First 12 characters of the SHA-256 of the file, in hex. */
  readonly version: string
  readonly entries: number
  /** Lines that could not be read. */
  readonly unread: number
  /** When the file was written. */
  readonly updatedAtMs: number
  hit(ip: string, asn: number | undefined, nowMs: number): ListHit | undefined
}

const maxBytes = 128 * 1024 * 1024
const dayMs = 86_400_000

function read(file: string): string {
  const { size } = statSync(file)
  if (size > maxBytes) throw new RangeError(`has ${size} bytes; ${maxBytes} are the most`)
  return readFileSync(file, 'utf8')
}

/**
 * Reads and compiles a list, once. Its age is that of the file, or what an entry says of itself.
 * @throws Error that names the file, where it cannot be read or is no list
 */
export function openList({ id, kind, file, weight = 1 }: NetworkListFile): NetworkList {
  if (!/^[A-Za-z0-9_.-]{1,24}$/.test(id)) throw new TypeError(`the list id ${JSON.stringify(id)} is not one`)
  if (!(weight >= 0 && weight <= 1)) throw new TypeError(`the weight of list ${id} is not within 0 and 1`)
  let text: string
  let compiled: CompiledList
  let unread: number
  try {
    text = read(file)
    const parsed = parseList(text)
    unread = parsed.unreadCount
    compiled = compileList(parsed.entries)
  } catch (cause) {
    throw new Error(`list ${id} (${file}): ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
  const updatedAtMs = Math.round(statSync(file).mtimeMs)
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return {
    id,
    kind,
    version,
    entries: compiled.entries,
    unread,
    updatedAtMs,
    hit(ip, asn, nowMs) {
      const match = compiled.match(ip, asn)
      if (match === undefined) return undefined
      const age = (nowMs - (match.updatedAtMs ?? updatedAtMs)) / dayMs
      return {
        list: id,
        version,
        kind,
        weightPercent: Math.round(match.weightPercent * weight),
        ageDays: Math.max(0, Math.floor(age)),
      }
    },
  }
}
