import { seededRandom, type SeededRandom } from '../random.ts'

/** One number out of several, spread evenly: a random stream of its own for each thing that is made (murmur3's mixer). */
export function mix(...parts: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const part of parts) {
    hash = Math.imul(hash ^ (part | 0), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}

export const streamOf = (...parts: readonly number[]): SeededRandom => seededRandom(mix(...parts))

/** About normal with mean 0 and deviation 1, within ±6: twelve uniforms, so that every runtime draws the same. */
export function normal(random: SeededRandom): number {
  let sum = -6
  for (let i = 0; i < 12; i += 1) sum += random.next()
  return sum
}

/** A positive number whose logarithm is about normal. */
export const lognormal = (random: SeededRandom, median: number, deviation: number): number =>
  median * Math.exp(deviation * normal(random))

export interface Weighed<T> {
  readonly value: T
  readonly weight: number
}

/** One of a list, by weight. */
export function pick<T>(random: SeededRandom, list: readonly Weighed<T>[]): T {
  let left = random.next() * list.reduce((sum, { weight }) => sum + weight, 0)
  for (const { value, weight } of list) {
    left -= weight
    if (left < 0) return value
  }
  return list.at(-1)!.value
}

/** A number below `size`, by Zipf's law with exponent 1: the first are the most frequent. */
export const zipf = (random: SeededRandom, size: number): number =>
  pick(
    random,
    Array.from({ length: size }, (_, value) => ({ value, weight: 1 / (value + 1) })),
  )

/** A whole number with this mean: its fraction is a coin. */
export const rounded = (random: SeededRandom, mean: number): number =>
  Math.floor(mean) + (random.next() < mean - Math.floor(mean) ? 1 : 0)
