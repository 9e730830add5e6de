import { Secret } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { acceptedStep } from './totp.ts'

/** RFC 6238 appendix B: SHA-1, secret "12345678901234567890"; the last six of the eight digits printed there. */
const seed = Secret.fromLatin1('12345678901234567890').base32
const vectors = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
] as const

describe('time-based codes', () => {
  it('are those of RFC 6238 appendix B', () => {
    for (const [seconds, code] of vectors) {
      expect(acceptedStep(seed, code, seconds * 1000, 0)).toBe(Math.floor(seconds / 30))
    }
  })
  it('are taken one step early or late and no more', () => {
    const [seconds, code] = vectors[4]
    const step = Math.floor(seconds / 30)
    for (const delta of [-1, 0, 1])
      expect(acceptedStep(seed, code, (seconds + delta * 30) * 1000, 0)).toBe(step)
    for (const delta of [-2, 2])
      expect(acceptedStep(seed, code, (seconds + delta * 30) * 1000, 0)).toBeUndefined()
  })
  it('serve once: neither their step nor an earlier one is taken again', () => {
    const [seconds, code] = vectors[4]
    const step = Math.floor(seconds / 30)
    expect(acceptedStep(seed, code, seconds * 1000, step - 1)).toBe(step)
    expect(acceptedStep(seed, code, seconds * 1000, step)).toBeUndefined()
    expect(acceptedStep(seed, code, seconds * 1000, step + 1)).toBeUndefined()
  })
})
