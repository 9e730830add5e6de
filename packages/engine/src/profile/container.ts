import { createReader, createWriter, ProfileFormatError } from './bytes.ts'

/** A profile larger than this is refused, by reader and writer (design, section 6). */
export const maxProfileBytes = 8192
const magic = 0x4e
const format = 1
const maxSections = 64
const maxNameLength = 64

/** `comparator@version` → its section. Sections that this build does not know are carried through unchanged. */
export type Sections = ReadonlyMap<string, Uint8Array>

/** The same sections give the same bytes: they are in order of their names. */
export function encodeSections(sections: Sections): Uint8Array {
  const writer = createWriter()
  writer.varint(magic)
  writer.varint(format)
  const names = [...sections.keys()].sort()
  writer.varint(names.length)
  for (const name of names) {
    const section = sections.get(name)!
    writer.ascii(name)
    writer.varint(section.length)
    writer.raw(section)
  }
  const bytes = writer.finish()
  if (bytes.length > maxProfileBytes)
    throw new ProfileFormatError(`a profile has at most ${maxProfileBytes} bytes`)
  return bytes
}

/** @throws ProfileFormatError where the bytes are not a profile that {@link encodeSections} could have written */
export function decodeSections(bytes: Uint8Array): Map<string, Uint8Array> {
  if (bytes.length > maxProfileBytes)
    throw new ProfileFormatError(`a profile has at most ${maxProfileBytes} bytes`)
  const reader = createReader(bytes)
  if (reader.varint() !== magic || reader.varint() !== format)
    throw new ProfileFormatError('not a profile of a known format')
  const sections = new Map<string, Uint8Array>()
  let previous = ''
  for (let left = reader.varint(maxSections); left > 0; left -= 1) {
    const name = reader.ascii(maxNameLength)
    if (name <= previous) throw new ProfileFormatError('sections are not in order')
    previous = name
    sections.set(name, reader.raw(reader.varint(maxProfileBytes)))
  }
  reader.end()
  return sections
}
