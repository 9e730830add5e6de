import { describe, expect, it } from 'vitest'
import { createCollisions } from './collisions.ts'

const print = (seed: string) => ({
  library: '5.2.0',
  components: { canvas: `${seed}AAAAAAAA`, audio: 'BBBBBBBBBBBB' },
})

describe('a fingerprint', () => {
  it('that nobody else showed has no sharers, however often its owner comes', () => {
    const collisions = createCollisions()
    for (let i = 0; i < 5; i += 1)
      expect(collisions.count('shop', 'anna', print('ABCD'))).toEqual({ others: 0, seen: 0 })
    collisions.count('shop', 'ben', print('WXYZ'))
    expect(collisions.count('shop', 'anna', print('ABCD'))).toEqual({ others: 0, seen: 1 })
  })
  it('that others showed is counted by subject, within its tenant', () => {
    const collisions = createCollisions()
    for (const subject of ['ben', 'cleo', 'cleo', 'dora']) collisions.count('shop', subject, print('ABCD'))
    collisions.count('shop', 'emil', print('WXYZ'))
    expect(collisions.count('shop', 'anna', print('ABCD'))).toEqual({ others: 3, seen: 4 })
    expect(collisions.count('bank', 'anna', print('ABCD'))).toEqual({ others: 0, seen: 0 })
  })
  it('is told by what is compared of it: the rest of a digest changes nothing', () => {
    const collisions = createCollisions()
    collisions.count('shop', 'ben', {
      library: '5.2.0',
      components: { canvas: 'ABCDxxxxxxxx', audio: 'BBBB' },
    })
    expect(collisions.count('shop', 'anna', print('ABCD')).others).toBe(1)
  })
  it('counts a subject by what it showed last', () => {
    const collisions = createCollisions()
    collisions.count('shop', 'ben', print('ABCD'))
    collisions.count('shop', 'ben', print('WXYZ'))
    expect(collisions.count('shop', 'anna', print('ABCD'))).toEqual({ others: 0, seen: 1 })
    expect(collisions.count('shop', 'cleo', print('WXYZ'))).toEqual({ others: 1, seen: 2 })
  })
  it('is counted in bounded room: the latest 4 096 subjects', () => {
    const collisions = createCollisions()
    for (let i = 0; i < 5000; i += 1) collisions.count('shop', `user-${i}`, print(i < 2000 ? 'ABCD' : 'WXYZ'))
    expect(collisions.count('shop', 'anna', print('ABCD'))).toEqual({ others: 1096, seen: 4096 })
  })
})
