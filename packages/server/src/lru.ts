/** Remembers at most `size` values; what was not asked for longest is forgotten first. */
export interface Lru<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
}

/** The order of a map is the order of use: what is asked for moves to its end. */
export function createLru<K, V>(size: number): Lru<K, V> {
  const kept = new Map<K, V>()
  const set = (key: K, value: V): void => {
    kept.delete(key)
    kept.set(key, value)
    if (kept.size > size) kept.delete(kept.keys().next().value as K)
  }
  return {
    get(key) {
      const value = kept.get(key)
      if (value !== undefined) set(key, value)
      return value
    },
    set,
  }
}
