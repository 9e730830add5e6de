/** A number from 0 to 1 that looks random, and is the same for the same index in every run. */
export function spread(index: number): number {
  let mixed = Math.imul(index ^ 0x9e3779b9, 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Characters of base64url, as a digest has them. */
export const digest = (seed: number, characters: number): string =>
  Array.from(
    { length: characters },
    (_, index) => alphabet[Math.floor(64 * spread(seed * 97 + index + 1))]!,
  ).join('')
