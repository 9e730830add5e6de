import { describe, expect, it } from 'vitest'
import { fromBase64url, sha256 } from './crypto.ts'
import { sha256Now } from './sha256.ts'

const hex = (base64url: string): string =>
  Array.from(fromBase64url(base64url), (byte) => byte.toString(16).padStart(2, '0')).join('')

describe('SHA-256 at once', () => {
  it('gives the examples of FIPS 180-4', () => {
    expect(hex(sha256Now('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(hex(sha256Now('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    )
    expect(hex(sha256Now('a'.repeat(1_000_000)))).toBe(
      'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
    )
  })
  it('gives what WebCrypto gives, at every length around the ends of blocks', async () => {
    for (let length = 0; length <= 260; length++) {
      const text = Array.from({ length }, (_, index) =>
        String.fromCharCode(33 + ((index * 7 + length) % 90)),
      ).join('')
      expect(sha256Now(text), `length ${length}`).toBe(await sha256(text))
    }
    for (const text of ['ä€😀', '\u0000', 'é'.repeat(100)]) expect(sha256Now(text)).toBe(await sha256(text))
  })
})
