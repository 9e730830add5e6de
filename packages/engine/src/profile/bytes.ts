/** Bytes of a profile are not what its version says: of another writer, cut off, or tampered with. */
export class ProfileFormatError extends Error {
  override readonly name = 'ProfileFormatError'
}

export interface Writer {
  /** An unsigned integer below 2^53, seven bits a byte, low ones first. */
  varint(value: number): void
  /** 32 bits. */
  word(value: number): void
  raw(bytes: Uint8Array): void
  /** Length and code units of a text of ASCII characters. */
  ascii(text: string): void
  finish(): Uint8Array
}

export function createWriter(): Writer {
  const bytes: number[] = []
  const varint = (value: number): void => {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError('a profile holds unsigned integers only')
    let rest = value
    while (rest >= 128) {
      bytes.push((rest % 128) | 128)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
  }
  return {
    varint,
    word: (value) =>
      void bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255),
    raw: (from) => {
      for (const byte of from) bytes.push(byte)
    },
    ascii: (text) => {
      varint(text.length)
      for (let i = 0; i < text.length; i += 1) {
        const unit = text.charCodeAt(i)
        if (unit > 127) throw new RangeError('a profile holds ASCII texts only')
        bytes.push(unit)
      }
    },
    finish: () => Uint8Array.from(bytes),
  }
}

export interface Reader {
  /** @param most refused above; default 2^53 − 1 */
  varint(most?: number): number
  word(): number
  /** A view, not a copy. */
  raw(length: number): Uint8Array
  /** Steps over so many bytes. @returns where they begin */
  skip(length: number): number
  ascii(most: number): string
  /** Refuses bytes that nothing has read. */
  end(): void
}

/** Functions that all readers share, and not closures of each: a profile is read in some thousand calls. */
interface Reading extends Reader {
  readonly bytes: Uint8Array
  at: number
}

/** Steps over bytes that must be there. @returns where they begin */
function take(reading: Reading, count: number): number {
  const from = reading.at
  if (from + count > reading.bytes.length) throw new ProfileFormatError('a profile section is cut off')
  reading.at = from + count
  return from
}

function varint(this: Reading, most = Number.MAX_SAFE_INTEGER): number {
  const first = this.bytes[take(this, 1)]!
  let value = first
  // Most numbers of a profile are small ones.
  if (first >= 128) {
    value = first & 127
    let scale = 128
    for (let byte = 128; byte >= 128; scale *= 128) {
      if (scale > longest) throw new ProfileFormatError('a number is too long')
      byte = this.bytes[take(this, 1)]!
      if (byte === 0) throw new ProfileFormatError('a number is out of range')
      value += (byte & 127) * scale
    }
  }
  if (value > most) throw new ProfileFormatError('a number is out of range')
  return value
}
/** Place value of the last of eight bytes. */
const longest = 128 * 128 * 128 * 128 * 128 * 128 * 128

function word(this: Reading): number {
  const { bytes } = this
  const from = take(this, 4)
  return (bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16)) + bytes[from + 3]! * 0x1000000
}

function raw(this: Reading, length: number): Uint8Array {
  const from = take(this, length)
  return this.bytes.subarray(from, from + length)
}

function skip(this: Reading, length: number): number {
  return take(this, length)
}

function ascii(this: Reading, most: number): string {
  const length = this.varint(most)
  const from = take(this, length)
  let text = ''
  for (let i = from; i < from + length; i += 1) {
    const unit = this.bytes[i]!
    if (unit < 0x20 || unit > 0x7e) throw new ProfileFormatError('a text is not ASCII')
    text += String.fromCharCode(unit)
  }
  return text
}

function end(this: Reading): void {
  if (this.at !== this.bytes.length) throw new ProfileFormatError('a profile section is too long')
}

export function createReader(bytes: Uint8Array): Reader {
  const reading: Reading = { bytes, at: 0, varint, word, raw, skip, ascii, end }
  return reading
}
