/**
 * About how many different accounts were somewhere within the last hours, in two integers a key: linear counting (Whang,
 * Vander-Zanden and Taylor, 1990). Each account sets the bit that a keyed digest gives it, so that coming again changes
 * nothing and nobody outside chooses a bit. A span is two hours; of the span before, what this one has not shown again fades
 * until this one ends, so an account counts for two to four hours.
 */
const spanMs = 2 * 3_600_000
/** Places of a sketch: whole numbers to 2^52 are exact on every driver. About 200 accounts fill it. */
export const crowdBits = 52

export interface Crowd {
  readonly now: number
  readonly before: number
}
export const nobody: Crowd = { now: 0, before: 0 }

export const spanAt = (nowMs: number): number => Math.floor(nowMs / spanMs)

/** The bits of one account. */
export const bitOf = (place: number | undefined): number => (place === undefined ? 0 : 2 ** place)

const half = 2 ** 26
/** `|` of whole numbers beyond 32 bits. */
const either = (a: number, b: number): number =>
  (Math.floor(a / half) | Math.floor(b / half)) * half + ((a % half) | (b % half))

/** Marks bits in a span; the SQL of `counters.ts` says the same. */
export function markCrowd(held: Crowd, heldSpan: number, bits: number, span: number): Crowd {
  const spans = span - heldSpan
  if (spans === 0) return { now: either(held.now, bits), before: held.before }
  if (spans > 0) return { now: bits, before: spans === 1 ? held.now : 0 }
  // A server whose clock is behind.
  return spans === -1 ? { now: held.now, before: either(held.before, bits) } : held
}

function ones(bits: number): number {
  let count = 0
  for (let left = bits; left > 0; left = Math.floor(left / 2)) count += left % 2
  return count
}

/** Accounts that set so many bits: `-m ln(z / m)` for `z` that are not set, and as if half of one were where all are. */
function estimate(bits: number): number {
  const unset = Math.max(0.5, crowdBits - ones(bits))
  return -crowdBits * Math.log(unset / crowdBits)
}

/** Accounts as of now, to a hundredth. */
export function crowdAt(held: Crowd, heldSpan: number, nowMs: number): number {
  const spans = spanAt(nowMs) - heldSpan
  if (spans > 1) return 0
  const { now, before } = spans === 1 ? { now: 0, before: held.now } : held
  const gone = Math.min(1, Math.max(0, nowMs / spanMs - spanAt(nowMs)))
  const fresh = estimate(now)
  return Math.round((fresh + (1 - gone) * (estimate(either(now, before)) - fresh)) * 100) / 100
}
