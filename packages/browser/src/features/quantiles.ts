/**
 * Quantiles of some numbers, each a whole number, interpolated between neighbours (Hyndman and Fan, 1996, type 7).
 * @param values finite; not changed
 * @param shares between 0 and 1
 * @param most what is larger is cut to it; default 60 000
 * @returns one for each share, or nothing where there are no values
 */
export function quantiles(values: readonly number[], shares: readonly number[], most = 60_000): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const last = sorted.length - 1
  if (last < 0) return []
  return shares.map((share) => {
    const at = Math.min(1, Math.max(0, share)) * last
    const low = sorted[Math.floor(at)]!
    const high = sorted[Math.ceil(at)]!
    return Math.min(most, Math.max(0, Math.round(low + (high - low) * (at - Math.floor(at)))))
  })
}
