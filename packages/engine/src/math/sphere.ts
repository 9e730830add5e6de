/** Mean radius of the Earth. */
const earthKm = 6371.0088
/** Half of the circumference: nothing is farther away. */
export const antipodeKm = 20_016
const pi = 3.141592653589793

/** Taylor's series of sine up to x¹⁹: within 1e-10 for |x| ≤ π/2. */
function sine(x: number): number {
  const square = x * x
  let term = x
  let sum = x
  for (let i = 2; i <= 18; i += 2) {
    term = (-term * square) / (i * (i + 1))
    sum += term
  }
  return sum
}

/** Sine and cosine of an angle within ±180 degrees. */
function ofDegrees(degrees: number): readonly [sin: number, cos: number] {
  const x = (degrees * pi) / 180
  const folded = x > pi / 2 ? pi - x : x < -pi / 2 ? -pi - x : x
  const sin = sine(folded)
  const cos = sine(pi / 2 - (folded < 0 ? -folded : folded))
  return [sin, folded === x ? cos : -cos]
}

export interface Point {
  /** Degrees. */
  readonly latitude: number
  readonly longitude: number
}

/**
 * Distance along a great circle on a sphere, in kilometres; within a metre of the exact arc. Without an arc sine: the chord is
 * halved until chord and arc are one (Archimedes), which takes square roots alone.
 */
export function distanceKm(a: Point, b: Point): number {
  const [sinA, cosA] = ofDegrees(a.latitude)
  const [sinB, cosB] = ofDegrees(b.latitude)
  const [sinLongA, cosLongA] = ofDegrees(a.longitude)
  const [sinLongB, cosLongB] = ofDegrees(b.longitude)
  const x = cosA * cosLongA - cosB * cosLongB
  const y = cosA * sinLongA - cosB * sinLongB
  const z = sinA - sinB
  let chord = Math.min(2, Math.sqrt(x * x + y * y + z * z))
  let parts = 1
  for (let i = 0; i < 14; i += 1) {
    chord = chord / Math.sqrt(2 + Math.sqrt(Math.max(0, 4 - chord * chord)))
    parts *= 2
  }
  return earthKm * chord * parts
}
