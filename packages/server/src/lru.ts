/** Remembers at most `size` values. What was asked for stays at least until half as many others were. */
export interface Lru<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
}

/**
 * Two generations, each half of the size: what is asked for moves to the younger, and when that is full, the older is
 * forgotten as a whole. To keep the exact order instead would change the map with every question.
 */
export function createLru<K, V>(size: number): Lru<K, V> {
  const half = Math.max(1, Math.floor(size / 2))
  let young = new Map<K, V>()
  let old = new Map<K, V>()
  const set = (key: K, value: V): void => {
    if (young.size >= half && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      if (older !== undefined) set(key, older)
      return older
    },
    set,
  }
}
