import { ProfileFormatError, createReader, createWriter, type Reader, type Writer } from '../profile/bytes.ts'
import { backings, type Backing } from '../profile/pending.ts'
import type { Token } from '../profile/token.ts'
import { maxKeys, minKeys, type Codes } from './codes.ts'

/** What tells texts and ways to type them apart: samples are compared within one kind only. */
export interface Kind {
  /** Of the field's name. */
  readonly field: Token
  /** 0 for a keyboard with keys, 1 for one drawn on a screen. */
  readonly input: number
  /** Class of the clock's resolution. */
  readonly resolution: number
  /** Length of the text: another length is another text. */
  readonly keys: number
}

export interface Row {
  readonly codes: Codes
  /** Minutes since 1970. */
  readonly minute: number
  /** Unverified rows say by what, and which event taught them. */
  readonly waits?: { readonly backing: Backing; readonly event: Token }
}

/** What is known of one text, typed in one way. */
export interface Slot extends Kind {
  /** Oldest first. */
  readonly rows: readonly Row[]
  /** Scores that the subject's own sessions had when they were learned, oldest first, as {@link scoreCode}. */
  readonly scores: Uint8Array
}

/** A slot takes no more than this (design, section 6: typing has about half of the profile). */
export const maxSlotBytes = 2048
export const maxSlots = 4
export const maxTypingBytes = 2 * maxSlotBytes
export const maxScores = 60
/** Bytes that unverified rows may take of a slot, so that they never push the verified ones out. */
const maxWaitingBytes = 1100

const scoreSteps = 80
export const scoreCode = (score: number): number => Math.min(255, Math.round(score * scoreSteps))
export const scoreOf = (code: number): number => code / scoreSteps

export const sameKind = (a: Kind, b: Kind): boolean =>
  a.field === b.field && a.input === b.input && a.resolution === b.resolution && a.keys === b.keys
export const lastMinute = ({ rows }: Slot): number =>
  rows.reduce((last, { minute }) => Math.max(last, minute), 0)

const backingNames = Object.keys(backings) as readonly Backing[]

function writeSlot(writer: Writer, { field, input, resolution, keys, rows, scores }: Slot): void {
  writer.word(field)
  writer.varint(keys)
  writer.varint(resolution * 2 + input)
  writer.varint(rows.length)
  let last = 0
  for (const { minute, waits, codes } of rows) {
    writer.varint((minute - last) * 8 + (waits === undefined ? 0 : 1 + backingNames.indexOf(waits.backing)))
    if (waits !== undefined) writer.word(waits.event)
    writer.raw(codes)
    last = minute
  }
  writer.varint(scores.length)
  writer.raw(scores)
}

function readSlot(reader: Reader): Slot {
  const field = reader.word()
  const keys = reader.varint(maxKeys)
  if (keys < minKeys) throw new ProfileFormatError('a text is too short')
  const way = reader.varint(7)
  let minute = 0
  const rows = Array.from({ length: reader.varint(maxSlotBytes) }, (): Row => {
    const step = reader.varint()
    minute += Math.floor(step / 8)
    const backing = step % 8 === 0 ? undefined : backingNames[(step % 8) - 1]
    if (backing === undefined && step % 8 !== 0) throw new ProfileFormatError('a backing is not known')
    const event = backing === undefined ? 0 : reader.word()
    const codes = reader.raw(2 * keys - 1)
    return { codes, minute, ...(backing === undefined ? {} : { waits: { backing, event } }) }
  })
  const scores = reader.raw(reader.varint(maxScores))
  return { field, input: way % 2, resolution: Math.floor(way / 2), keys, rows, scores }
}

export function encodeSlots(slots: readonly Slot[]): Uint8Array {
  const writer = createWriter()
  writer.varint(slots.length)
  for (const slot of slots) writeSlot(writer, slot)
  return writer.finish()
}

export function decodeSlots(bytes: Uint8Array): readonly Slot[] {
  const reader = createReader(bytes)
  const slots = Array.from({ length: reader.varint(maxSlots) }, () => readSlot(reader))
  reader.end()
  return slots
}

const varintBytes = (value: number): number => {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}
const rowBytes = (row: Row, before: Row | undefined): number =>
  varintBytes((row.minute - (before?.minute ?? 0)) * 8) + (row.waits === undefined ? 0 : 4) + row.codes.length

/** As {@link encodeSlots} writes it. */
export const slotBytes = ({ rows, scores, keys, resolution }: Slot): number =>
  4 +
  varintBytes(keys) +
  varintBytes(resolution * 2 + 1) +
  varintBytes(rows.length) +
  rows.reduce((sum, row, i) => sum + rowBytes(row, rows[i - 1]), 0) +
  varintBytes(scores.length) +
  scores.length

/** Drops what there is no room for: the oldest unverified rows above their share, then the oldest of all. */
export function fitSlot(slot: Slot): Slot {
  let rows = slot.rows
  const waitingBytes = (): number =>
    rows.reduce((sum, row, i) => sum + (row.waits === undefined ? 0 : rowBytes(row, rows[i - 1])), 0)
  while (waitingBytes() > maxWaitingBytes) {
    const oldest = rows.findIndex(({ waits }) => waits !== undefined)
    rows = rows.filter((_, i) => i !== oldest)
  }
  while (slotBytes({ ...slot, rows }) > maxSlotBytes) rows = rows.slice(1)
  return rows === slot.rows ? slot : { ...slot, rows }
}
