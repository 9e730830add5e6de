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
  ascii(most: number): string
  /** Refuses bytes that nothing has read. */
  end(): void
}

export function createReader(bytes: Uint8Array): Reader {
  let at = 0
  const next = (): number => {
    const byte = bytes[at]
    if (byte === undefined) throw new ProfileFormatError('a profile section is cut off')
    at += 1
    return byte
  }
  const varint = (most = Number.MAX_SAFE_INTEGER): number => {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i += 1) {
      const byte = next()
      value += (byte & 127) * scale
      if (byte < 128) {
        if (value > most || (byte === 0 && i > 0)) throw new ProfileFormatError('a number is out of range')
        return value
      }
      scale *= 128
    }
    throw new ProfileFormatError('a number is too long')
  }
  const raw = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new ProfileFormatError('a profile section is cut off')
    at += length
    return bytes.subarray(at - length, at)
  }
  return {
    varint,
    word: () => next() + next() * 0x100 + next() * 0x10000 + next() * 0x1000000,
    raw,
    ascii: (most) => {
      let text = ''
      for (const byte of raw(varint(most))) {
        if (byte < 0x20 || byte > 0x7e) throw new ProfileFormatError('a text is not ASCII')
        text += String.fromCharCode(byte)
      }
      return text
    },
    end: () => {
      if (at !== bytes.length) throw new ProfileFormatError('a profile section is too long')
    },
  }
}
