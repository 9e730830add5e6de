import { describe, expect, it } from 'vitest'
import { createLru } from './lru.ts'

describe('a bounded memory', () => {
  it('forgets what was not asked for longest', () => {
    const lru = createLru<string, number>(2)
    lru.set('a', 1)
    lru.set('b', 2)
    expect(lru.get('a')).toBe(1)
    lru.set('c', 3)
    expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([1, undefined, 3])
  })
  it('holds the latest value of a key once', () => {
    const lru = createLru<string, number>(2)
    lru.set('a', 1)
    lru.set('a', 2)
    lru.set('b', 3)
    expect([lru.get('a'), lru.get('b')]).toEqual([2, 3])
  })
})
