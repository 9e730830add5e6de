/** Evidence as it is stored and summed: an integer of 10⁻⁶ nats, so that sums do not depend on their order. */
export type MicroNats = number

/** Rounded to the nearest 10⁻⁶; never −0. Not a finite number: throws, since evidence must never be. */
export function toMicroNats(nats: number): MicroNats {
  const rounded = Math.round(nats * 1_000_000)
  if (!Number.isSafeInteger(rounded)) throw new RangeError('evidence is not a finite number of nats')
  return rounded + 0
}

export const toNats = (micro: MicroNats): number => micro / 1_000_000
