/** Remembers at most `size` values and forgets what was not asked for longest. */
export interface Lru<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
}

export function createLru<K, V>(size: number): Lru<K, V> {
  // A map keeps the order in which its keys were set.
  const values = new Map<K, V>()
  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      values.delete(key)
      values.set(key, value)
      if (values.size <= size) return
      for (const oldest of values.keys()) {
        values.delete(oldest)
        return
      }
    },
  }
}
