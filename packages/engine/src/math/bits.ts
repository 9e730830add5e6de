// One buffer for taking doubles apart: exact on every runtime, and the byte order is ours, not the machine's.
const view = new DataView(new ArrayBuffer(8))

/** Exponent and the top word of the fraction of a finite double, as IEEE 754 stores them. */
export function highWord(x: number): number {
  view.setFloat64(0, x)
  return view.getUint32(0)
}

/** The double with this top word and the low word of `x`. */
export function withHighWord(x: number, high: number): number {
  view.setFloat64(0, x)
  view.setUint32(0, high)
  return view.getFloat64(0)
}

/** 2^k for −1022 ≤ k ≤ 1023, exactly. */
export function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20)
  view.setUint32(4, 0)
  return view.getFloat64(0)
}
