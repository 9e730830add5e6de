import { describe, expect, it } from 'vitest'
import { importHmac, randomBytes } from '../crypto.ts'
import type { Keyring } from '../keys.ts'
import { issueNonce, verifyNonce } from './nonce.ts'

const now = 1_800_000_000_123
const jkt = 'a'.repeat(43)
const secret = async (epoch: number, retiredAtMs?: number) => {
  const key = await importHmac(randomBytes(32))
  return { kid: `s${epoch}`, epoch, signsFromMs: 0, retiredAtMs, receipts: key, nonces: key }
}
const keyring = async (...secrets: Awaited<ReturnType<typeof secret>>[]): Promise<Keyring> => ({
  signing: [],
  secrets,
})
const plain = { issuedMs: now, roundTripMs: undefined, address: 'AAAABBBB' }

describe('nonces', () => {
  it('come back as they were issued, with a round trip where one was measured', async () => {
    const keys = await keyring(await secret(0))
    for (const nonce of [plain, { ...plain, roundTripMs: 41 }]) {
      const text = await issueNonce(keys, 't', jkt, nonce, now)
      expect(await verifyNonce(keys, 't', jkt, text, now + 300_000, 300)).toEqual(nonce)
    }
  })
  it('live five minutes and are none before they were issued', async () => {
    const keys = await keyring(await secret(0))
    const text = await issueNonce(keys, 't', jkt, plain, now)
    expect(await verifyNonce(keys, 't', jkt, text, now + 300_001, 300)).toBeUndefined()
    expect(await verifyNonce(keys, 't', jkt, text, now - 5000, 300)).toBeUndefined()
  })
  it('serve one key and one tenant, under a key that still stands', async () => {
    const first = await secret(0)
    const keys = await keyring(first)
    const text = await issueNonce(keys, 't', jkt, plain, now)
    expect(await verifyNonce(keys, 'u', jkt, text, now, 300)).toBeUndefined()
    expect(await verifyNonce(keys, 't', 'b'.repeat(43), text, now, 300)).toBeUndefined()
    expect(await verifyNonce(await keyring(await secret(0)), 't', jkt, text, now, 300)).toBeUndefined()
    const rotated = await keyring({ ...first, retiredAtMs: now + 10 }, await secret(1))
    expect(await verifyNonce(rotated, 't', jkt, text, now + 9, 300)).toBeDefined()
    expect(await verifyNonce(rotated, 't', jkt, text, now + 10, 300)).toBeUndefined()
  })
  it('are broken by any changed character', async () => {
    const keys = await keyring(await secret(0))
    const text = await issueNonce(keys, 't', jkt, plain, now)
    for (let index = 0; index < text.length; index++) {
      const other = text[index] === 'A' ? 'Q' : 'A'
      const changed = text.slice(0, index) + other + text.slice(index + 1)
      // The last character of each part has spare bits, which base64url readers pass over.
      const verified = await verifyNonce(keys, 't', jkt, changed, now, 300)
      if (index !== 22 && index !== 44) expect(verified, `character ${index}`).toBeUndefined()
    }
    expect(await verifyNonce(keys, 't', jkt, `${text}A`, now, 300)).toBeUndefined()
    expect(await verifyNonce(keys, 't', jkt, '', now, 300)).toBeUndefined()
  })
})
