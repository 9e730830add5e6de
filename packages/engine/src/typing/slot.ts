import { ProfileFormatError, createReader, createWriter, type Reader, type Writer } from '../profile/bytes.ts'
import type { Token } from '../profile/token.ts'
import { maxKeys, minKeys } from './codes.ts'
import { backingNames, firstRipeMs, pickRows, placesOf, type Rows } from './rows.ts'

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

/** What is known of one text, typed in one way. */
export interface Slot extends Kind, Rows {
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
export const lastMinute = ({ minutes }: Rows): number => Math.max(0, ...minutes)

function writeSlot(writer: Writer, slot: Slot): void {
  const { field, input, resolution, keys, codes, starts, waits, minutes, events, scores } = slot
  writer.word(field)
  writer.varint(keys)
  writer.varint(resolution * 2 + input)
  writer.varint(starts.length)
  let last = 0
  for (const [row, start] of starts.entries()) {
    writer.varint((minutes[row]! - last) * 8 + waits[row]!)
    if (waits[row] !== 0) writer.word(events[row]!)
    writer.raw(codes.subarray(start, start + 2 * keys - 1))
    last = minutes[row]!
  }
  writer.varint(scores.length)
  writer.raw(scores)
}

function readSlot(reader: Reader, codes: Uint8Array): Slot {
  const field = reader.word()
  const keys = reader.varint(maxKeys)
  if (keys < minKeys) throw new ProfileFormatError('a text is too short')
  const way = reader.varint(7)
  const starts: number[] = []
  const waits: number[] = []
  const minutes: number[] = []
  const events: Token[] = []
  let minute = 0
  for (let left = reader.varint(maxSlotBytes); left > 0; left -= 1) {
    const step = reader.varint()
    const waiting = step % 8
    if (waiting > backingNames.length) throw new ProfileFormatError('a backing is not known')
    minute += (step - waiting) / 8
    minutes.push(minute)
    waits.push(waiting)
    events.push(waiting === 0 ? 0 : reader.word())
    starts.push(reader.skip(2 * keys - 1))
  }
  const scores = reader.raw(reader.varint(maxScores))
  const ripeMs = firstRipeMs(minutes, waits)
  const input = way % 2
  const resolution = (way - input) / 2
  return { field, input, resolution, keys, codes, starts, waits, minutes, events, ripeMs, scores }
}

export function encodeSlots(slots: readonly Slot[]): Uint8Array {
  const writer = createWriter()
  writer.varint(slots.length)
  for (const slot of slots) writeSlot(writer, slot)
  return writer.finish()
}

export function decodeSlots(bytes: Uint8Array): readonly Slot[] {
  const reader = createReader(bytes)
  const slots: Slot[] = []
  for (let left = reader.varint(maxSlots); left > 0; left -= 1) slots.push(readSlot(reader, bytes))
  reader.end()
  return slots
}

const varintBytes = (value: number): number => {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}
const rowBytes = ({ keys, minutes, waits }: Rows, row: number): number =>
  varintBytes((minutes[row]! - (minutes[row - 1] ?? 0)) * 8) + (waits[row] === 0 ? 0 : 4) + 2 * keys - 1

/** As {@link encodeSlots} writes it. */
export const slotBytes = (slot: Slot): number =>
  4 +
  varintBytes(slot.keys) +
  varintBytes(slot.resolution * 2 + 1) +
  varintBytes(slot.starts.length) +
  slot.starts.reduce((sum, _, row) => sum + rowBytes(slot, row), 0) +
  varintBytes(slot.scores.length) +
  slot.scores.length

const waitingBytes = (slot: Slot): number =>
  slot.waits.reduce((sum, waits, row) => sum + (waits === 0 ? 0 : rowBytes(slot, row)), 0)

/** Drops what there is no room for: the oldest unverified rows above their share, then the oldest of all. */
export function fitSlot(slot: Slot): Slot {
  let fit = slot
  while (waitingBytes(fit) > maxWaitingBytes) {
    const oldest = fit.waits.findIndex((waits) => waits !== 0)
    fit = pickRows(
      fit,
      placesOf(fit, (row) => row !== oldest),
    )
  }
  while (slotBytes(fit) > maxSlotBytes)
    fit = pickRows(
      fit,
      placesOf(fit, (row) => row > 0),
    )
  return fit
}
