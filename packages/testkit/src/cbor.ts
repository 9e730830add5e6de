/** What WebAuthn needs of CBOR (RFC 8949), in the canonical form of CTAP2. */
export type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>

function head(major: number, value: number): number[] {
  const type = major << 5
  if (value < 24) return [type | value]
  if (value < 0x100) return [type | 24, value]
  return [type | 25, value >> 8, value & 0xff]
}

function encode(value: Cbor): number[] {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') {
    const text = new TextEncoder().encode(value)
    return [...head(3, text.length), ...text]
  }
  if (value instanceof Uint8Array) return [...head(2, value.length), ...value]
  return [
    ...head(5, value.size),
    ...[...value].flatMap(([key, member]) => [...encode(key), ...encode(member)]),
  ]
}

export const encodeCbor = (value: Cbor): Uint8Array<ArrayBuffer> => Uint8Array.from(encode(value))
