/** Edits (insert, delete, replace, swap neighbours) between two short names. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(replace, previous[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}

/** Without what people write in different ways: case, hyphens, underscores and spaces. */
const plain = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '')

/** The known name that was probably meant, or `undefined` where none is close (a third of the letters at most). */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  if (written.length > 64) return undefined
  let best: string | undefined
  let least = Infinity
  for (const name of [...known].sort()) {
    const edits = distance(plain(written), plain(name))
    if (edits < least) {
      least = edits
      best = name
    }
  }
  const longer = Math.max(plain(written).length, plain(best ?? '').length)
  return least <= Math.max(1, Math.floor(longer / 3)) ? best : undefined
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(written: string, known: readonly string[]): string {
  const meant = nearestName(written, known)
  return meant === undefined ? '' : `; did you mean "${meant}"?`
}
