import { describe, expect, it } from 'vitest'
import { acrLadder, acrSatisfies, strongerAcr, weakerAcr } from './acr.ts'

describe('the assurance ladder', () => {
  it('is satisfied by its own step and those above', () => {
    for (const [have, held] of acrLadder.entries()) {
      for (const [need, required] of acrLadder.entries()) {
        expect(acrSatisfies(held, required)).toBe(have >= need)
      }
    }
  })
  it('fails closed on anything that is not on it, on either side', () => {
    for (const strange of ['9', 'AAL10', 'gold ', '', 'phr ', 'PHR', 'constructor']) {
      expect(acrSatisfies(strange, 'newel:base')).toBe(false)
      expect(acrSatisfies('phrh', strange)).toBe(false)
    }
  })
  it('tells the stronger and the weaker of two', () => {
    expect(strongerAcr('newel:otp', 'phr')).toBe('phr')
    expect(weakerAcr('newel:otp', 'phr')).toBe('newel:otp')
  })
})
