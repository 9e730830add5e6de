/** Values that the data section of an MMDB file can hold, as far as these tests need them. */
export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value }

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)]

/** Control byte: type in the upper three bits, size in the lower five (MaxMind DB format 2.0, "Data field format"). */
function encode(value: Value): number[] {
  if (typeof value === 'string') {
    const bytes = bytesOf(value)
    if (bytes.length >= 285) throw new RangeError('too long for this writer')
    return bytes.length < 29
      ? [(2 << 5) | bytes.length, ...bytes]
      : [(2 << 5) | 29, bytes.length - 29, ...bytes]
  }
  if (typeof value === 'boolean') return [Number(value), 14 - 7]
  if (typeof value === 'number' && !Number.isInteger(value)) {
    const bytes = new DataView(new ArrayBuffer(8))
    bytes.setFloat64(0, value)
    return [(3 << 5) | 8, ...new Uint8Array(bytes.buffer)]
  }
  if (typeof value === 'number') return [(6 << 5) | 4, ...big(value, 4)]
  if (isList(value)) return [value.length, 11 - 7, ...value.flatMap(encode)]
  const entries = Object.entries(value)
  return [(7 << 5) | entries.length, ...entries.flatMap(([name, held]) => [...encode(name), ...encode(held)])]
}

const big = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, index) => Math.floor(value / 256 ** (width - 1 - index)) % 256)

const bitsOf = (network: string): number[] => {
  const [address = '', length = '32'] = network.split('/')
  const bytes = address.split('.').map(Number)
  return Array.from({ length: Number(length) }, (_, bit) => ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1)
}

/** A small MMDB file over IPv4 networks, with 24-bit records. */
export function writeMmdb(networks: Readonly<Record<string, Value>>): Uint8Array {
  type Record = { node: number } | { data: number } | undefined
  const nodes: [Record, Record][] = [[undefined, undefined]]
  const data: number[] = []
  for (const [network, value] of Object.entries(networks)) {
    const offset = data.length
    data.push(...encode(value))
    const bits = bitsOf(network)
    let at = 0
    for (const [index, bit] of bits.entries()) {
      const node = nodes[at]
      if (node === undefined) throw new Error('no such node')
      if (index === bits.length - 1) {
        node[bit as 0 | 1] = { data: offset }
        break
      }
      const standing = node[bit as 0 | 1]
      if (standing !== undefined && 'node' in standing) at = standing.node
      else {
        node[bit as 0 | 1] = { node: nodes.length }
        at = nodes.length
        nodes.push([undefined, undefined])
      }
    }
  }
  const number = (record: Record): number =>
    record === undefined ? nodes.length : 'node' in record ? record.node : nodes.length + 16 + record.data
  const tree = nodes.flatMap((node) => node.flatMap((record) => big(number(record), 3)))
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 4,
    database_type: 'Newel-Test',
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_790_000_000,
  })
  const marker = [0xab, 0xcd, 0xef, ...bytesOf('MaxMind.com')]
  return Uint8Array.from([...tree, ...Array<number>(16).fill(0), ...data, ...marker, ...metadata])
}
