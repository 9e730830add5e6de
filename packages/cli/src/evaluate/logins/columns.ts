/** A list of numbers that grows in a few bytes each: scores of a whole run fit into memory though its file does not. */
export interface Column {
  push(value: number): void
  /** @param index of a value that was pushed */
  set(index: number, value: number): void
  readonly length: number
  /** What was pushed, as one array that is not to be kept across pushes. */
  values(): Float32Array | Uint32Array | Uint8Array
}

type Kind = typeof Float32Array | typeof Uint32Array | typeof Uint8Array

export function createColumn(kind: Kind): Column {
  let room = new kind(1024)
  let length = 0
  return {
    push(value) {
      if (length === room.length) {
        const larger = new kind(room.length * 2)
        larger.set(room)
        room = larger
      }
      room[length] = value
      length += 1
    },
    set(index, value) {
      room[index] = value
    },
    get length() {
      return length
    },
    values: () => room.subarray(0, length),
  }
}
