import { coinSides } from '@newel/engine'
import { describe, expect, it } from 'vitest'
import { coinFor } from './audits.ts'
import { utf8 } from './crypto.ts'

const key = utf8('k'.repeat(32))

describe('the coin of audits', () => {
  it('is the same for a repeat, and another for another subject, number or tenant', () => {
    const coin = coinFor(key, 'maya')
    expect(coin(3)).toBe(coinFor(key, 'maya')(3))
    expect(
      new Set([coin(3), coin(4), coinFor(key, 'noor')(3), coinFor(utf8('x'.repeat(32)), 'maya')(3)]).size,
    ).toBe(4)
    // A number never runs into a name.
    expect(coinFor(key, '1\nmaya')(1)).not.toBe(coin(1))
  })
  it('falls on every side alike', () => {
    const tenths = new Array<number>(10).fill(0)
    for (let subject = 0; subject < 100; subject += 1) {
      const coin = coinFor(key, `subject-${subject}`)
      for (let completed = 0; completed < 100; completed += 1) {
        const side = coin(completed)
        expect(Number.isInteger(side) && side >= 0 && side < coinSides).toBe(true)
        tenths[Math.floor((side / coinSides) * 10)]! += 1
      }
    }
    // 10 000 draws: each tenth within four standard deviations of 1 000.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(10_000 * 0.1 * 0.9))
  })
})
