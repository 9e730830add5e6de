/** Numbers from 0 to 1, never twice alike and the same in every run: multiples of an irrational number are spread evenly. */
export const spread = (index: number): number => (index * 0.6180339887498949) % 1

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Characters of base64url, as a digest has them. */
export const digest = (seed: number, characters: number): string =>
  Array.from(
    { length: characters },
    (_, index) => alphabet[Math.floor(64 * spread(seed * 97 + index + 1))]!,
  ).join('')
