import { expect, it } from 'vitest'
import { totpCode } from './totp.ts'

/** "12345678901234567890" in base32 (RFC 6238, appendix B). */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('gives the last six digits of the vector of RFC 6238 at %i s', async (seconds, code) => {
  expect(await totpCode(secret, seconds * 1000)).toBe(code)
})

it('refuses what is not base32', async () => {
  await expect(totpCode('not base32!', 0)).rejects.toThrow(RangeError)
})
