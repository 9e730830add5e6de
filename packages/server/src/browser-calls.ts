import { headers, type DpopClaims } from '@newel/protocol'
import { equalInConstantTime } from './crypto.ts'
import { digest12 } from './digests.ts'
import { normaliseAddress } from './network.ts'
import { ProblemError } from './problem.ts'
import type { Call } from './services.ts'
import { tenantOfKey, type Tenant } from './tenants.ts'
import type { DeviceJws } from './tokens/device-jws.ts'
import { namesAnotherUrl, verifyDpop } from './tokens/dpop.ts'
import { issueNonce, verifyNonce, type Nonce } from './tokens/nonce.ts'

const wrongKey = (): ProblemError =>
  new ProblemError('invalid_api_key', { detail: `${headers.key} has to be the publishable key of a tenant` })

/** Tenant that the publishable key names; nothing is known of the key yet. */
export function namedTenant(call: Call<unknown>): string {
  const tenant = tenantOfKey(call.request.headers.get(headers.key), 'pk')
  if (tenant === undefined) throw wrongKey()
  return tenant
}

/**
 * The key is the tenant's, and the origin is on its list. Hygiene, not authentication: every call has to be safe against a
 * raw client. Browsers leave `Origin` out of same-origin GETs, so its lack passes with `Sec-Fetch-Site: same-origin` only.
 */
export function checkPage(call: Call<unknown>, tenant: Tenant): void {
  const { request } = call
  if (!equalInConstantTime(request.headers.get(headers.key) ?? '', tenant.config.publishableKey)) {
    throw wrongKey()
  }
  const from = request.headers.get('origin')
  const allowed =
    from === null
      ? request.headers.get('sec-fetch-site') === 'same-origin'
      : tenant.config.origins.includes(from)
  if (!allowed)
    throw new ProblemError('origin_not_allowed', {
      detail: 'the `origins` of the tenant have to list the origin of the page',
    })
}

/** Digest of the caller's address as nonces carry it: 8 characters. */
export async function addressTag(call: Call<unknown>, tenant: Tenant): Promise<string> {
  const address = normaliseAddress(call.connection.address) ?? 'unknown'
  return (await digest12(tenant.stable.digest, 'nonce', address)).slice(0, 8)
}

export async function freshNonce(
  call: Call<unknown>,
  tenant: Tenant,
  jkt: string,
  roundTripMs?: number,
): Promise<string> {
  const nonce: Nonce = { issuedMs: call.nowMs, roundTripMs, address: await addressTag(call, tenant) }
  return issueNonce(tenant.keyring, tenant.id, jkt, nonce, call.nowMs)
}

/** The nonce that a call carries, or the problem that asks for a fresh one and brings it. */
export async function requireNonce(
  call: Call<unknown>,
  tenant: Tenant,
  jkt: string,
  text: string,
): Promise<Nonce> {
  const { nonceSeconds } = call.services.limits
  const nonce = await verifyNonce(tenant.keyring, tenant.id, jkt, text, call.nowMs, nonceSeconds)
  if (nonce !== undefined) return nonce
  throw new ProblemError(
    'use_dpop_nonce',
    {},
    { headers: { [headers.dpopNonce]: await freshNonce(call, tenant, jkt) } },
  )
}

/** The DPoP proof of this call, for its method and URL, by whatever key. Its nonce and one use are still to be checked. */
export async function requireDpop(call: Call<unknown>): Promise<DeviceJws<DpopClaims>> {
  const header = call.request.headers.get(headers.dpop)
  const url = call.services.url + call.path
  const proof = await verifyDpop(header, {
    method: call.request.method,
    url,
    nowMs: call.nowMs,
    toleranceSeconds: call.services.limits.clockToleranceSeconds,
  })
  if (proof !== undefined) return proof
  const elsewhere = namesAnotherUrl(header, url)
  throw new ProblemError('invalid_dpop_proof', {
    ...(elsewhere && { detail: '`url` of the server is not the address at which the page calls it' }),
  })
}

/** How long a used `jti` has to be remembered: as long as its proof would pass. */
export const proofExpiryMs = (call: Call<unknown>): number =>
  call.nowMs + call.services.limits.clockToleranceSeconds * 2000 + 1000
