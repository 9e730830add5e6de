import { describe, expect, it } from 'vitest'
import { createLru } from './lru.ts'

describe('a bounded memory', () => {
  it('never holds more than its size, and always the latest that were asked for', () => {
    const lru = createLru<number, number>(8)
    for (let key = 0; key < 100; key += 1) {
      lru.set(key, key)
      for (let recent = Math.max(0, key - 7); recent <= key; recent += 1) expect(lru.get(recent)).toBe(recent)
    }
    const held = Array.from({ length: 100 }, (_, key) => key).filter((key) => lru.get(key) !== undefined)
    expect(held.length).toBeLessThanOrEqual(8)
  })
  it('keeps what is asked for again and again', () => {
    const lru = createLru<string, number>(8)
    lru.set('kept', 1)
    for (let other = 0; other < 100; other += 1) {
      lru.set(`other-${other}`, other)
      expect(lru.get('kept')).toBe(1)
    }
  })
  it('holds as many as its size says, whatever their turn', () => {
    const lru = createLru<number, number>(8)
    for (let key = 0; key < 8; key += 1) lru.set(key, key)
    for (let turn = 0; turn < 24; turn += 1) expect(lru.get(turn % 8)).toBe(turn % 8)
  })
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
