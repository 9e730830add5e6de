import type { Statement } from '../sql/statement.ts'

/** A text that stands for a row of statements, and under which name connections prepare it. */
export interface Composed {
  readonly text: string
  readonly name: string | undefined
}

interface Step {
  readonly plain: Map<string, Step>
  readonly guarded: Map<string, Step>
  composed?: Composed
}

const step = (): Step => ({ plain: new Map(), guarded: new Map() })

/**
 * Composes each row of statements once: a call makes the same few over and over, and to write one of sixteen parts takes
 * longer than to find it. Keeps at most `size`; past it they are composed, and planned by the database, each time.
 */
export function composer(
  size: number,
  prefix: string,
  compose: (statements: readonly Statement[]) => string,
): (statements: readonly Statement[]) => Composed {
  const root = step()
  let kept = 0
  return (statements) => {
    let at = root
    for (const { sql, guard } of statements) {
      const ways = guard ? at.guarded : at.plain
      let next = ways.get(sql)
      if (next === undefined) {
        if (kept >= size) return { text: compose(statements), name: undefined }
        ways.set(sql, (next = step()))
      }
      at = next
    }
    if (at.composed === undefined) {
      if (kept >= size) return { text: compose(statements), name: undefined }
      at.composed = { text: compose(statements), name: `${prefix}_${kept}` }
      kept += 1
    }
    return at.composed
  }
}
