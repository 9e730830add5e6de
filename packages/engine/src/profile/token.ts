/** A value as profiles keep it: 32 bits that only say whether two values are the same. 0 stands for no value. */
export type Token = number

/** FNV-1a over UTF-16 code units, low byte first. Collisions are one in four billion, and only among one subject's values. */
export function tokenOf(value: string | number | undefined): Token {
  if (value === undefined) return 0
  const text = String(value)
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193)
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193)
  }
  return hash === 0 ? 1 : hash >>> 0
}
