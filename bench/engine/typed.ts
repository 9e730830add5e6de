import { codesOf, learnText, type Codes, type Slot, type Template } from '@newel/engine'
import { nowMs } from './observed.ts'
import { spread } from './spread.ts'

/** Eleven keys, never twice alike. */
export const typedCodes = (index: number): Codes => {
  const at = (key: number): number => spread(index * 21 + key)
  return codesOf(
    Array.from({ length: 11 }, (_, key) => 80 + 40 * at(key)),
    Array.from({ length: 10 }, (_, key) => 150 + 90 * at(11 + key)),
  )
}

/** As many samples as a profile keeps of one text, a third of which wait. */
export function fullTemplate(): Template {
  const kind = { field: 1, input: 0, resolution: 0, keys: 11 }
  const slots = Array.from({ length: 150 }).reduce<readonly Slot[]>(
    (state, _, index) =>
      learnText(state, {
        kind,
        codes: typedCodes(index),
        atMs: nowMs + index * 600_000,
        event: index,
        backing: index % 3 === 0 ? 'contact' : undefined,
      }),
    [],
  )
  return slots[0]!
}
