import type { ReceiptClaims } from '@newel/protocol'
import { describe, expect, it } from 'vitest'
import { importHmac, randomBytes, randomToken, sha256 } from '../crypto.ts'
import type { SecretKey } from '../keys.ts'
import type { Tenant } from '../tenants.ts'
import { issueReceipt, verifyReceipt } from './receipt.ts'

const nowMs = 1_800_000_000_000
const issuer = 'https://newel.test/t/shop'

async function tenantWith(retiredAtMs?: number): Promise<Tenant> {
  const key = await importHmac(randomBytes(32))
  const secret: SecretKey = {
    kid: 's0',
    epoch: 0,
    signsFromMs: 0,
    retiredAtMs,
    receipts: key,
    nonces: key,
  }
  return { issuer, keyring: { signing: [], secrets: [secret] } } as unknown as Tenant
}

const claims = (): ReceiptClaims => ({
  iss: issuer,
  aud: 'newel:receipt',
  iat: nowMs / 1000,
  exp: nowMs / 1000 + 300,
  jti: randomToken(16),
  jkt: randomToken(32),
  env: randomToken(32),
  visit: randomToken(16),
  seen: { at_ms: nowMs },
})

describe('receipts', () => {
  it('verify as they were issued, the first time and again', async () => {
    const tenant = await tenantWith()
    const issued = claims()
    const receipt = await issueReceipt(tenant, issued, nowMs)
    for (const _ of [1, 2]) {
      const verified = await verifyReceipt(tenant, receipt, nowMs)
      expect(verified?.claims).toEqual(issued)
      expect(verified?.ath).toBe(sha256(receipt))
    }
  })
  it('end with their time, also when they are remembered', async () => {
    const tenant = await tenantWith()
    const receipt = await issueReceipt(tenant, claims(), nowMs)
    expect(await verifyReceipt(tenant, receipt, nowMs + 299_999)).toBeDefined()
    expect(await verifyReceipt(tenant, receipt, nowMs + 300_000)).toBeUndefined()
    expect(await verifyReceipt(tenant, receipt, nowMs - 61_000)).toBeUndefined()
  })
  it('end with their key, also when they are remembered', async () => {
    const tenant = await tenantWith(nowMs + 1000)
    const receipt = await issueReceipt(tenant, claims(), nowMs)
    expect(await verifyReceipt(tenant, receipt, nowMs + 999)).toBeDefined()
    expect(await verifyReceipt(tenant, receipt, nowMs + 1000)).toBeUndefined()
  })
  it('serve the tenant that issued them, before and after it has seen them', async () => {
    const tenant = await tenantWith()
    const other = await tenantWith()
    const receipt = await issueReceipt(tenant, claims(), nowMs)
    expect(await verifyReceipt(other, receipt, nowMs)).toBeUndefined()
    expect(await verifyReceipt(tenant, receipt, nowMs)).toBeDefined()
    expect(await verifyReceipt(other, receipt, nowMs)).toBeUndefined()
  })
})
