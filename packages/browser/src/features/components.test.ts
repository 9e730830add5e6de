import { describe, expect, it } from 'vitest'
import { canonicalText, digestComponents, smallestStepUs } from '../features.ts'

describe('canonicalText', () => {
  it('gives equal text for objects whose members are listed in another order', () => {
    expect(canonicalText({ b: [1, { d: 1, c: 2 }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":2,"d":1}]}')
  })
  it('keeps the order of lists', () => {
    expect(canonicalText(['b', 'a'])).toBe('["b","a"]')
  })
  it('has a text for what JSON cannot say', () => {
    expect(canonicalText(undefined)).toBe('undefined')
  })
})

describe('digestComponents', () => {
  it('digests to the first nine bytes of SHA-256 in base64url', async () => {
    // printf '"Linux x86_64"' | openssl sha256 -binary | head -c 9 | base64 | tr '+/' '-_'
    expect(await digestComponents({ platform: { value: 'Linux x86_64' } })).toEqual({
      platform: '8n4dx1Hvh5_y',
    })
  })
  it('leaves out components that failed and names that the wire does not know', async () => {
    const digests = await digestComponents({
      broken: { error: new Error('no') },
      '1st': { value: 1 },
      'with-hyphen': { value: 1 },
      good: { value: 1 },
    })
    expect(Object.keys(digests)).toEqual(['good'])
  })
  it('keeps at most 64 components', async () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`c${index}`, { value: index }]))
    expect(Object.keys(await digestComponents(many))).toHaveLength(64)
  })
})

describe('smallestStepUs', () => {
  it('finds the smallest step in microseconds', () => {
    expect(smallestStepUs([1, 1.1, 1.3, 1.305, 1.5])).toBe(5)
  })
  it('says nothing of a timer that never moved', () => {
    expect(smallestStepUs([7, 7, 7])).toBeUndefined()
    expect(smallestStepUs([])).toBeUndefined()
  })
  it('ignores steps backwards and caps at a second', () => {
    expect(smallestStepUs([5000, 10, 5010])).toBe(1_000_000)
  })
})
